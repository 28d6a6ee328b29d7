package pan

import "github.com/cappertrophy/panwall/gateway/finding"

// So many looks are taken at the numbers with a card's range in any text, and one more for so many bytes of it. A close look
// counts as one, reading the words before a number as another. No shop's traffic has more: of sixteen digits that begin as a
// card's every tenth has its check digit, which are one number in 170 bytes of a list without words and one in 180 with them;
// in a list of barcodes it is one in 175, of a bank's references one in 130. In a text made of such numbers all are taken for
// cards, which bounds the time that any text takes.
const (
	patience  = 512
	elbowRoom = 80
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
