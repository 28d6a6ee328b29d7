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
	var buf [longestName]byte
	path := ending(&buf, name)
	head, last := cutLast(path)
	if kind, ok := sensitive(last); ok || len(head) == 0 {
		return kind, ok
	}
	_, parent := cutLast(head)
	return sensitive(path[len(head)-len(parent):])
}

func sensitive(name []byte) (kind finding.Kind, ok bool) {
	var buf [2 * longestName]byte
	joined := buf[:0]
	words := wordReader{text: name}
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

// form is what a value is made of, as far as that tells authentication data from other values.
type form struct {
	digits, others int  // other characters than digits and letters, invisible ones aside
	letters        bool // or what else parts numbers
}

func formOf(text []byte) (f form) {
	for i := 0; i < len(text); {
		c, size := classAt(text, i)
		switch {
		case c.isDigit():
			f.digits++
		case c == letter || c == barrier:
			f.letters = true
			return f
		case c != invisible:
			f.others++
		}
		i += size
	}
	return f
}

// any reports whether a value of this form is one of any kind. Most values are none, whatever they are called.
func (f form) any(text []byte) bool {
	return f.is(finding.CVV, text) || f.is(finding.PIN, text) || f.is(finding.Expiry, text)
}

// is reports whether a value has the form of its kind.
func (f form) is(kind finding.Kind, text []byte) bool {
	switch {
	case f.letters:
		return kind == finding.PIN && len(text) == 16 && isHex(text)
	case kind == finding.CVV:
		return (f.digits == 3 || f.digits == 4) && f.others <= 4
	case kind == finding.PIN:
		return f.digits >= 4 && f.digits <= 12 && f.others <= 2 || f.digits == 16 && f.others == 0
	default:
		return f.digits >= 1 && f.digits <= 8 && f.others <= 5
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
	if !t.Whole || t.Name == "" && t.Place == nil || len(t.Data) == 0 || len(t.Data) > 64 {
		return dst
	}
	form := formOf(t.Data)
	if !form.any(t.Data) {
		return dst
	}
	t.ask()
	kind, ok := SensitiveName(t.Name)
	if !ok || !form.is(kind, t.Data) {
		return dst
	}
	return append(dst, Match{End: len(t.Data), Kind: kind, Confidence: finding.Likely, facts: sensitiveName, name: t.Name})
}
