package refusal

import (
	"html"
	"net/http"
)

// presets are answers that a shop's own checkout script shows to the customer. Their scripts show a message only from a
// 200: any other status becomes "error processing checkout", and the customer tries the card again. The record, the log
// and the header Panwall-Refused all say that the request was refused.
var presets = map[string]func(words) rendered{
	"woocommerce":        woocommerce,
	"woocommerce-blocks": woocommerceBlocks,
	"opencart":           opencart,
	"bitrix":             bitrix,
}

// Answers are the names of the presets a rule may choose.
func Answers() []string { return []string{"bitrix", "opencart", "woocommerce", "woocommerce-blocks"} }

const asJSON = "application/json; charset=utf-8"

// woocommerce is what checkout.js of the classic checkout (?wc-ajax=checkout) puts above the form.
func woocommerce(w words) rendered {
	list := `<ul class="woocommerce-error" role="alert"><li>` + html.EscapeString(w.message()) + `</li></ul>`
	return rendered{http.StatusOK, asJSON, mustJSON(map[string]any{"result": "failure", "messages": list, "refresh": false, "reload": false})}
}

// woocommerceBlocks is an error of the Store API (/wc/store/v1/checkout), which does look at the status.
func woocommerceBlocks(w words) rendered {
	return rendered{w.Status, asJSON, mustJSON(map[string]any{
		"code": "panwall_" + string(w.Code), "message": w.message(), "data": map[string]any{"status": w.Status},
	})}
}

// opencart is what the checkout and contact templates of OpenCart 3 and 4 show as a warning.
func opencart(w words) rendered {
	return rendered{http.StatusOK, asJSON, mustJSON(map[string]any{"error": map[string]string{"warning": html.EscapeString(w.message())}})}
}

// bitrix is what sale.order.ajax shows in its main error block.
func bitrix(w words) rendered {
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
