package headers

import (
	"net/http"
	"path"
	"strings"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// cookies gives the shop's cookies the attributes they lack and changes nothing else: value, order and what a newer
// browser knows stay as they are (RFC 6265 section 5.2 reads attributes in any order and ignores unknown ones).
func cookies(h http.Header, policy ruleset.CookiePolicy, secure bool) {
	set := h["Set-Cookie"]
	if len(set) == 0 || !policy.Secure && len(policy.HTTPOnly) == 0 && policy.SameSite == "" {
		return
	}
	changed := make([]string, len(set))
	for i, cookie := range set {
		changed[i] = harden(cookie, policy, secure)
	}
	h["Set-Cookie"] = changed
}

// harden adds what the policy asks for. Secure is left out over plain HTTP, where the browser would drop the cookie.
func harden(cookie string, policy ruleset.CookiePolicy, secure bool) string {
	pair, attributes, _ := strings.Cut(cookie, ";")
	name, _, _ := strings.Cut(pair, "=")
	if policy.Secure && secure && !has(attributes, "secure") {
		cookie += "; Secure"
	}
	if matches(policy.HTTPOnly, strings.TrimSpace(name)) && !has(attributes, "httponly") {
		cookie += "; HttpOnly"
	}
	if policy.SameSite != "" && !has(attributes, "samesite") {
		cookie += "; SameSite=" + policy.SameSite
	}
	return cookie
}

// has reports whether an attribute is there, with or without a value.
func has(attributes, name string) bool {
	for attribute := range strings.SplitSeq(attributes, ";") {
		key, _, _ := strings.Cut(attribute, "=")
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return true
		}
	}
	return false
}

func matches(globs []string, name string) bool {
	for _, glob := range globs {
		if ok, err := path.Match(glob, name); ok && err == nil {
			return true
		}
	}
	return false
}
