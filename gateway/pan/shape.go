package pan

// shape is how a candidate's digits are grouped.
type shape uint8

const (
	whole   shape = iota // one group
	grouped              // a card's groups
	apart                // single digits, or pairs
	odd                  // any other groups: believed only where all of a card's field is one number
)

// sizes packs the digits of the first groups of a chain, four bits a group, the first group highest; at most five
// groups, and a chain that ends sooner is filled up with zeros.
func sizes(groups []group) (packed uint32, n int) {
	for n < 5 && n < len(groups) && (n == 0 || groups[n].before.kind != 0) {
		packed = packed<<4 | uint32(min(groups[n].n, 15))
		n++
	}
	return packed << (4 * (5 - n)), n
}

// canonical reports whether the first n groups have the sizes in which people and forms write numbers.
func canonical(packed uint32, n int) bool {
	switch n {
	case 5:
		return packed>>4 == 0x4444 && packed&0xF >= 1 && packed&0xF <= 3
	case 4:
		switch packed >> 4 {
		case 0x4444, 0x4443, 0x4442, 0x4445, 0x4446, 0x4447:
			return true
		}
	case 3:
		switch packed >> 8 {
		case 0x465, 0x464, 0x555, 0x456, 0x556, 0x664, 0x448, 0x484, 0x844, 0x44B:
			return true
		}
	case 2:
		switch packed >> 12 {
		case 0x6A, 0x6C, 0x6D, 0x88, 0x4C, 0xC4, 0x8A, 0x8B, 0x4A, 0x4B, 0xA6:
			return true
		}
	}
	return false
}

// typical reports the groups printed on cards; only these may be written with dots, and they overrule an
// identifier's name: identifiers are rarely typed so.
func typical(packed uint32, n int) bool {
	switch n {
	case 5:
		return canonical(packed, n)
	case 4:
		return packed>>4 == 0x4444
	case 3:
		return packed>>8 == 0x465 || packed>>8 == 0x464
	}
	return false
}
