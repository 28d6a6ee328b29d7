package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// auditReportCmd makes the report of a month or another period, over one log or those of all replicas.
type auditReportCmd struct {
	Dirs   []string `arg:"" type:"existingdir" name:"dir" help:"Folder of a log; several are merged."`
	Month  string   `help:"A month, 2026-03 (UTC)." placeholder:"MONTH" xor:"period"`
	From   string   `help:"From this day or moment on." placeholder:"TIME" xor:"period"`
	To     string   `help:"Before this day or moment." placeholder:"TIME"`
	Key    []string `type:"existingfile" help:"File with the verifier key, one for each log in their order." placeholder:"FILE"`
	Anchor []string `type:"existingfile" help:"File of checkpoints kept off the host." placeholder:"FILE"`
	Format string   `enum:"html,json,csv,public" default:"html" help:"html, json, csv, or public: anonymous figures fit for publication."`
	Out    string   `help:"File to write instead of standard output." placeholder:"FILE"`
}

// Run writes the report. A log that was tampered with makes it fail after the report is written.
func (c *auditReportCmd) Run(a *app) error {
	period, err := c.period()
	if err != nil {
		return a.usageError("%v", err)
	}
	if len(c.Key) > 0 && len(c.Key) != len(c.Dirs) {
		return a.usageError("%d logs need as many keys, not %d", len(c.Dirs), len(c.Key))
	}
	sources, closeAll, err := c.sources()
	if err != nil {
		return errors.Join(err, closeAll())
	}
	summary, err := review.Summarise(sources, period, a.Now())
	if err = errors.Join(err, closeAll()); err != nil {
		return err
	}
	if err := c.write(a.Stdout, summary); err != nil {
		return err
	}
	for _, l := range summary.Logs {
		if l.Result.Verdict == review.Tampered {
			fmt.Fprintf(a.Stderr, "panwall: %s was tampered with: see part 1 of the report\n", l.Origin)
			return exitError(exitFailure)
		}
	}
	return nil
}

func (c *auditReportCmd) period() (review.Choice, error) {
	switch {
	case c.Month != "":
		return review.Month(c.Month)
	case c.From == "" || c.To == "":
		return review.Choice{}, errors.New("give --month, or --from and --to")
	}
	return review.Choice{From: c.From, To: c.To}, nil
}

func (c *auditReportCmd) sources() (sources []review.Source, closeAll func() error, err error) {
	var folders []*ledger.Dir
	closeAll = func() (err error) {
		for _, f := range folders {
			err = errors.Join(err, f.Close())
		}
		return err
	}
	var anchors []review.Anchor
	for _, name := range c.Anchor {
		anchors = append(anchors, fileAnchor(name))
	}
	for i, dir := range c.Dirs {
		folder, err := ledger.OpenDir(dir)
		if err != nil {
			return nil, closeAll, err
		}
		folders = append(folders, folder)
		source := review.Source{Name: dir, Folder: folder, Terms: review.Terms{Anchors: anchors, Fresh: 24 * time.Hour}}
		if len(c.Key) > 0 {
			key, err := os.ReadFile(c.Key[i])
			if err != nil {
				return nil, closeAll, fmt.Errorf("reading verifier key: %w", err)
			}
			source.Terms.Key = string(key)
		}
		sources = append(sources, source)
	}
	return sources, closeAll, nil
}

func (c *auditReportCmd) write(stdout io.Writer, s *review.Summary) error {
	if c.Out == "" {
		return c.format(stdout, s)
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	return errors.Join(c.format(f, s), f.Close())
}

func (c *auditReportCmd) format(out io.Writer, s *review.Summary) error {
	switch c.Format {
	case "json":
		return s.WriteJSON(out)
	case "csv":
		return s.WriteCSV(out)
	case "public":
		return s.WritePublic(out)
	default:
		return s.WriteHTML(out)
	}
}

// fileAnchor is a file of checkpoints.
func fileAnchor(name string) review.Anchor {
	return review.Anchor{Name: name, Open: func() (io.ReadCloser, error) { return os.Open(name) }}
}
