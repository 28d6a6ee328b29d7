package logbook

import "strings"

// agents are families of user agents by the token that gives them away, the more particular first: everybody says
// Mozilla, and nearly everybody Safari.
var agents = []struct{ token, family string }{
	{"bot", "bot"}, {"spider", "bot"}, {"crawl", "bot"},
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"},
	{"OPR/", "Opera"}, {"YaBrowser/", "Yandex"}, {"SamsungBrowser/", "Samsung"}, {"MiuiBrowser/", "Miui"},
	{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Version/", "Safari"},
	{"curl/", "curl"}, {"Wget/", "Wget"}, {"python-requests/", "Python"}, {"Go-http-client/", "Go"}, {"okhttp/", "okhttp"},
	{"Dalvik/", "Android app"}, {"CFNetwork/", "iOS app"},
}

// Agent is the family of a User-Agent and its major version, as "Firefox 133"; "other" when no family is known, "none"
// without one. Nothing else of what the client sent is in it, and a version has at most three digits.
func Agent(header string) string {
	if header == "" {
		return "none"
	}
	header = header[:min(len(header), 512)]
	lower := strings.ToLower(header)
	for _, a := range agents {
		at := strings.Index(header, a.token)
		if a.family == "bot" {
			if strings.Contains(lower, a.token) {
				return a.family
			}
			continue
		}
		if at >= 0 {
			return a.family + major(header[at+len(a.token):])
		}
	}
	return "other"
}

// major is a space and the number that rest begins with; empty if it is no version.
func major(rest string) string {
	digits := 0
	for digits < len(rest) && '0' <= rest[digits] && rest[digits] <= '9' {
		digits++
	}
	if digits == 0 || digits > 3 {
		return ""
	}
	return " " + rest[:digits]
}
