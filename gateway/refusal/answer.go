package refusal

import (
	"html"
	"net/http"
	"strings"
)

// presets are answers that a rule may choose. The first three are for a shop's own checkout script, which shows a message
// only from a 200: any other status becomes "error processing checkout", and the customer tries the card again. The
// record, the log and the header Panwall-Refused all say that the request was refused.
var presets = map[string]func(*http.Request, words) rendered{
	"woocommerce": woocommerce,
	"opencart":    opencart,
	"bitrix":      bitrix,
	"json":        func(_ *http.Request, w words) rendered { return w.as(problem) },
	"page":        func(_ *http.Request, w words) rendered { return w.as(page) },
}

const asJSON = "application/json; charset=utf-8"

// woocommerce is what checkout.js of the classic checkout (?wc-ajax=checkout) puts above the form. The checkout block
// talks to the Store API instead, and that does look at the status.
func woocommerce(r *http.Request, w words) rendered {
	if strings.Contains(r.URL.Path, "/wc/store/") || strings.Contains(r.URL.Query().Get("rest_route"), "/wc/store/") {
		return rendered{w.Status, asJSON, mustJSON(map[string]any{
			"code": "panwall_" + string(w.Code), "message": w.message(), "data": map[string]any{"status": w.Status},
		})}
	}
	list := `<ul class="woocommerce-error" role="alert"><li>` + html.EscapeString(w.message()) + `</li></ul>`
	return rendered{http.StatusOK, asJSON, mustJSON(map[string]any{"result": "failure", "messages": list, "refresh": false, "reload": false})}
}

// opencart is what the checkout and contact templates of OpenCart 3 and 4 show as a warning.
func opencart(_ *http.Request, w words) rendered {
	return rendered{http.StatusOK, asJSON, mustJSON(map[string]any{"error": map[string]string{"warning": html.EscapeString(w.message())}})}
}

// bitrix is what sale.order.ajax shows in its main error block.
func bitrix(_ *http.Request, w words) rendered {
	return rendered{http.StatusOK, asJSON, mustJSON(map[string]any{
		"order": map[string]any{"ERROR": map[string][]string{"MAIN": {html.EscapeString(w.message())}}},
	})}
}

// message is the whole refusal in one line.
func (w words) message() string {
	m := w.Title + ". " + w.sentence()
	if w.ID != "" {
		m += " " + w.IncidentLabel + ": " + w.ID + "."
	}
	return m
}
