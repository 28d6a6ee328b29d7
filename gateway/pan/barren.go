package pan

// Barren reports a value that holds no number whatever it is called, by its shape alone: digits that begin no card of
// their length, a barcode whose check digit holds, a UUID (RFC 9562 section 4). Such values are most of the long ones in a
// shop's traffic. False says nothing.
func (s *Scanner) Barren(value []byte) bool {
	switch n := len(value); {
	case n == uuidLength:
		return isUUID(value)
	case n < 13 || n > 16 || value[0] == '0': // twelve may be the first of several pieces, zeros may be filled up with
		return false
	}
	var digits [16]byte
	for i, b := range value {
		if digits[i] = b - '0'; digits[i] > 9 {
			return false
		}
	}
	return !s.table.of(value).allows(len(value)) || len(value) == 13 && validEAN(digits[:13]) && !luhnValid(digits[:13])
}

const uuidLength = 36

// isUUID reports a UUID that has a letter in its last group: one without may be groups of digits.
func isUUID(value []byte) bool {
	letters := 0
	for i, b := range value {
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if b != '-' {
				return false
			}
		case !hexDigit(b):
			return false
		case b > '9' && i > 23:
			letters++
		}
	}
	return letters > 0
}
