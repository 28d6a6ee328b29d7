package ruleset

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// NonceMark stands in a Content-Security-Policy where the nonce of the answer goes: 'nonce-{nonce}'.
const NonceMark = "{nonce}"

// fetchDirectives fall back on default-src (CSP Level 3, section 6.8).
var fetchDirectives = []string{
	"default-src", "script-src", "script-src-elem", "script-src-attr", "style-src", "style-src-elem", "style-src-attr", "img-src",
	"font-src", "connect-src", "frame-src", "child-src", "worker-src", "manifest-src", "media-src", "object-src",
}

// otherDirectives fall back on nothing.
var otherDirectives = []string{"base-uri", "form-action", "frame-ancestors", "upgrade-insecure-requests", "report-uri", "report-to", "sandbox",
	"require-trusted-types-for", "trusted-types"}

// required have no fall-back, or too wide a one: a policy without them leaves a door open.
var required = []string{"default-src", "script-src", "object-src", "base-uri", "form-action", "frame-ancestors"}

// fallback is what a browser reads in place of a directive that is not there.
var fallback = map[string]string{
	"script-src-elem": "script-src", "script-src-attr": "script-src", "style-src-elem": "style-src", "style-src-attr": "style-src",
	"frame-src": "child-src", "worker-src": "child-src",
}

// keywords are the quoted source expressions that browsers know.
var keywords = []string{"'self'", "'none'", "'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "'wasm-unsafe-eval'", "'strict-dynamic'",
	"'report-sample'", "'report-sha256'", "'inline-speculation-rules'"}

// policy is a Content-Security-Policy: sources by directive.
type policy map[string][]string

// merge adds the widgets' origins where the policy would keep them out; a directive that falls back on another is
// written out with what it fell back on, or the addition would be a tightening.
func (p policy) merge(ws []*widget) policy {
	if p == nil {
		return nil
	}
	merged := maps.Clone(p)
	for _, w := range ws {
		for directive, origins := range w.CSP {
			sources, restricted := merged.effective(directive)
			if !restricted {
				continue
			}
			sources = slices.DeleteFunc(slices.Clone(sources), func(s string) bool { return s == "'none'" })
			for _, o := range origins {
				if !slices.Contains(sources, o) {
					sources = append(sources, o)
				}
			}
			merged[directive] = sources
		}
	}
	return merged
}

// effective are the sources that bind a directive; false when nothing does.
func (p policy) effective(directive string) ([]string, bool) {
	for d := directive; d != ""; d = fallback[d] {
		if sources, ok := p[d]; ok {
			return sources, true
		}
	}
	sources, ok := p["default-src"]
	return sources, ok && slices.Contains(fetchDirectives, directive)
}

// String is the header's value, the directives in a fixed order.
func (p policy) String() string {
	var parts []string
	for _, d := range slices.Concat(fetchDirectives, otherDirectives) {
		if sources, ok := p[d]; ok {
			parts = append(parts, strings.TrimSpace(d+" "+strings.Join(sources, " ")))
		}
	}
	return strings.Join(parts, "; ")
}

// withNonce lets the scripts through that carry the answer's nonce.
func (p policy) withNonce() policy {
	if p == nil {
		return nil
	}
	sources, _ := p.effective("script-src")
	with := maps.Clone(p)
	with["script-src"] = append(slices.DeleteFunc(slices.Clone(sources), func(s string) bool { return s == "'none'" }), "'nonce-"+NonceMark+"'")
	return with
}

// looseness counts what a policy allows, to tell the stricter of two; no policy at all is loosest.
func (p policy) looseness() int {
	if p == nil {
		return 1 << 20
	}
	n := 0
	for _, sources := range p {
		n += len(sources)
	}
	return n
}

// lintPolicy notes what a browser would ignore, and what would make the policy worth little.
func lintPolicy(at place, p policy, nonces, whole bool) {
	known := slices.Concat(fetchDirectives, otherDirectives)
	for _, directive := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(known, directive) {
			at.Name(directive).Fault(strictyaml.Suggest(directive, known), "browsers know no directive %s", strictyaml.Quote(directive))
			continue
		}
		lintDirective(at.Key(directive), directive, p[directive], nonces)
	}
	for _, directive := range required {
		if _, ok := p[directive]; !ok && whole {
			at.Fault("write "+directive+": [\"'self'\"] or [\"'none'\"]", "the policy says nothing of %s", directive)
		}
	}
}

func lintDirective(at place, directive string, sources []string, nonces bool) {
	switch directive {
	case "upgrade-insecure-requests":
		if len(sources) > 0 {
			at.Fault("write upgrade-insecure-requests: []", "takes no sources")
		}
		return
	case "report-uri", "report-to", "sandbox", "require-trusted-types-for", "trusted-types":
		return
	}
	if len(sources) == 0 {
		at.Fault("write [\"'none'\"] to allow nothing", "names no source")
	}
	for i, s := range sources {
		if s == "'none'" && len(sources) > 1 {
			at.Item(i).Fault("remove it, or the others", "browsers ignore 'none' beside other sources")
		}
		lintSource(at.Item(i), directive, s, nonces)
	}
}

var (
	hashSource = regexp.MustCompile(`^'sha(256|384|512)-[A-Za-z0-9+/_-]+=*'$`)
	hostSource = regexp.MustCompile(`^(https?://|wss?://)?((\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+|localhost)(:[0-9]+|:\*)?(/[^;, ?#]*)?$`)
	scheme     = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:$`)
)

// lintSource notes a source expression that a browser would ignore (CSP Level 3 section 2.3.1), or that allows anybody.
func lintSource(at place, directive, s string, nonces bool) {
	runs := strings.HasPrefix(directive, "script-src") || directive == "default-src" || directive == "frame-src"
	switch {
	case slices.Contains(keywords, s):
		if runs && directive != "frame-src" && (s == "'unsafe-eval'" || s == "'unsafe-inline'" && !nonces) {
			at.Fault("list hashes, or write nonces: true", "%s lets every injected script run", s)
		}
	case hashSource.MatchString(s):
	case strings.HasPrefix(s, "'nonce-"):
		at.Fault("write nonces: true", "a nonce that stands in a file is no nonce")
	case slices.Contains(keywords, "'"+s+"'"):
		at.Fault("write \"'"+s+"'\"", "%s without its own quotes is a host of that name", s)
	case s == "*" || scheme.MatchString(s):
		if s != "*" && !slices.Contains([]string{"data:", "blob:", "https:", "mediastream:", "filesystem:", "wss:"}, s) || runs {
			at.Fault("name the hosts", "%s allows anybody", s)
		}
	case !hostSource.MatchString(s):
		at.Fault("write https://host.example", "browsers ignore the source %s", strictyaml.Quote(s))
	case strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "ws://"):
		at.Fault("write https:// or wss://", "%s is not encrypted", s)
	}
}

// lintOrigin notes what is no origin.
func lintOrigin(at place, s string) {
	if u, err := url.Parse(s); err != nil || u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" {
		at.Fault("write https://host.example", "%s is no origin", strictyaml.Quote(s))
	}
}
