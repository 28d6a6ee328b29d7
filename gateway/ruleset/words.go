package ruleset

// String is the word used in rules and records.
func (a Action) String() string {
	switch a {
	case Redact:
		return "redact"
	case Report:
		return "report"
	default:
		return "block"
	}
}

// word is an action as rules write it.
type word string

// Choices are the actions.
func (word) Choices() []string { return []string{"block", "redact", "report"} }

// parseAction reads the word; anything else blocks.
func parseAction(w word) Action {
	switch w {
	case "redact":
		return Redact
	case "report":
		return Report
	default:
		return Block
	}
}

// answer is a refusal that the shop's own AJAX understands.
type answer string

// Choices are the presets.
func (answer) Choices() []string {
	return []string{"woocommerce", "opencart", "bitrix", "json", "page"}
}

// uninspected says what happens to a body in a format that is not looked into.
type uninspected string

// Choices are to refuse it, and to forward it with a record.
func (uninspected) Choices() []string { return []string{"refuse", "record"} }

// large says what happens to a body over inspect.body.
type large string

// Choices are to refuse it, and to inspect it as it passes.
func (large) Choices() []string { return []string{"refuse", "stream"} }

// counted says whom a limit counts.
type counted string

// Choices are the keys.
func (counted) Choices() []string { return []string{"client", "site", "route"} }

func (c counted) key() Key {
	switch c {
	case "site":
		return BySite
	case "route":
		return ByRoute
	default:
		return ByClient
	}
}

// storeAway says what a quota does while the shared store is away.
type storeAway string

// Choices are the fallbacks.
func (storeAway) Choices() []string { return []string{"count", "refuse", "allow"} }

func (s storeAway) fallback() StoreAway {
	switch s {
	case "refuse":
		return Refuse
	case "allow":
		return Allow
	default:
		return CountLocally
	}
}

// provider is who sends notifications.
type provider string

// Choices are the providers; the two are one company's hosts in two countries.
func (provider) Choices() []string { return []string{"cloudpayments", "tiptoppay"} }

// notificationType is the event a notification tells of.
type notificationType string

// Choices are the provider's events.
func (notificationType) Choices() []string {
	return []string{"check", "pay", "fail", "confirm", "refund", "cancel", "recurrent", "receipt"}
}

// badSignature says what becomes of a notification that is not the provider's.
type badSignature string

// Choices are to refuse it, and to treat it as anybody's request.
func (badSignature) Choices() []string { return []string{"refuse", "limit"} }

// upstreamPolicy says what becomes of the shop's own Content-Security-Policy.
type upstreamPolicy string

// Choices are to take it away, and to let it stand beside ours: a browser enforces both.
func (upstreamPolicy) Choices() []string { return []string{"replace", "append"} }

// sameSite is a value of the cookie attribute.
type sameSite string

// Choices are the values of the attribute (RFC 6265bis section 4.1.2.7).
func (sameSite) Choices() []string { return []string{"Lax", "Strict", "None"} }
