package pan

import (
	"encoding/binary"
	"math/bits"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// candidate is a number to be judged: so many groups from the one in hand.
type candidate struct {
	groups int
	digits []byte // ASCII or values
	shape  shape
	luhn   bool  // its check digit holds
	head   *head // of its first four digits
}

// promises reports a candidate that may be a number, and learns whether its check digit holds. It comes first: most candidates
// have no card's prefix, nine in ten of the others fail the check digit. What has a range but fails a check digit it should
// have is worth noting only in a card's own field, where it is somebody's typing error.
func (w *walk) promises(c *candidate) bool {
	if !c.head.allows(len(c.digits)) {
		return false
	}
	c.luhn = luhnValid(c.digits)
	return c.luhn || c.head.forgives(len(c.digits)) || w.standing().card()
}

// consider judges a candidate that promises something, and keeps it if it is better than the best so far.
func (w *walk) consider(c *candidate) {
	start := w.groups[w.at].start
	crowd := w.crowded(start)
	if crowd && !c.luhn && !c.head.forgives(len(c.digits)) {
		return // nobody's typing error
	}
	if c.groups > 1 && (c.shape == grouped || w.groups[w.at].before != 0) && !w.notTable(c) {
		return
	}
	if crowd && !c.luhn && !w.standing().card() {
		w.spent += lookCost // as others do, but nothing acts so in a crowd
		return
	}
	s := w.ranged(c)
	if s == nil {
		return
	}
	w.spent += lookCost
	m := &w.best // nearly always the first and the last
	if m.Confidence > finding.None {
		m = &w.rival
		m.Confidence = finding.None
	}
	m.Start, m.End = start, w.groups[w.at+c.groups-1].end
	m.set(c, s)
	switch {
	case crowd:
		m.inCrowd(w.text.Name)
	case w.notCells(c) && w.bounded(c):
		w.weigh(m, c)
	}
	if m == &w.rival && m.Confidence > w.best.Confidence {
		w.best = *m
	}
}

// ranged is the range that a candidate lies in, or nil if it is no number.
func (w *walk) ranged(c *candidate) *span {
	if !distinct(c.digits) || !c.luhn && len(c.digits) == 13 && validEAN(c.digits) { // a barcode, and nobody's typing error
		return nil
	}
	s := c.head.look(c.digits, c.luhn)
	if s == nil || !c.luhn && s.luhn == Required && !w.standing().card() {
		return nil
	}
	return s
}

// set makes the match a number of this range, wherever it stands.
func (m *Match) set(c *candidate, s *span) {
	m.Kind, m.Brand, m.Length, m.tier = finding.PAN, s.brand, len(c.digits), s.tier
	switch {
	case c.luhn:
		m.facts = luhnHolds
		if s.luhn == Absent {
			m.tier = C
		}
	case s.luhn == Required:
		m.facts = luhnFails
	default:
		m.facts, m.tier = luhnUnknown, C
	}
}

// distinct reports whether the digits, eight at least, are more than one digit repeated.
func distinct(digits []byte) bool {
	if x := binary.LittleEndian.Uint64(digits[:8]); x != bits.RotateLeft64(x, 8) {
		return true // nearly always
	}
	for _, d := range digits[1:] {
		if d != digits[0] {
			return true
		}
	}
	return false
}

// weigh gives the match its confidence: what the range and the check digit are worth in this shape and this context.
func (w *walk) weigh(m *Match, c *candidate) {
	ctx := w.context(m.Start, m.End)
	m.facts |= ctx.facts
	m.name = w.text.Name
	switch {
	case c.shape == grouped || c.shape == typical:
		m.facts |= typedInGroups
	case c.shape == apart:
		m.facts |= digitsApart
	case c.shape.isOdd():
		m.facts |= oddGroups
	}
	if m.tier != A {
		m.facts |= weakRange
	}
	m.Confidence = confidence(m, c, ctx.standing)
	if m.Length == 12 && m.Confidence.Acts() && ctx.facts == cardNearby && holdsOrder(w.text.Name) {
		m.Confidence = finding.Possible // a payment's reference number (RRN) stands beside its expiry date
	}
	if m.Confidence.Acts() && !ctx.standing.card() && (w.enumerated(c, m, ctx.standing) || w.unlikely(c)) ||
		m.Confidence.Acts() && ctx.facts&(cardName|cardNearby) == 0 && (m.Length == 13 && validEAN(c.digits) || w.twoThings(c)) {
		m.Confidence = finding.Possible
	}
	if m.Confidence.Acts() && ctx.facts&(cardName|cardWords|cardNearby|crowded) == 0 && w.tabled(c, m.Start, m.End) {
		m.Confidence = finding.Possible
		w.told, w.details, w.detailsAt = context{}, details{}, m.End // the next row is no date
	}
}

// confidence is the table of evidence and action.
func confidence(m *Match, c *candidate, s standing) finding.Confidence {
	luhn := m.facts&luhnHolds != 0
	switch {
	case m.facts&luhnFails != 0:
		return finding.Possible
	case c.shape.isOdd():
		switch {
		case luhn && (s == ofCard || s == neutral && m.tier == A && c.shape == steady):
			return finding.Likely
		case luhn && s == neutral && m.tier == A:
			return finding.Possible
		}
		return finding.None
	case m.tier == C:
		if s == ofCard {
			return finding.Likely
		}
	case s.card():
		return finding.Certain
	case s == neutral && m.tier == A:
		if c.shape == typical {
			return finding.Certain
		}
		return finding.Likely
	case s == neutral: // tier B
		if c.shape == typical {
			return finding.Likely
		}
		return finding.Possible
	case s.id() && m.tier == A && (c.shape == typical || c.shape == apart && c.groups == len(c.digits)):
		return finding.Likely
	case m.tier == A:
		return finding.Possible
	}
	return finding.None
}

// unlikely reports what a card number hardly ever is but other numbers are: a date and time, or groups of a list.
func (w *walk) unlikely(c *candidate) bool {
	if c.shape == whole {
		return dated(c.digits)
	}
	size, between := w.groups[w.at].n, w.groups[w.at+1].before
	if c.groups < 4 {
		return c.groups == 2 && size == 8 && dated(c.digits)
	}
	switch {
	case size == 1:
		return enumerates(between) && w.groups[w.at+1].n == 1
	case size == 2 && between.mark() != ' ' && between.mark() != '-':
		return true // dates, times, addresses
	}
	return listLike(c.digits, size, size == 2 || between.comma()) || w.decimals(c) || w.mixed(c)
}

// dated reports sixteen digits that begin with YYMMDDhhmmss from 2023 on, as order numbers do and one Mastercard of 300 in the
// 2-series, or with DDMMYYYY before hhmm or another date, and fourteen that begin with DDMMYYYY. Digits are ASCII or values.
func dated(d []byte) bool {
	switch len(d) {
	case 16:
		return pairAt(d, 0) >= 23 && pairAt(d, 0) < 30 && sixDate(d) && clock(d[6:]) || dayFirst(d) && (dayFirst(d[8:]) || pairAt(d, 8) < 24 && pairAt(d, 10) < 60)
	case 14:
		return dayFirst(d)
	}
	return false
}

func day(v byte) bool { return v >= 1 && v <= 31 }

// validEAN reports whether thirteen digits, ASCII or values, are also a valid barcode (GS1 General Specifications, section 7.9).
func validEAN(digits []byte) bool {
	sum := 0
	for i, d := range digits {
		sum += int(d&0xF) * (1 + 2*(i&1))
	}
	return sum%10 == 0
}
