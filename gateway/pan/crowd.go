package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// So many numbers with a card's range and check digit are looked at closely in any text, and of one more for so many bytes
// of it. No shop's traffic has more: one in 175 bytes in a list of barcodes, one in 130 in a list of a bank's references. In a
// text made of such numbers all are taken for cards, which bounds the time that any text takes.
const (
	patience  = 256
	elbowRoom = 128
)

// crowd counts one more look, and reports that too many were taken before start.
func (w *walk) crowd(start int) bool {
	w.looks++
	return w.looks > patience && (w.looks-patience)*elbowRoom > w.base+start
}

// inCrowd judges a number that nobody looked at closely.
func (w *walk) inCrowd(m *Match) {
	m.name = w.text.Name
	if m.facts&luhnHolds != 0 || m.facts&luhnUnknown != 0 && w.standing().card() {
		m.Confidence = finding.Likely
		m.facts |= crowded
	}
}
