// Package cases reads the files under cases/ of a rules folder: whole requests in short form, and what the rules are
// expected to make of them. It says what a case is and whether it came out as expected; who judges is the caller's.
package cases

import (
	"net/netip"
	"slices"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// File is one file of cases.
type File struct {
	Version int    `yaml:"version"`
	Cases   []Case `yaml:"cases"`
}

// Case is a request and what is expected of it.
type Case struct {
	ID      string  `yaml:"id"`
	About   string  `yaml:"about"`
	Request Request `yaml:"request"`
	Expect  Expect  `yaml:"expect"`

	File string `yaml:"-"` // as in the folder: cases/cards.yaml
	Line int    `yaml:"-"` // where the case begins
}

// Request is a request in short form. At most one of Form, JSON, Multipart, Raw and Base64 is its body; card numbers are
// written {visa-16} or, grouped, {visa-16 4-4-4-4}.
type Request struct {
	Method    string            `yaml:"method"`  // default GET, with a body POST
	Target    string            `yaml:"target"`  // path and query as sent; default /
	Host      string            `yaml:"host"`    // default cappertrophy.com
	Client    address           `yaml:"client"`  // default 203.0.113.7
	Headers   map[string]string `yaml:"headers"` // Content-Type and Content-Length follow from the body
	Form      map[string]string `yaml:"form"`
	JSON      string            `yaml:"json"`
	Multipart []Part            `yaml:"multipart"`
	Raw       string            `yaml:"raw"`
	Base64    string            `yaml:"base64"`
}

// Part is one part of a multipart body.
type Part struct {
	Name     string `yaml:"name"`
	Filename string `yaml:"filename"`
	Type     string `yaml:"type"`
	Content  string `yaml:"content"`
	Base64   string `yaml:"base64"`
}

// Expect is what should come of a request. What is left out may be anything.
type Expect struct {
	Action       action            `yaml:"action"`
	Rule         string            `yaml:"rule"`       // id of the rule that decides, default where none does
	Exemption    string            `yaml:"exemption"`  // id of the exemption that frees it
	At           string            `yaml:"at"`         // place of the deciding finding
	Find         string            `yaml:"find"`       // its kind
	Brand        string            `yaml:"brand"`      // its brand
	Confidence   string            `yaml:"confidence"` // its confidence
	Code         string            `yaml:"code"`       // why it is refused: body-too-large, unsupported-media, …
	Shadow       []string          `yaml:"shadow"`     // rules that are not enforced and would have decided otherwise
	Arrives      *Arrives          `yaml:"arrives"`    // what the shop gets
	Page         string            `yaml:"page"`       // id of the page whose headers are stamped
	Headers      map[string]string `yaml:"headers"`    // headers of the answer
	Limits       []string          `yaml:"limits"`     // rows that count it
	Allowance    string            `yaml:"allowance"`  // row that lifts the limits
	Ban          string            `yaml:"ban"`        // row that refuses the client
	Notification string            `yaml:"notification"`
	WebSocket    string            `yaml:"websocket"` // row that lets it be upgraded
}

// Arrives is what the shop gets of a request that passes; what is left out may be anything.
type Arrives struct {
	Target  string            `yaml:"target"`
	Headers map[string]string `yaml:"headers"`
	Body    *string           `yaml:"body"`
}

// action is what becomes of a request.
type action string

// Choices are the actions, and what has nothing to do with findings: pass, and refuse for what cannot be inspected.
func (action) Choices() []string { return []string{"pass", "block", "redact", "report", "refuse"} }

// address is a client's.
type address struct{ netip.Addr }

// maxCases bounds one file.
const maxCases = 2000

// Read reads one file of cases. Check then says whether its requests hold nothing but published test numbers.
func Read(name string, src []byte) (*File, *strictyaml.Document) {
	f := &File{}
	d := strictyaml.Read(name, src, f)
	if !d.Readable() {
		return f, d
	}
	root := d.Root()
	switch {
	case !root.Has("version"):
		root.Fault("begin the file with version: 1", "the key %q is missing", "version")
	case f.Version != 1:
		root.Key("version").Fault("write version: 1", "format %d is not one this panwall reads (1)", f.Version)
	}
	if len(f.Cases) > maxCases {
		root.Key("cases").Fault("split the file", "%d cases; a file has at most %d", len(f.Cases), maxCases)
		f.Cases = nil
	}
	for i := range f.Cases {
		at := root.Key("cases").Item(i)
		f.Cases[i].File, f.Cases[i].Line = name, at.Line()
		f.Cases[i].check(at)
	}
	return f, d
}

func (c *Case) check(p strictyaml.Place) {
	p.Require("say in a few words which case this is", "id")
	p.Require("write what should come of it: {action: block, rule: …}", "expect")
	if p.Empty("expect") {
		p.Key("expect").Fault("write what should come of it: {action: block, rule: …}", "expects nothing")
	}
	r := p.Key("request")
	bodies := slices.DeleteFunc([]string{"form", "json", "multipart", "raw", "base64"}, func(key string) bool { return !r.Has(key) })
	if len(bodies) > 1 {
		r.Key(bodies[1]).Fault("keep one", "a request has one body, and this one has %s and %s", bodies[0], bodies[1])
	}
	if _, err := c.Bytes(); err != nil {
		r.Fault("", "%s", strictyaml.Mask(err.Error()))
	} else if _, err := c.Read(); err != nil {
		r.Fault("a request that a browser could not send either is not a case", "not a request: %s", strictyaml.Mask(err.Error()))
	}
}
