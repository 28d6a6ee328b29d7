package ruleset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Draft is an exemption made from the record of a refusal: what a record says, and who answers for it.
type Draft struct {
	ID, Reason, Owner, ApprovedBy string
	Expires                       time.Time // its day, in its own zone, is the last with effect
	Host, Method, Route           string
	At, Brands                    []string
}

// ErrTooWide means that a record does not say narrowly enough where a finding was: an exemption made of it would free
// fields that nobody looked at.
var ErrTooWide = errors.New("the record does not name the place narrowly enough; write the exemption by hand")

// where is the narrowest selection that a record allows. The route of a request that no rule names is its first folder.
func (d *Draft) where() (paths []string, query map[string]string, err error) {
	path, pairs, _ := strings.Cut(d.Route, "?")
	if folder, ok := strings.CutSuffix(path, "/*"); ok && strings.Count(folder, "/") == 1 {
		path = folder + "/**"
	}
	if path == "" || path == "/*" || path == "/**" && pairs == "" {
		return nil, nil, ErrTooWide
	}
	query = make(map[string]string)
	for pair := range strings.SplitSeq(pairs, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			query[name] = value
		}
	}
	return []string{path}, query, nil
}

// YAML is the row as it stands in exemptions.yaml.
func (d *Draft) YAML() (string, error) {
	paths, query, err := d.where()
	if err != nil {
		return "", err
	}
	if len(d.At) == 0 || slices.ContainsFunc(d.At, func(at string) bool { return at == "body" || at == "message" }) {
		return "", ErrTooWide // the raw body is every field of it
	}
	where := map[string]any{"paths": paths}
	if d.Host != "" {
		where["hosts"] = []string{d.Host}
	}
	if slices.Contains(knownMethods, d.Method) {
		where["methods"] = []string{d.Method}
	}
	if len(query) > 0 {
		where["query"] = query
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  - id: %s\n    reason: %s\n    owner: %s\n    approved_by: %s\n    expires: %s\n    where: %s\n    at: %s\n",
		flow(d.ID), flow(d.Reason), flow(d.Owner), flow(d.ApprovedBy), d.Expires.Format(time.DateOnly), flow(where), flow(d.At))
	if len(d.Brands) > 0 {
		fmt.Fprintf(&b, "    brands: %s\n", flow(d.Brands))
	}
	return b.String(), nil
}

// flow writes a value in one line: JSON is YAML.
func flow(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return `""` // texts and lists of texts always marshal
	}
	return string(out)
}

var emptyList = regexp.MustCompile(`(?m)^exemptions:[ \t]*(\[[ \t]*\])?[ \t]*(#.*)?$`)

// Insert puts the row first in the list of an exemptions.yaml and leaves everything else as it is.
func (d *Draft) Insert(src []byte) ([]byte, error) {
	row, err := d.YAML()
	if err != nil {
		return nil, err
	}
	at := emptyList.FindIndex(src)
	if at == nil {
		return nil, fmt.Errorf("exemptions.yaml has no line `exemptions:` of its own to write below")
	}
	return slices.Concat(src[:at[0]], []byte("exemptions:\n"+strings.TrimSuffix(row, "\n")), bytes.TrimLeft(src[at[1]:], " ")), nil
}
