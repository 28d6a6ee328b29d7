package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// listed reports whether the visit's rules name a script for this page in scripts.yaml.
func listed(r *http.Request, v *visit.Visit, page *ruleset.Page, s Script) bool {
	if v.Rules == nil {
		return false
	}
	return slices.ContainsFunc(v.Rules.Scripts(), func(row ruleset.Script) bool {
		if len(row.Pages) > 0 && !slices.Contains(row.Pages, page.ID) {
			return false
		}
		switch {
		case s.Src != "":
			return row.Src != "" && sameAddress(r, row.Src, s.Src)
		case row.SHA256 != "":
			return strings.TrimPrefix(row.SHA256, "sha256-") == strings.TrimPrefix(s.SHA256, "sha256-")
		}
		return row.Shape != "" && hasShape(row.Shape, s.Text)
	})
}

// sameAddress compares addresses as the browser will ask for them. A row without a query means any: shops hang the time
// of day on their scripts.
func sameAddress(r *http.Request, row, src string) bool {
	base := &url.URL{Scheme: "https", Host: r.Host, Path: r.URL.Path}
	want, err := base.Parse(row)
	if err != nil {
		return false
	}
	got, err := base.Parse(strings.TrimSpace(src))
	if err != nil || got.User != nil || !strings.EqualFold(got.Scheme, want.Scheme) || !strings.EqualFold(got.Host, want.Host) {
		return false
	}
	return (want.RawQuery == "" || want.RawQuery == got.RawQuery) && globs(want.Path, got.Path)
}

// globs matches a path: * stands for any run within a segment, ** across segments.
func globs(pattern, path string) bool {
	star := strings.IndexByte(pattern, '*')
	if star < 0 {
		return pattern == path
	}
	if !strings.HasPrefix(path, pattern[:star]) {
		return false
	}
	path, pattern = path[star:], pattern[star+1:]
	across := strings.HasPrefix(pattern, "*")
	pattern = strings.TrimPrefix(pattern, "*")
	for i := 0; i <= len(path); i++ {
		if globs(pattern, path[i:]) {
			return true
		}
		if i < len(path) && path[i] == '/' && !across {
			break
		}
	}
	return false
}

// longestValue bounds what may vary in a shape, in bytes.
const longestValue = 256

// hasShape reports whether an inline script is the shape with values in place of each `…`. A value is text that can
// only be a value wherever it stands: with a quote, bracket, semicolon or line end in it, it could be code.
func hasShape(shape, text string) bool {
	parts := strings.Split(strings.TrimSpace(shape), "…")
	rest, ok := strings.CutPrefix(strings.TrimSpace(text), parts[0])
	if !ok {
		return false
	}
	for i, part := range parts[1:] {
		at := strings.Index(rest, part)
		if last := i == len(parts)-2; last && part == "" {
			at = len(rest)
		}
		if at < 0 || at > longestValue || strings.ContainsFunc(rest[:at], couldBeCode) {
			return false
		}
		rest = rest[at+len(part):]
	}
	return rest == ""
}

func couldBeCode(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !strings.ContainsRune(" _.,:@#-", c)
}
