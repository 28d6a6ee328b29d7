package pan

// twoThings reports groups, other than those printed on cards, that are a number and something beside it: a telephone, a date, or
// what was paid with the card that a mask's last digits name. They make a card's digits by chance: "заказ 46951 8 702 609 12 34",
// 30132178-20260601.
func (w *walk) twoThings(c *candidate) bool {
	if c.shape != grouped && !c.shape.isOdd() {
		return false
	}
	start := w.groups[w.at].start
	masked := c.shape.isOdd() && start > 0 && w.text.Data[start-1] == '*' // *4276 15 990.00
	return masked || w.endsInPhone(c) || w.holdsDate(c)
}

// endsInPhone reports groups the last of which are a telephone number of Kazakhstan or Russia (ITU-T E.164), as people part it:
// ten digits that begin with 7 or 9, or eleven with 7 or 8 before them.
func (w *walk) endsInPhone(c *candidate) bool {
	digits := c.digits
	for i := 1; i < c.groups; i++ {
		digits = digits[w.groups[w.at+i-1].n:]
		n := w.groups[w.at+i].n
		switch len(digits) {
		case 11:
			parted := n == 11 || n == 1 || n == 4 && (w.groups[w.at+i+1].n == 3 || w.groups[w.at+i+1].n == 7)
			if parted && (at(digits, 0) == 7 || at(digits, 0) == 8) && mobile(at(digits, 1)) {
				return true
			}
		case 10:
			if (n == 10 || n == 3) && mobile(at(digits, 0)) {
				return true
			}
		}
	}
	return false
}

func mobile(d byte) bool { return d == 7 || d == 9 }

// at is the value of one of some digits, ASCII or values.
func at(digits []byte, i int) byte { return digits[i] & 0xF }

// pairAt is the value of two digits.
func pairAt(digits []byte, i int) byte { return at(digits, i)*10 + at(digits, i+1) }

// holdsDate reports a date that is one of the groups or three of them, or a date and time that are the first two: 20261122,
// 25-10-2026, 261122-154005-0001.
func (w *walk) holdsDate(c *candidate) bool {
	digits := c.digits
	for i := 0; i < c.groups; i++ {
		group := func(k int) int {
			if i+k < c.groups {
				return w.groups[w.at+i+k].n
			}
			return 0
		}
		n := group(0)
		switch {
		case n == 8 && eightDate(digits), n == 2 && group(1) == 2 && group(2) == 4 && eightDate(digits), n == 4 && group(1) == 2 && group(2) == 2 && eightDate(digits),
			i == 0 && n == 6 && group(1) == 6 && sixDate(digits) && clock(digits[6:]):
			return true
		}
		digits = digits[n:]
	}
	return false
}

// eightDate reports digits that begin with DDMMYYYY or YYYYMMDD, of 1900 to 2039.
func eightDate(d []byte) bool {
	return dayFirst(d) || century(d) && month(pairAt(d, 4)) && day(pairAt(d, 6))
}

func dayFirst(d []byte) bool { return day(pairAt(d, 0)) && month(pairAt(d, 2)) && century(d[4:]) }

// century reports digits that begin with a year of 1900 to 2039.
func century(d []byte) bool { return pairAt(d, 0) == 19 || pairAt(d, 0) == 20 && pairAt(d, 2) < 40 }

// clock reports digits that begin with hhmmss.
func clock(d []byte) bool { return pairAt(d, 0) < 24 && pairAt(d, 2) < 60 && pairAt(d, 4) < 60 }

// sixDate reports digits that begin with YYMMDD, from 2000 to 2039.
func sixDate(d []byte) bool { return pairAt(d, 0) < 40 && month(pairAt(d, 2)) && day(pairAt(d, 4)) }
