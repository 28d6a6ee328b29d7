package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"regexp"
	"slices"

	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
	"github.com/cappertrophy/panwall/gateway/trial"
)

type testCmd struct {
	judged
	Run_  string `name:"run" placeholder:"RE" help:"Only cases whose id matches this regular expression."`
	JSON  bool   `help:"Print results as JSON."`
	JUnit string `name:"junit" type:"path" placeholder:"FILE" help:"Also write results for a build server."`
}

// Run runs the cases and shows those that do not hold; it exits 1 when there is one.
func (c *testCmd) Run(a *app) error {
	chosen, err := regexp.Compile(c.Run_)
	if err != nil {
		return a.usageError("--run: %v", err)
	}
	set, err := c.load(a)
	if err != nil {
		return a.faults(err)
	}
	rows := slices.DeleteFunc(slices.Clone(set.Cases()), func(row cases.Case) bool { return !chosen.MatchString(row.ID) })
	results := cases.Run(rows, trial.New(set, a.Now()).Case)
	if c.JUnit != "" {
		if err := writeJUnit(c.JUnit, results); err != nil {
			return err
		}
	}
	if c.JSON {
		err = printJSON(a, results)
	} else {
		printResults(a, results)
	}
	if err == nil && slices.ContainsFunc(results, func(r cases.Result) bool { return r.Failed() }) {
		return exitError(exitFailure)
	}
	return err
}

func printResults(a *app, results []cases.Result) {
	failed := 0
	for i := range results {
		if results[i].Failed() {
			failed++
			fmt.Fprint(a.Stdout, explainFailure(&results[i]))
		}
	}
	switch {
	case len(results) == 0:
		fmt.Fprintln(a.Stdout, "no cases")
	case failed == 0:
		fmt.Fprintf(a.Stdout, "ok, %d cases\n", len(results))
	default:
		fmt.Fprintf(a.Stdout, "%d of %d cases failed\n", failed, len(results))
	}
}

// explainFailure shows a case that does not hold as a diff: what was expected, what came out, and what was found.
func explainFailure(r *cases.Result) string {
	text := fmt.Sprintf("FAIL %s  %s:%d  %s\n", r.Case.ID, r.Case.File, r.Case.Line, r.Case.About)
	for _, d := range r.Differences {
		text += fmt.Sprintf("    %s:\n      - %s\n      + %s\n", d.Key, orNothing(d.Want), orNothing(d.Got))
	}
	for _, f := range r.Outcome.Findings {
		text += fmt.Sprintf("    found: %s %s in %s, %s: %s by %s\n", f.Brand, f.Kind, f.At, f.Confidence, f.Action, or(f.Exemption, f.Rule))
	}
	if len(r.Outcome.Findings) == 0 {
		text += "    found: nothing\n"
	}
	return text
}

func orNothing(s string) string {
	if s == "" {
		return "(nothing)"
	}
	return s
}

// resultLine is one case in --json.
type resultLine struct {
	ID          string             `json:"id"`
	File        string             `json:"file"`
	Line        int                `json:"line"`
	Passed      bool               `json:"passed"`
	Differences []cases.Difference `json:"differences,omitempty"`
}

func printJSON(a *app, results []cases.Result) error {
	lines := make([]resultLine, len(results))
	for i, r := range results {
		lines[i] = resultLine{r.Case.ID, r.Case.File, r.Case.Line, !r.Failed(), r.Differences}
	}
	encoder := json.NewEncoder(a.Stdout)
	encoder.SetIndent("", "  ")
	return encoder.Encode(lines)
}

// suite is the JUnit form that build servers read.
type suite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Cases    []suiteCase `xml:"testcase"`
}

type suiteCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *failure `xml:"failure,omitempty"`
}

type failure struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

func writeJUnit(path string, results []cases.Result) error {
	s := suite{Name: "panwall rules", Tests: len(results)}
	for i := range results {
		r := &results[i]
		row := suiteCase{Class: r.Case.File, Name: r.Case.ID}
		if r.Failed() {
			s.Failures++
			row.Failure = &failure{Message: r.Differences[0].Key, Text: explainFailure(r)}
		}
		s.Cases = append(s.Cases, row)
	}
	out, err := xml.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	if err := os.WriteFile(path, append([]byte(xml.Header), append(out, '\n')...), 0o644); err != nil {
		return fmt.Errorf("writing results: %w", err)
	}
	return nil
}
