package pan

import (
	"bytes"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// sensitiveWords is the words that name sensitive authentication data (PCI DSS 3.3) and expiry dates.
var sensitiveWords = map[string]finding.Kind{
	"cvv": finding.CVV, "cvc": finding.CVV, "cvn": finding.CVV, "csc": finding.CVV, "cvvcode": finding.CVV, "cvccode": finding.CVV, "cardcvv": finding.CVV, "cardcvc": finding.CVV,
	"cardcvn": finding.CVV, "securitycode": finding.CVV, "cvvnumber": finding.CVV, "verificationvalue": finding.CVV, "cccvv": finding.CVV, "cccvc": finding.CVV, "cccode": finding.CVV, "цвв": finding.CVV, "цвц": finding.CVV,
	"pin": finding.PIN, "pinblock": finding.PIN, "pincode": finding.PIN, "cardpin": finding.PIN, "пин": finding.PIN, "пинкод": finding.PIN,
	"expiry": finding.Expiry, "expiration": finding.Expiry, "exp": finding.Expiry, "expdate": finding.Expiry, "expirydate": finding.Expiry, "ccexp": finding.Expiry, "cardexp": finding.Expiry,
	"expmonth": finding.Expiry, "expyear": finding.Expiry, "expirymonth": finding.Expiry, "expiryyear": finding.Expiry, "cardexpiry": finding.Expiry, "cardexpdate": finding.Expiry, "validthru": finding.Expiry, "expires": finding.Expiry,
	"ммгг": finding.Expiry, "mmyy": finding.Expiry,
}

// sensitivePhrases is pairs of words, joined by a space, anywhere in a name.
var sensitivePhrases = []struct {
	phrase string
	kind   finding.Kind
}{
	{"security code", finding.CVV}, {"verification value", finding.CVV}, {"verification code card", finding.CVV}, {"card code", finding.CVV}, {"card verification", finding.CVV},
	{"код безопасности", finding.CVV}, {"код карты", finding.CVV}, {"қауіпсіздік коды", finding.CVV}, {"cc code", finding.CVV}, {"card cid", finding.CVV},
	{"пин код", finding.PIN}, {"valid thru", finding.Expiry}, {"valid until", finding.Expiry}, {"срок действия", finding.Expiry}, {"действует до", finding.Expiry}, {"годна до", finding.Expiry},
	{"жарамдылық мерзімі", finding.Expiry}, {"card month", finding.Expiry}, {"card year", finding.Expiry}, {"cc month", finding.Expiry}, {"cc year", finding.Expiry}, {"card date", finding.Expiry},
	{"мм гг", finding.Expiry}, {"mm yy", finding.Expiry},
}

// SensitiveName is the kind of sensitive authentication data (or expiry date) that a field of this name holds, in
// Russian, Kazakh and English; of a path its last segment, or the last two together.
func SensitiveName(name string) (finding.Kind, bool) {
	if len(name) > longestName {
		name = name[len(name)-longestName:]
	}
	head, last := cutLast(name)
	if kind, ok := sensitive(last); ok || head == "" {
		return kind, ok
	}
	_, parent := cutLast(head)
	return sensitive(name[len(head)-len(parent):])
}

func sensitive(s string) (kind finding.Kind, ok bool) {
	var name [longestName]byte
	var buf [2 * longestName]byte
	joined := buf[:0]
	words := wordReader{text: name[:copy(name[:], s)]}
	for w, more := words.next(); more; w, more = words.next() {
		if k, found := sensitiveWords[string(w)]; found {
			kind, ok = k, true
		}
		joined = append(append(joined, ' '), w...)
	}
	if ok {
		return kind, true
	}
	for _, p := range sensitivePhrases {
		if i := bytes.Index(joined, []byte(p.phrase)); i > 0 && joined[i-1] == ' ' {
			return p.kind, true
		}
	}
	return 0, false
}

// sensitiveValue reports whether a value has the form of its kind.
func sensitiveValue(kind finding.Kind, text []byte) bool {
	digits, others := 0, 0
	for i := 0; i < len(text); {
		c, size := classAt(text, i)
		switch {
		case c.isDigit():
			digits++
		case c == letter || c == barrier:
			return kind == finding.PIN && isHex(text) && len(text) == 16
		case c != invisible:
			others++
		}
		i += size
	}
	switch kind {
	case finding.CVV:
		return (digits == 3 || digits == 4) && others <= 4
	case finding.PIN:
		return digits >= 4 && digits <= 12 && others <= 2 || digits == 16 && others == 0
	default:
		return digits >= 1 && digits <= 8 && others <= 5
	}
}

func isHex(text []byte) bool {
	for _, b := range text {
		if !hexDigit(b) {
			return false
		}
	}
	return len(text) > 0
}

func hexDigit(b byte) bool { return b-'0' <= 9 || b|0x20 >= 'a' && b|0x20 <= 'f' }

// authentication finds a value whose own name says that it is sensitive authentication data.
func authentication(dst []Match, t Text) []Match {
	if !t.Whole || t.Name == "" || len(t.Data) == 0 || len(t.Data) > 64 {
		return dst
	}
	kind, ok := SensitiveName(t.Name)
	if !ok || !sensitiveValue(kind, t.Data) {
		return dst
	}
	return append(dst, Match{End: len(t.Data), Kind: kind, Confidence: finding.Likely, reasons: reasons{sensitiveName, t.Name}})
}
