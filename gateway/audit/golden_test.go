package audit

import (
	"bytes"
	"cmp"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

var update = flag.Bool("update", false, "write the golden lines anew")

// TestGoldenLines holds each input in testdata/golden against the line beside it, byte by byte, and the line against
// the schema. What an auditor's tools read must not change unnoticed.
func TestGoldenLines(t *testing.T) {
	schema := compileSchema(t)
	files := must(filepath.Glob("testdata/golden/*.txtar"))
	if len(files) == 0 {
		t.Fatal("no golden files")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive := must(txtar.ParseFile(file))
			got := append(goldenLine(t, archive.Files[0]), '\n')
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "line", Data: got})
				if err := os.WriteFile(file, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if len(archive.Files) < 2 || !bytes.Equal(archive.Files[1].Data, got) {
				t.Errorf("the line is now\n%s", got)
			}
			if err := schema.Validate(must(jsonschema.UnmarshalJSON(bytes.NewReader(got)))); err != nil {
				t.Error(err)
			}
		})
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	if err := c.AddResource("record.json", must(jsonschema.UnmarshalJSON(bytes.NewReader(record.Schema)))); err != nil {
		t.Fatal(err)
	}
	return must(c.Compile("record.json"))
}

// goldenLine is the line of an input, at a fixed time, with a fixed number.
func goldenLine(t *testing.T, input txtar.File) []byte {
	t.Helper()
	var r *record.Record
	switch input.Name {
	case "event.json":
		var e goldenEvent
		strict(t, input.Data, &e)
		r = newRecord(e.event(t), "abcdefghijklmnop")
	case "control.json":
		var c Control
		strict(t, input.Data, &c)
		r = newControl(c)
	case "log.json":
		var l goldenLog
		strict(t, input.Data, &l)
		r = own(l.Type)
		r.Actor, r.Outcome, r.Log = cmp.Or(l.Actor, r.Actor), cmp.Or(l.Outcome, r.Outcome), &l.Log
	case "tally.json":
		var counts []record.Count
		strict(t, input.Data, &counts)
		var minute tally
		for i, c := range counts {
			minute.count(c, goldenTime.Add(time.Duration(i-len(counts))*time.Second))
		}
		r = minute.due(goldenTime, true)
	default:
		t.Fatalf("unknown input %s", input.Name)
	}
	r.Seq, r.Time, r.ID, r.Rules = 48211, record.At(goldenTime), "K3N9W7QZ4T8XHRM5", cmp.Or(r.Rules, "none")
	return must(record.Append(nil, r))
}

var goldenTime = time.Date(2026, 3, 2, 9, 14, 7, 412e6, time.UTC)

// goldenLog is a record in which the log speaks of itself, as golden files write it.
type goldenLog struct {
	Actor   record.Actor
	Type    record.Type
	Outcome record.Outcome
	Log     record.LogState
}

func strict(t *testing.T, text []byte, into any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// goldenEvent is an Event as golden files write it.
type goldenEvent struct {
	Type                               record.Type
	Client, Host, Method, Media, Route string
	Findings                           []goldenFinding
	Times                              int // repeat the findings
	Status                             int
	Inspected, Uninspected, Forwarded  int64
	Notes                              []string
	Test                               bool
}

type goldenFinding struct {
	Part, Name              string
	Index                   int
	Kind, Brand, Confidence string
	Length                  int
	Reasons, Views          []string
	Action, Rule, Exemption string
	Expires, Shadow         string
}

func (g goldenEvent) event(t *testing.T) *Event {
	t.Helper()
	e := &Event{
		Visit: &visit.Visit{
			ID: "K3N9W7QZ4T8XHRM5", Client: netip.MustParseAddr(cmp.Or(g.Client, "203.0.113.7")), Route: cmp.Or(g.Route, "/contact/*"),
			Request: &ruleset.Request{
				Host: cmp.Or(g.Host, "shop.example"), Method: cmp.Or(g.Method, "POST"), Type: cmp.Or(g.Media, "application/json"),
			},
		},
		Type: g.Type, Status: g.Status, Inspected: g.Inspected, Uninspected: g.Uninspected, ForwardedBytes: g.Forwarded, Notes: g.Notes, Test: g.Test,
	}
	for range max(1, g.Times) {
		for _, f := range g.Findings {
			e.Findings = append(e.Findings, f.judged(t))
		}
	}
	return e
}

func (g goldenFinding) judged(t *testing.T) Judged {
	t.Helper()
	j := Judged{
		Finding: finding.Finding{
			At: finding.At(parts[g.Part], g.Name, g.Index), Kind: must(finding.ParseKind(g.Kind)), Brand: g.Brand, Length: g.Length,
			Confidence: must(finding.ParseConfidence(g.Confidence)), Reasons: g.Reasons, Views: g.Views,
		},
		Decision: ruleset.Decision{
			Action: ruleset.Action(slices.Index([]string{"block", "redact", "report"}, g.Action)),
			Rule:   cmp.Or(g.Rule, "default"), Exemption: g.Exemption,
		},
	}
	if g.Expires != "" {
		j.Decision.Expires = must(time.Parse(time.DateOnly, g.Expires))
	}
	if g.Shadow != "" {
		j.Decision.Shadow = []ruleset.Shadow{{Rule: g.Shadow, Action: ruleset.Block}}
	}
	return j
}

var parts = map[string]finding.Part{
	"query": finding.Query, "cookie": finding.Cookie, "body": finding.Body, "body:file": finding.BodyFile,
}
