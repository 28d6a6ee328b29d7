// Package demo is a small shop to try the gateway on: products, a cart, a contact form and a checkout that opens a
// stand-in payment window served from a second origin. It takes no payment and keeps nothing.
package demo

import "net/http"

// Shop is the demo shop. Its checkout opens the payment window at payOrigin, for example https://pay.localhost:8444.
func Shop(payOrigin string) http.Handler { return http.NotFoundHandler() }

// PaymentWindow is the stand-in for the provider's window, the only place where a card number may be typed.
func PaymentWindow() http.Handler { return http.NotFoundHandler() }
