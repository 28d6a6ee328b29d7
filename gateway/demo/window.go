package demo

import "net/http"

// windowPolicy lets any shop open the window in a frame, and the window talk to nobody.
const windowPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'"

// PaymentWindow is the stand-in for the provider's window, the only place where a card number may be typed. What is
// typed there is checked in the browser and sent nowhere.
func PaymentWindow() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", static("window.html"))
	mux.HandleFunc("GET /window.js", static("window.js"))
	mux.HandleFunc("GET /window.css", static("window.css"))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", windowPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		mux.ServeHTTP(w, r)
	})
}
