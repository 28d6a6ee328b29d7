package refusal

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// form is what a client can show.
type form uint8

const (
	problem form = iota // application/problem+json (RFC 9457)
	page                // text/html
	plain               // text/plain
)

// formOf chooses the form: a navigation gets a page, a script what it can parse, whoever did not say the problem.
func formOf(r *http.Request) form {
	switch r.Header.Get("Sec-Fetch-Mode") { // Fetch Metadata: said by the browser, not by the page's script
	case "navigate", "nested-navigate":
		return page
	}
	if strings.EqualFold(r.Header.Get("X-Requested-With"), "XMLHttpRequest") {
		return problem
	}
	accept := r.Header.Get("Accept")
	html, asJSON := quality(accept, "text/html"), max(quality(accept, "application/json"), quality(accept, "application/problem+json"))
	text := quality(accept, "text/plain")
	switch {
	case html > 0 && html >= asJSON && html >= text:
		return page
	case text > asJSON:
		return plain
	}
	return problem
}

// quality is the weight that an Accept header gives a media type by its own name, 0 when it is not named: `*/*` says
// nothing about what a client can show (RFC 9110 section 12.5.1).
func quality(accept, mediaType string) float64 {
	for item := range strings.SplitSeq(accept, ",") {
		name, parameters, _ := strings.Cut(item, ";")
		if !strings.EqualFold(strings.TrimSpace(name), mediaType) {
			continue
		}
		for parameter := range strings.SplitSeq(parameters, ";") {
			key, value, _ := strings.Cut(strings.TrimSpace(parameter), "=")
			if strings.EqualFold(key, "q") {
				q, err := strconv.ParseFloat(value, 64)
				if err != nil || !(q >= 0 && q <= 1) {
					return 0
				}
				return q
			}
		}
		return 1
	}
	return 0
}

// rendered is an answer's body with what must be said about it.
type rendered struct {
	status    int
	mediaType string
	bytes     []byte
}

// render makes the body: the rule's preset where it names one that we have, else the form that the client can show.
func render(r *http.Request, w words, answer string) rendered {
	if preset, ok := presets[answer]; ok {
		return preset(r, w)
	}
	return w.as(formOf(r))
}

// as is the refusal in one form.
func (w words) as(f form) rendered {
	switch f {
	case page:
		return rendered{w.Status, "text/html; charset=utf-8", w.html()}
	case plain:
		return rendered{w.Status, "text/plain; charset=utf-8", []byte(w.plain())}
	}
	return rendered{w.Status, "application/problem+json", w.problem()}
}

// problem is the answer of RFC 9457 section 3; its type never changes for one code.
func (w words) problem() []byte {
	document := struct {
		Type     string `json:"type"`
		Title    string `json:"title"`
		Status   int    `json:"status"`
		Detail   string `json:"detail"`
		Instance string `json:"instance,omitempty"`
		Incident string `json:"incident,omitempty"`
		Field    string `json:"field,omitempty"`
		Contact  string `json:"contact,omitempty"`
	}{
		Type: "urn:panwall:problem:" + string(w.Code), Title: w.Title, Status: w.Status, Detail: w.sentence(),
		Incident: w.ID, Field: w.At, Contact: w.Write,
	}
	if w.ID != "" {
		document.Instance = "urn:panwall:incident:" + w.ID
	}
	return mustJSON(document)
}

// plain is the answer for a terminal.
func (w words) plain() string {
	var b strings.Builder
	b.WriteString(w.Title + "\n\n" + w.sentence() + "\n")
	for _, line := range [][2]string{{w.FieldLabel, w.At}, {w.IncidentLabel, w.ID}, {w.ContactLabel, w.Write}} {
		if line[1] != "" {
			b.WriteString("\n" + line[0] + ": " + line[1])
		}
	}
	return b.String() + "\n"
}

// sentence is the body and, where it is the point, where card numbers go.
func (w words) sentence() string {
	if w.Window == "" {
		return w.Body
	}
	return w.Body + " " + w.Window
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("refusal: our own texts do not marshal: " + err.Error())
	}
	return append(b, '\n')
}
