package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// So many looks are taken at the numbers with a card's range and check digit in any text, and one more for so many bytes of it.
// A close look counts as one, reading the words before a number as another. No shop's traffic has more: one number in 175
// bytes in a list of barcodes, one in 130 in a list of a bank's references. In a text made of such numbers all are taken for
// cards, which bounds the time that any text takes.
const (
	patience  = 256
	elbowRoom = 128
)

// crowded reports that too many looks were taken before start.
func (w *walk) crowded(start int) bool {
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
