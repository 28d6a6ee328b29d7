// Package demo is a small shop to try the gateway on: products, a cart, a contact form and a checkout that opens a
// stand-in payment window served from a second origin. It takes no payment and keeps nothing.
package demo

import (
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

//go:embed pages static
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/*.html"))

// trophy is something the shop sells.
type trophy struct {
	ID, English, Russian, Colour string
	Price                        int // tenge
}

var trophies = []trophy{
	{"gold-cup", "Gold cup", "Золотой кубок", "#d9a521", 24900},
	{"silver-cup", "Silver cup", "Серебряный кубок", "#9aa4b1", 17900},
	{"bronze-cup", "Bronze cup", "Бронзовый кубок", "#b0713a", 12900},
	{"crystal-star", "Crystal star", "Хрустальная звезда", "#4f8fd6", 31900},
}

// shop is the demo shop. What it remembers is the last messages that reached it, to show that no card was among them.
type shop struct {
	payOrigin string
	mu        sync.Mutex
	messages  []string
}

const messagesShown = 10

// Shop is the demo shop. Its checkout opens the payment window at payOrigin, for example https://pay.localhost:8444.
func Shop(payOrigin string) http.Handler {
	s := &shop{payOrigin: payOrigin}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.page("products"))
	mux.HandleFunc("GET /cart/", s.page("cart"))
	mux.HandleFunc("POST /cart/", s.addToCart)
	mux.HandleFunc("GET /contact", s.page("contact"))
	mux.HandleFunc("POST /contact", s.receiveMessage)
	mux.HandleFunc("GET /messages", s.page("messages"))
	mux.HandleFunc("GET /checkout/", s.page("checkout"))
	mux.HandleFunc("POST /checkout/coupon", coupon)
	mux.HandleFunc("GET /checkout/thanks", s.page("thanks"))
	mux.HandleFunc("GET /app.js", static("app.js"))
	mux.HandleFunc("GET /style.css", static("style.css"))
	return mux
}

// static serves one file of ours.
func static(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, "static/"+name) }
}

// view is what a page shows.
type view struct {
	Russian   bool
	Products  []trophy
	Cart      []trophy
	Total     int
	PayOrigin string
	Messages  []string
}

// T is a text in the visitor's language.
func (v view) T(english, russian string) string {
	if v.Russian {
		return russian
	}
	return english
}

// Name is a trophy's name in the visitor's language.
func (v view) Name(t trophy) string { return v.T(t.English, t.Russian) }

func (s *shop) page(name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.render(w, r, name, http.StatusOK) }
}

func (s *shop) render(w http.ResponseWriter, r *http.Request, name string, status int) {
	v := view{
		Russian:  strings.HasPrefix(r.Header.Get("Accept-Language"), "ru") || strings.HasPrefix(r.Header.Get("Accept-Language"), "kk"),
		Products: trophies, Cart: cart(r), PayOrigin: s.payOrigin,
	}
	for _, t := range v.Cart {
		v.Total += t.Price
	}
	s.mu.Lock()
	v.Messages = append(v.Messages, s.messages...)
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Vary", "Accept-Language")
	w.WriteHeader(status)
	_ = pages.ExecuteTemplate(w, name+".html", v)
}

// cart is what the visitor's cookie says, as far as we sell it.
func cart(r *http.Request) []trophy {
	cookie, err := r.Cookie("cart")
	if err != nil {
		return nil
	}
	var chosen []trophy
	for id := range strings.SplitSeq(cookie.Value, ".") {
		for _, t := range trophies {
			if t.ID == id && len(chosen) < 20 {
				chosen = append(chosen, t)
			}
		}
	}
	return chosen
}

func (s *shop) addToCart(w http.ResponseWriter, r *http.Request) {
	ids := make([]string, 0, 8)
	for _, t := range cart(r) {
		ids = append(ids, t.ID)
	}
	ids = append(ids, r.PostFormValue("add"))
	if r.PostFormValue("empty") != "" {
		ids = nil
	}
	http.SetCookie(w, &http.Cookie{Name: "cart", Value: strings.Join(ids, "."), Path: "/", SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/cart/", http.StatusSeeOther)
}

func (s *shop) receiveMessage(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	message := r.PostFormValue("message")
	if runes := []rune(message); len(runes) > 500 {
		message = string(runes[:500])
	}
	if message != "" {
		s.mu.Lock()
		s.messages = append([]string{message}, s.messages[:min(len(s.messages), messagesShown-1)]...)
		s.mu.Unlock()
	}
	http.Redirect(w, r, "/messages", http.StatusSeeOther)
}

// coupon answers the checkout's script: what arrives here as JSON was let through.
func coupon(w http.ResponseWriter, r *http.Request) {
	length, _ := strconv.Atoi(r.Header.Get("Content-Length"))
	w.Header().Set("Content-Type", "application/json")
	if length == 0 {
		w.WriteHeader(http.StatusBadRequest)
	}
	_, _ = w.Write([]byte(`{"detail":"no such coupon"}` + "\n"))
}
