package inspect

import (
	"errors"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// judge gives each finding its decision and the request the strictest of them.
func (in *inspection) judge() {
	d := in.verdict
	now := in.options.Now()
	d.Acting, d.Action = false, ruleset.Report
	for i := range d.Findings {
		j := &d.Findings[i]
		j.Decision = in.visit.Rules.Decide(in.visit.Request, &j.Finding, now)
		if j.sibling || !j.acts() {
			continue
		}
		if j.Decision.Action == ruleset.Redact && (!j.Finding.Maskable || in.signed && inBody(j.Finding.At)) {
			j.Decision.Action = ruleset.Block
			j.Decision.Reason += "; it cannot be masked here"
		}
		d.Acting = true
		d.Action = min(d.Action, j.Decision.Action)
	}
	if d.Acting && d.More > 0 && d.Action == ruleset.Redact {
		d.Action = ruleset.Block
	}
	in.siblings()
	in.refuse()
}

// siblings lets authentication data go the way of the card it stands beside, unless a rule is stricter about it.
func (in *inspection) siblings() {
	d := in.verdict
	for i := range d.Findings {
		j := &d.Findings[i]
		if !j.sibling {
			continue
		}
		j.Finding.Confidence = finding.Possible
		if !d.Acting {
			continue
		}
		j.Finding.Confidence = finding.Likely
		j.Decision = in.visit.Rules.Decide(in.visit.Request, &j.Finding, in.options.Now())
		if j.Decision.Rule == "default" || j.Decision.Action > d.Action {
			j.Decision.Action, j.Decision.Reason = d.Action, "beside a card number"
		}
		d.Action = min(d.Action, j.Decision.Action)
		if d.Action == ruleset.Redact && (!j.Finding.Maskable || in.signed && inBody(j.Finding.At)) {
			d.Action = ruleset.Block
		}
	}
}

func inBody(at finding.Location) bool {
	return at.Part() == finding.Body || at.Part() == finding.BodyFile || at.Part() == finding.BodyFilename
}

// refuse makes a block an answer.
func (in *inspection) refuse() {
	d := in.verdict
	if !d.Acting || d.Action != ruleset.Block {
		return
	}
	ref := &refusal.Refusal{Code: refusal.Card}
	if j := d.Deciding(); j != nil {
		ref.At, ref.Answer = j.Finding.At.String(), j.Decision.Answer
	}
	d.Refused = ref
}

// redact masks what was found, and looks again: a masked request that is not clean is blocked.
func (in *inspection) redact() error {
	d := in.verdict
	first := *d
	var edits []edit
	for i := range d.Findings {
		if j := &d.Findings[i]; j.acts() && (j.sibling || j.Decision.Action == ruleset.Redact) {
			edits = append(edits, j.edits...)
		}
	}
	for root, masked := range apply(edits) {
		if root == in.body {
			clear(root.bytes[copy(root.bytes, masked):])
			in.digests()
			continue
		}
		root.put(string(masked))
	}
	return in.again(first)
}

// again inspects the masked request. What a rule lets through unmasked may still be there; anything else blocks.
func (in *inspection) again(first Verdict) error {
	d := in.verdict
	if err := in.look(); err != nil {
		return err
	}
	in.judge()
	dirty := d.Acting && d.Action != ruleset.Report
	*d = first
	if dirty {
		d.Action = ruleset.Block
		d.Notes = append(d.Notes, "masking left something readable")
		in.refuse()
		return nil
	}
	in.forward()
	return nil
}

// digests drops what no longer fits a masked body.
func (in *inspection) digests() {
	for _, name := range [...]string{"Digest", "Content-Md5", "Content-Digest", "Repr-Digest"} {
		in.request.Header.Del(name)
	}
}

// signatures are headers that say that a body is signed: it is never rewritten.
var signatures = [...]string{
	"Content-Hmac", "X-Content-Hmac", "Signature", "Signature-Input", "X-Signature", "X-Hub-Signature", "X-Hub-Signature-256",
	"Stripe-Signature", "X-Amz-Content-Sha256", "X-Api-Sign", "X-Request-Signature", "X-Webhook-Signature", "X-Body-Signature",
}

func signedBody(h map[string][]string) bool {
	for _, name := range signatures {
		if len(h[name]) > 0 {
			return true
		}
	}
	return strings.HasPrefix(strings.Join(h["Authorization"], ""), "AWS4-HMAC") // covers a hash of the body
}

// reasonOf is the word of the ledger for bytes that were not looked into.
func reasonOf(why error) string {
	switch {
	case errors.Is(why, carrier.ErrEncrypted):
		return "encrypted"
	case errors.Is(why, carrier.ErrBroken):
		return "broken"
	default:
		return "opaque"
	}
}
