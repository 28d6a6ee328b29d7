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

// mostGroups is how many groups are compared by their sizes: four bits a group, the first of them highest. A chain that ends
// sooner is filled up with zeros.
const mostGroups = 5

// mostSized is what the sizes of groups tell apart: longer ones are all alike.
const mostSized = 15

// sixOf and eightOf are the sizes of so many groups of so many digits, fifteen at most.
func sixOf(digits int) uint32   { return uint32(digits) * 0x111111 }
func eightOf(digits int) uint32 { return uint32(digits) * 0x11111111 }

// sizesAt is the sizes of the groups from i on. Those of a group and the ones before it in its chain were packed when it was
// read, so that the first of the next chain has fewer than are asked for.
func (w *walk) sizesAt(i int) uint32 {
	g := (*[mostGroups]group)(w.groups[i:])
	switch {
	case g[4].sizes >= 1<<16:
		return g[4].sizes & 0xFFFFF
	case g[3].sizes >= 1<<12:
		return g[3].sizes & 0xFFFF << 4
	case g[2].sizes >= 1<<8:
		return g[2].sizes & 0xFFF << 8
	case g[1].sizes >= 1<<4:
		return g[1].sizes & 0xFF << 12
	}
	return g[0].sizes & 0xF << 16
}

// digitsIn is how many digits the first n of five packed groups have.
func digitsIn(packed uint32, n int) int {
	p := packed >> (4 * (mostGroups - n) & 31)
	p = p&0x0F0F0F + p>>4&0x0F0F
	return int(p * 0x010101 >> 16 & 0xFF)
}

// canonical is the numbers of groups, one bit each, at which the groups have the sizes in which people and forms write
// numbers.
func canonical(packed uint32) (set uint8) {
	if set = twosAndThrees[packed>>8&0xFFF]; set&openEnd != 0 {
		set = set&^openEnd | fours[packed&0xFF]
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

// openEnd marks sizes that are a number's only together with those behind them.
const openEnd = 1

// twosAndThrees is the canonical numbers of groups, two or three, by the sizes of the first three.
var twosAndThrees = bySizes()

func bySizes() (t [1 << 12]uint8) {
	for packed := range t {
		if twos[packed>>8]>>(packed>>4&0xF)&1 != 0 {
			t[packed] = 1 << 2
		}
	}
	for _, packed := range [...]int{0x465, 0x464, 0x555, 0x456, 0x556, 0x664, 0x448, 0x484, 0x844, 0x44B} {
		t[packed] |= 1 << 3
	}
	t[0x444] |= openEnd
	return t
}

// opening is the sizes that a group has behind one of each size, one bit each, if both may begin a number.
var opening = firstTwo()

func firstTwo() (t [16]uint16) {
	for packed, set := range twosAndThrees {
		if set != 0 {
			t[packed>>8] |= 1 << (packed >> 4 & 0xF)
		}
	}
	return t
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
