package pan

// shape is how a candidate's digits are grouped.
type shape uint8

const (
	whole   shape = iota // one group
	grouped              // the groups in which people and forms write cards
	typical              // the groups printed on cards: only these may be written with dots, and they overrule an identifier's name
	apart                // single digits, or pairs
	odd                  // any other groups: believed only where all of a card's field is one number
	steady               // odd ones that are nothing but one number, typed in another rhythm
)

func (s shape) isOdd() bool { return s >= odd }

// mostGroups is how many groups are compared by their sizes.
const mostGroups = 5

// sizes packs the digits of the first groups of a chain, four bits a group, the first group highest; a chain that ends sooner
// is filled up with zeros.
func sizes(g *[mostGroups]group) (packed uint32) {
	packed = g[0].size() << 16
	if g[1].before == 0 {
		return packed
	}
	packed |= g[1].size() << 12
	if g[2].before == 0 {
		return packed
	}
	packed |= g[2].size() << 8
	if g[3].before == 0 {
		return packed
	}
	packed |= g[3].size() << 4
	if g[4].before == 0 {
		return packed
	}
	return packed | g[4].size()
}

func (g *group) size() uint32 { return uint32(min(g.n, 15)) }

// digitsIn is how many digits the first n of five packed groups have.
func digitsIn(packed uint32, n int) int {
	p := packed >> (4 * (mostGroups - n) & 31)
	p = p&0x0F0F0F + p>>4&0x0F0F
	return int(p * 0x010101 >> 16 & 0xFF)
}

// canonical is the numbers of groups, one bit each, at which the groups have the sizes in which people and forms write
// numbers.
func canonical(packed uint32) (set uint8) {
	first := packed >> 16 & 0xF
	if twos[first]>>(packed>>12&0xF)&1 != 0 {
		set = 1 << 2
	}
	switch packed >> 8 {
	case 0x465, 0x464, 0x555, 0x456, 0x556, 0x664, 0x448, 0x484, 0x844, 0x44B:
		set |= 1 << 3
	case 0x444:
		set |= fours[packed&0xFF]
	}
	return set
}

// grouping is the shape of the first n of canonical groups.
func grouping(packed uint32, n int) shape {
	switch n {
	case 5:
		if packed>>4 == 0x4444 && fours[packed&0xFF]>>5 != 0 {
			return typical
		}
	case 4:
		if packed>>4 == 0x4444 {
			return typical
		}
	case 3:
		if packed>>8 == 0x465 || packed>>8 == 0x464 {
			return typical
		}
	}
	return grouped
}

// twos is the sizes that make a number with one group before them, by the size of that.
var twos = [16]uint16{
	4:  1<<10 | 1<<11 | 1<<12,
	6:  1<<10 | 1<<12 | 1<<13,
	8:  1<<8 | 1<<10 | 1<<11,
	10: 1 << 6,
	12: 1 << 4,
}

// openers is the sizes with which longer groupings go on, and twos, by the size that they begin with.
var openers = [16]uint16{
	4:  twos[4] | 1<<4 | 1<<5 | 1<<6 | 1<<8,
	5:  1 << 5,
	6:  twos[6] | 1<<6,
	8:  twos[8] | 1<<4,
	10: twos[10],
	12: twos[12],
}

// fours is the numbers of groups behind three of four, by the sizes of the fourth and the fifth.
var fours = afterThreeFours()

func afterThreeFours() (t [256]uint8) {
	for fourth := 2; fourth <= 7; fourth++ {
		for fifth := range 16 {
			t[fourth<<4|fifth] = 1 << 4
		}
	}
	for fifth := 1; fifth <= 3; fifth++ {
		t[4<<4|fifth] |= 1 << 5
	}
	return t
}
