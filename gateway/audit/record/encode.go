package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// ErrVocabulary means that a record says something the log has no word for, or lacks what its type needs.
var ErrVocabulary = errors.New("not in the log's vocabulary")

// Append appends the line of r, without LF, to dst. It is the one encoder: it refuses a type outside Types, and it
// passes every text through Name or Words whatever the caller did.
func Append(dst []byte, r *Record) ([]byte, error) {
	if err := check(r); err != nil {
		return dst, fmt.Errorf("encoding record: %w", err)
	}
	clean(r)
	line, err := json.Marshal(r) // escapes <, > and & too: lines end up in pages
	if err != nil {
		return dst, fmt.Errorf("encoding record: %w", err)
	}
	if len(line) > MaxLine {
		return dst, fmt.Errorf("encoding record: %d bytes, more than %d", len(line), MaxLine)
	}
	return append(dst, line...), nil
}

func check(r *Record) error {
	m, ok := Lookup(r.Type)
	if !ok {
		return fmt.Errorf("type %q: %w", r.Type, ErrVocabulary)
	}
	for _, need := range []struct {
		section Section
		there   bool
		name    string
	}{
		{VisitSection, r.Origin != nil && r.Target != nil, "origin and target"},
		{FoundSection, r.Found != nil, "found"},
		{CountsSection, r.Counts != nil, "counts"},
		{LogSection, r.Log != nil, "log"},
		{ControlSection, r.Control != nil, "control"},
		{ChangeSection, r.Change != nil, "change"},
		{CaseSection, r.Case != nil, "case"},
	} {
		if m.Needs&need.section != 0 && !need.there {
			return fmt.Errorf("%s without %s: %w", r.Type, need.name, ErrVocabulary)
		}
	}
	switch r.Actor.Kind {
	case Visitor, Visitors, Staff, Gateway:
	default:
		return fmt.Errorf("%s by %q: %w", r.Type, r.Actor.Kind, ErrVocabulary)
	}
	if r.Outcome != Success && r.Outcome != Failure {
		return fmt.Errorf("%s with outcome %q: %w", r.Type, r.Outcome, ErrVocabulary)
	}
	if r.Found != nil && len(r.Found.Items) > MaxItems {
		return fmt.Errorf("%s with %d items: %w", r.Type, len(r.Found.Items), ErrVocabulary)
	}
	return nil
}

// Limits of texts, in bytes.
const (
	short = 128
	long  = 1024
)

// clean makes every text of r fit for the log. Places are addresses of finding.Location, already safe; they pass
// through Words like the rest, as the last net.
func clean(r *Record) {
	r.Version = Version
	r.Actor.Tag = Words(r.Actor.Tag, short)
	if t := r.Target; t != nil {
		t.Host, t.Method = host(t.Host), method(t.Method)
		t.Route, t.Type = Words(t.Route, 2*short), mediaType(t.Type)
	}
	if f := r.Found; f != nil {
		f.Brands = cleanNames(f.Brands)
		for i := range f.Items {
			cleanItem(&f.Items[i])
		}
	}
	for i := range r.Counts {
		words(short, &r.Counts[i].What, &r.Counts[i].Rule, &r.Counts[i].Route)
	}
	if c := r.Control; c != nil {
		words(long, &c.Name, &c.Cause)
	}
	if l := r.Log; l != nil {
		words(long, &l.Cause, &l.Version)
		l.Binary, l.Config = hash(l.Binary), hash(l.Config)
	}
	if c := r.Change; c != nil {
		words(long, &c.What, &c.Reason, &c.Ticket, &c.Owner, &c.ApprovedBy, &c.Expires)
		c.Old, c.New = hash(c.Old), hash(c.New)
	}
	if c := r.Case; c != nil {
		words(long, &c.ID, &c.Verdict, &c.WhereFrom, &c.SADPresent, &c.Stored, &c.RootCause, &c.Fix, &c.Owner, &c.By, &c.Role, &c.Statement, &c.Checkpoint)
		lines := strings.Split(c.Signed, "\n")
		for i := range lines {
			lines[i] = Words(lines[i], long)
		}
		c.Signed = strings.Join(lines, "\n")
	}
	if len(r.Notes) > MaxItems {
		r.Notes = append(r.Notes[:MaxItems-1:MaxItems-1], "further notes were left out")
	}
	for i := range r.Notes {
		r.Notes[i] = Words(r.Notes[i], 2*short)
	}
	r.Rules = hash(r.Rules)
}

func cleanItem(it *Item) {
	words(2*short, &it.At, &it.Brand, &it.Rule, &it.Exemption)
	for i := range it.Why {
		it.Why[i] = Words(it.Why[i], short)
	}
	for i := range it.Views {
		it.Views[i] = Words(it.Views[i], short)
	}
	for i := range it.Shadow {
		it.Shadow[i] = Words(it.Shadow[i], short)
	}
}

// cleanNames makes the names of counts fit for the log; they are ours, so there is nearly never anything to do.
func cleanNames(counts map[string]int64) map[string]int64 {
	for name, n := range counts {
		if clean := Words(name, short); clean != name {
			delete(counts, name)
			counts[clean] += n
		}
	}
	return counts
}

func words(limit int, texts ...*string) {
	for _, t := range texts {
		*t = Words(*t, limit)
	}
}

// hash is a hash of ours as it is; hexadecimal may hold any run of digits, so anything else passes Words.
func hash(s string) string {
	if hex, ok := strings.CutPrefix(s, "sha256:"); ok && len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == "" {
		return s
	}
	return Words(s, long)
}

// host is a host name in the shape of a name, label by label free of numbers.
func host(s string) string {
	if s == "*" {
		return s // several
	}
	if len(s) > 253 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]") != "" {
		return "other"
	}
	for label := range strings.SplitSeq(s, ".") {
		if label != "" && !strings.ContainsRune(label, ':') && !showableHost(label) {
			return "other"
		}
	}
	return Words(s, 253)
}

func showableHost(label string) bool { return Name(label) == label }

// method is a method in capital letters; * stands for several.
func method(s string) string {
	if s == "*" || len(s) <= 16 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return s
	}
	return "other"
}

// mediaType is a media type whose two halves are names.
func mediaType(s string) string {
	top, sub, ok := strings.Cut(s, "/")
	if s == "" || ok && Name(top) == top && Name(strings.ReplaceAll(sub, "+", "-")) == strings.ReplaceAll(sub, "+", "-") {
		return s
	}
	return "other"
}
