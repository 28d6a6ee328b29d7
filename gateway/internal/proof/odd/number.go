package odd

import "strings"

// numbers are published test numbers of the card networks and acquirers.
var numbers = [...]string{
	"4111111111111111", "4242424242424242", "4012888888881881", "5555555555554444", "5105105105105100",
	"2223003122003222", "2200000000000004", "378282246310005", "30569309025904", "6011111111111117",
}

// clean are texts without a card number, some of which look like one.
var clean = [...]string{
	"silver cup", "Кубок серебряный", "+7 701 234 56 78", "4600051000057", "1763800000000", "GA1.2.415926535.1763800000",
	"2025-11-22T10:20:30Z", "1 234 567,89", "KZ86125KZT5004100100", "a=b&c=d", "100% cotton & more", `say "hi"\n`,
	"4111 1111 1111 1112", "0.1234567890123456789", "deadbeefdeadbeefdeadbeef", "line one\r\nline two", "ҚАЗАҚСТАН", "",
	"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl", "12,5,7", "[]", "{}", "null", "<b>bold</b>", "a+b c%20d",
}

// plant chooses what is hidden, and how it is written.
func (m *maker) plant() {
	if m.IntN(10) < 3 {
		m.text = m.pick(clean[:]...)
		return
	}
	m.c.Number = m.pick(numbers[:]...)
	m.text, m.plain = m.c.Number, true
	switch m.IntN(9) {
	case 0:
		m.text, m.plain = m.grouped(m.pick(" ", "-", ".", " - ", "/", "\u00A0", "\u2009", "\u2011", "\u200B", "_", "·")), false
		m.odd("grouped")
	case 1:
		m.text, m.plain = otherDigits(m.text, []rune{'０', '٠', '۰', '०', '𝟎'}[m.IntN(5)]), false
		m.odd("digits of another script")
	}
	if m.chance(4) {
		m.text, m.plain = m.pick("my card is ", "Оплата ", "(", "pay ")+m.text+m.pick(" thanks", ".", ", please", ")", ""), false
	}
}

// grouped writes the number as it stands on a card.
func (m *maker) grouped(between string) string {
	sizes := []int{4, 4, 4, 4}
	switch len(m.c.Number) {
	case 15:
		sizes = []int{4, 6, 5}
	case 14:
		sizes = []int{4, 6, 4}
	}
	var groups []string
	rest := m.c.Number
	for _, n := range sizes {
		groups, rest = append(groups, rest[:n]), rest[n:]
	}
	return strings.Join(groups, between)
}

func otherDigits(s string, zero rune) string {
	return strings.Map(func(r rune) rune { return zero + r - '0' }, s)
}
