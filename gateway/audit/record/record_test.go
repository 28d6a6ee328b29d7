package record

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// schema compiles the published schema.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("record.json", doc); err != nil {
		t.Fatal(err)
	}
	return c.MustCompile("record.json")
}

// full is a record of type typ that has every section.
func full(typ Type) *Record {
	now := At(time.Date(2026, 3, 2, 9, 14, 7, 412_900_000, time.UTC))
	return &Record{
		ID: "K3N9W7QZ4T8XHRM5", Time: now, Type: typ, Outcome: Success, Actor: Actor{Kind: Visitor, Tag: "abcdefghijklmnop"},
		Origin: &Origin{Net: "203.0.113.0/24"},
		Target: &Target{Host: "shop.example", Method: "POST", Route: "/contact/*", Type: "application/json"},
		Found: &Found{Total: 1, Kinds: map[string]int64{"pan": 1}, Brands: map[string]int64{"visa": 1}, Items: []Item{{
			At: "body:comment", Kind: "pan", Brand: "visa", Length: 16, Confidence: "certain", Why: []string{"16 digits"},
			Views: []string{"json"}, Action: "block", Rule: "default", Shadow: []string{"trial=report"},
		}}},
		Action: "block", Status: 422, Bytes: &Bytes{Inspected: 100}, Repeat: 3, First: now, Last: now,
		Counts: []Count{{What: "pan", N: 1}}, Log: &LogState{Origin: "shop.example/gw-1"},
		Control: &Control{Name: "audit", Since: now, Millis: 4}, Change: &Change{What: "rules"}, Case: &Case{ID: "C-1", By: "alice"},
		Rules: "none", Notes: []string{"a note"}, Test: true,
	}
}

func TestEveryTypeFitsTheSchema(t *testing.T) {
	s := schema(t)
	for _, m := range Types {
		line, err := Append(nil, full(m.Type))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", m.Type, err)
		}
		if h, err := ParseHead(line); err != nil || h.Type != m.Type || string(h.Time) != "2026-03-02T09:14:07.412Z" {
			t.Errorf("%s: head %+v, %v", m.Type, h, err)
		}
	}
}

func TestTheSchemaKnowsExactlyTheVocabulary(t *testing.T) {
	var doc struct {
		Properties struct {
			Type struct{ Enum []Type } `json:"type"`
		}
	}
	if err := json.Unmarshal(Schema, &doc); err != nil {
		t.Fatal(err)
	}
	var known []Type
	for _, m := range Types {
		known = append(known, m.Type)
	}
	if !slices.Equal(doc.Properties.Type.Enum, known) {
		t.Errorf("the schema has\n%v\nthe vocabulary has\n%v", doc.Properties.Type.Enum, known)
	}
}

func TestWhatTheLogHasNoWordForIsRefused(t *testing.T) {
	for claim, change := range map[string]func(*Record){
		"an unknown type":        func(r *Record) { r.Type = "pan.seen" },
		"no type":                func(r *Record) { r.Type = "" },
		"a visit without target": func(r *Record) { r.Target = nil },
		"a find without finding": func(r *Record) { r.Found = nil },
		"no outcome":             func(r *Record) { r.Outcome = "" },
		"nobody":                 func(r *Record) { r.Actor.Kind = "" },
		"too many items":         func(r *Record) { r.Found.Items = make([]Item, MaxItems+1) },
	} {
		r := full(PANBlocked)
		change(r)
		if line, err := Append(nil, r); !errors.Is(err, ErrVocabulary) || len(line) > 0 {
			t.Errorf("%s: %s %v", claim, line, err)
		}
	}
}

// TestNoFieldCanHoldANumber puts a card number into every text of a record, as an attacker or a tired colleague would.
func TestNoFieldCanHoldANumber(t *testing.T) {
	for _, number := range []string{
		"4111111111111111", "4242 4242 4242 4242", "5555-5555-5555-4444", "2200/0000/0000/0004",
		"４１１１１１１１１１１１１１１１", "4111\u200b1111\u200b1111\u200b1111", "card 4111.1111.1111.1111 of a client",
		"4111\n1111\r1111\x001111", "sha256:4111111111111111", "4111\u31641111\u31641111\u31641111", "٤١١١١١١١١١١١١١١١",
	} {
		r := full(PANBlocked)
		r.Actor.Tag = number
		*r.Target = Target{Host: number, Method: number, Route: "/" + number, Type: "text/" + number}
		it := &r.Found.Items[0]
		it.At, it.Brand, it.Rule, it.Exemption = "body:"+number, number, number, number
		it.Why, it.Views, it.Shadow = []string{number}, []string{number}, []string{number}
		r.Counts[0] = Count{number, number, number, 1}
		r.Log.Cause, r.Log.Version, r.Log.Binary, r.Log.Config = number, number, number, number
		r.Control.Name, r.Control.Cause = number, number
		*r.Change = Change{number, number, number, number, number, number, number, number}
		*r.Case = Case{ID: number, WhereFrom: number, Stored: number, RootCause: number, Fix: number, Owner: number, By: number, Role: number, Statement: number, Checkpoint: number, Signed: number + "\n"}
		r.Rules, r.Notes, r.Found.Brands = number, []string{number}, map[string]int64{number: 1}
		line, err := Append(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		if held := digits(string(line)); strings.Contains(held, digits(number)) {
			t.Errorf("the record of %q is %s", number, line)
		}
	}
}

// digits are the digits of a text, of any script, in ASCII, with \u escapes undone.
func digits(s string) string {
	var plain string
	if json.Unmarshal([]byte(`"`+strings.ReplaceAll(s, `"`, `\"`)+`"`), &plain) != nil {
		plain = s
	}
	var b strings.Builder
	for _, r := range plain {
		switch {
		case '0' <= r && r <= '9':
			b.WriteRune(r)
		case '０' <= r && r <= '９':
			b.WriteRune(r - '０' + '0')
		case '٠' <= r && r <= '٩':
			b.WriteRune(r - '٠' + '0')
		}
	}
	return b.String()
}

func TestWords(t *testing.T) {
	for claim, tc := range map[string]struct {
		in, want string
		limit    int
	}{
		"plain text stays":          {"the disk is full", "the disk is full", 100},
		"a ticket stays":            {"SEC-202611 of 2026-11-22", "SEC-202611 of 2026-11-22", 100},
		"Russian stays":             {"карта клиента", "карта клиента", 100},
		"a line break goes":         {"a\nb\u2028c", "a?b?c", 100},
		"it is cut between letters": {"ёж", "ё", 3},
	} {
		if got := Words(tc.in, tc.limit); got != tc.want {
			t.Errorf("%s: %q", claim, got)
		}
	}
}

func FuzzWordsNeverHoldsANumber(f *testing.F) {
	f.Add("4111111111111111", "-")
	f.Add("4111 1111", "１１１１ 1111")
	f.Fuzz(func(t *testing.T, a, b string) {
		chain := 0
		for _, r := range Words(a+b, 500) {
			switch {
			case '0' <= r && r <= '9':
				if chain++; chain >= maxChain {
					t.Fatalf("%q holds a chain of %d digits", Words(a+b, 500), chain)
				}
			case unicode.In(r, unicode.Latin, unicode.Cyrillic):
				chain = 0
			}
		}
	})
}
