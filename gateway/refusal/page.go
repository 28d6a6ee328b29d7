package refusal

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"slices"
	"strings"
)

//go:embed page.html
var pageSource string

//go:embed page.css
var style string

// pageTemplate escapes by context: what is said about a client's request is still not trusted to be text.
var pageTemplate = template.Must(template.New("page").Parse(pageSource))

// styleSource is how a content security policy allows our style sheet and nothing else.
var styleSource = func() string {
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// html is the page, whole.
func (w words) html() []byte {
	var b bytes.Buffer
	err := pageTemplate.Execute(&b, struct {
		words
		Style template.CSS
	}{w, template.CSS(style)})
	if err != nil {
		return []byte(w.plain()) // read as HTML it is one paragraph, and still says everything
	}
	return b.Bytes()
}

// AllowStyle gives a policy the one style sheet of our pages, by its hash. The page needs no other source and can be
// read without it, so a policy that allows no inline style stays as strict as it was for everything else.
func AllowStyle(policy string) string {
	directives := strings.Split(policy, ";")
	at := governing(directives)
	if at < 0 {
		return policy // nothing restricts styles
	}
	fields := strings.Fields(directives[at])
	switch {
	case strings.EqualFold(fields[0], "default-src"):
		return policy + "; style-src " + styleSource // default-src no longer governs styles, and ours is the only one
	case allowsInline(fields[1:]):
		return policy // a hash would switch 'unsafe-inline' off (CSP3 section 6.7.3.2)
	}
	sources := slices.DeleteFunc(fields[1:], func(s string) bool { return strings.EqualFold(s, "'none'") })
	directives[at] = " " + fields[0] + " " + strings.Join(append(sources, styleSource), " ")
	return strings.TrimSpace(strings.Join(directives, ";"))
}

// governing is the index of the directive that decides about a style element, -1 if there is none (CSP3 section 6.8.4).
func governing(directives []string) int {
	for _, name := range []string{"style-src-elem", "style-src", "default-src"} {
		for i, d := range directives {
			if f := strings.Fields(d); len(f) > 0 && strings.EqualFold(f[0], name) {
				return i
			}
		}
	}
	return -1
}

// allowsInline reports whether inline styles are allowed already: by keyword, and no hash or nonce takes that back.
func allowsInline(sources []string) bool {
	inline := false
	for _, s := range sources {
		s = strings.ToLower(s)
		if strings.HasPrefix(s, "'sha") || strings.HasPrefix(s, "'nonce-") {
			return false
		}
		inline = inline || s == "'unsafe-inline'"
	}
	return inline
}
