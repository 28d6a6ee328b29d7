package pan

import (
	"bytes"
	"slices"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// CloudPayments cryptograms. A classic packet is 01, six and four digits of the card, YYMM, key version and 344
// characters of base64; the packet of a verification value alone is 03, key version and base64. The new packet is
// base64 of JSON that begins with its type.
const (
	packetDigits = 18  // of a classic packet before its base64
	packetBase64 = 340 // characters of base64 at least: RSA-2048 gives 344
	packetReach  = 512 // bytes of a packet that a match covers at most
)

// newPacketLead is where in the new packet's beginning the part lies by which it is sought.
const newPacketLead = 5

// newPacket is the base64 of {"Type": with which the new packet begins; its rest is the type, behind a space or not.
var (
	newPacket      = []byte("eyJUeXBlIjo")
	newPacketRare  = newPacket[newPacketLead:] // sought by this: a capital X is rarer than an e
	newPacketRests = [...][]byte{[]byte("iQ2xvdWRDYXJk"), []byte("gIkNsb3VkQ2FyZCI")}
)

// packet finds a classic cryptogram at the group in hand, which begins with a zero. No number is looked for inside: the sixteen digits behind
// 01 have a real prefix and a valid check digit in one payment of ten, and are no card.
func (w *walk) packet() bool {
	g := &w.groups[w.at]
	text := w.text.Data
	if !g.kept.plain() || text[g.start+1] != '1' || g.n < packetDigits || g.start > 0 && base64Byte(text[g.start-1]) {
		return false
	}
	end := g.start
	for limit := min(len(text), g.start+packetReach); end < limit && base64Byte(text[end]); {
		end++
	}
	if end-g.start < packetBase64 || end-g.end < packetBase64-2*packetDigits {
		return false
	}
	w.best = Match{Start: g.start, End: end, Kind: finding.Cryptogram, Confidence: finding.Certain, facts: cryptogramHead}
	return true
}

func base64Byte(b byte) bool {
	return alnum(b) || b == '+' || b == '/' || b == '%' // %2B in a form read raw
}

// packets adds the new cryptograms to the matches from base on; they hold hardly a digit, so the walk over digits does
// not meet them.
func packets(dst []Match, base int, t Text, from, to int) []Match {
	text := t.Data
	if len(dst) == base {
		dst = valuePacket(dst, t)
	}
	numbers := len(dst)
	for at := from; at < len(text); {
		i := bytes.Index(text[at:], newPacketRare)
		if i < 0 || at+i-newPacketLead >= to {
			break
		}
		start := at + i - newPacketLead
		at += i + 1
		n := newPacketHead(text, start)
		if n == 0 || start < from || start > 0 && base64Byte(text[start-1]) {
			continue
		}
		dst = append(dst, Match{Start: start, End: start + n, Kind: finding.Cryptogram, Confidence: finding.Certain, facts: cryptogramHead})
	}
	if len(dst) > numbers && numbers > base {
		slices.SortFunc(dst[base:], func(a, b Match) int { return a.Start - b.Start })
	}
	return dst
}

// valuePacket finds the cryptogram of a verification value alone, which is all of a value.
func valuePacket(dst []Match, t Text) []Match {
	text := t.Data
	if !t.Whole || len(text) < packetBase64 || text[0] != '0' || text[1] != '3' || text[2]-'0' > 9 {
		return dst
	}
	for _, b := range text[:packetBase64] {
		if !base64Byte(b) {
			return dst
		}
	}
	return append(dst, Match{End: packetBase64, Kind: finding.Cryptogram, Confidence: finding.Certain, facts: cryptogramHead})
}

// newPacketHead is the length of a new packet's head that begins at start, or zero.
func newPacketHead(text []byte, start int) int {
	if start < 0 || !bytes.HasPrefix(text[start:], newPacket) {
		return 0
	}
	for _, rest := range newPacketRests {
		if bytes.HasPrefix(text[start+len(newPacket):], rest) {
			return len(newPacket) + len(rest)
		}
	}
	return 0
}
