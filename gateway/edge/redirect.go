package edge

import (
	"net"
	"net/http"
	"strconv"
	"strings"
)

// serveClear answers on the clear port: an authority's HTTP-01 challenge, a permanent redirect to the same place of a
// configured host, and nothing else. What it writes is made of the configuration, never of the Host header, and there
// is no HSTS: in clear it means nothing (RFC 6797 section 7.2).
func (e *Edge) serveClear(w http.ResponseWriter, r *http.Request) {
	s, host := e.state.Load(), plainHost(r.Host)
	if s.hosts[host] && s.source.challenge(w, r) {
		return
	}
	w.Header().Set("Connection", "close")
	w.Header().Set("Cache-Control", "no-store")
	switch {
	// A gateway for any host has only the client's word for it, so it names none that could lead elsewhere.
	case !s.hosts[host] && !(s.any && permitted(host)):
		plain(w, http.StatusMisdirectedRequest, "This host is not served here.")
	case e.options.Notification(r):
		plain(w, http.StatusForbidden, "Notifications are taken over https only: change the URL at the payment provider.")
	case !goodTarget(r.RequestURI) || !strings.HasPrefix(r.RequestURI, "/"):
		plain(w, http.StatusBadRequest, "This request cannot be understood.")
	default:
		w.Header().Set("Location", "https://"+e.public(host)+r.RequestURI)
		w.Header().Set("Cache-Control", "max-age=3600")
		plain(w, permanent(r.Method), "This shop is served over https.")
	}
}

// permanent is 301 for methods that only read; 308 keeps any other method and its body (RFC 9110 section 15.4.9).
func permanent(method string) int {
	if method == http.MethodGet || method == http.MethodHead {
		return http.StatusMovedPermanently
	}
	return http.StatusPermanentRedirect
}

// public is host with the port that visitors use for https.
func (e *Edge) public(host string) string {
	port := e.options.Config.Listen.PublicPort
	if port == 0 {
		https, _ := e.Addrs()
		if len(https) > 0 {
			port = https[0].(*net.TCPAddr).Port
		}
	}
	if port == 0 || port == 443 {
		if strings.Contains(host, ":") {
			return "[" + host + "]"
		}
		return host
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
