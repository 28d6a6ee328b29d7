package carrier

import (
	"encoding/binary"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// pdfFont says which characters a string's codes are.
type pdfFont struct {
	wide   bool // codes of two bytes (section 9.7)
	ranges []cmapRange
	names  map[byte]rune // of simple fonts with an encoding of their own
	widths pdfWidths
}

// cmapRange maps codes from low to high to consecutive characters from text on.
type cmapRange struct {
	low, high uint32
	text      []rune
}

// mostRanges bounds the mappings of one font.
const mostRanges = 1 << 16

// font reads the font a reference points at.
func (p *pdf) font(v any) (*pdfFont, error) {
	ref, isRef := v.(pdfRef)
	if f := p.fonts[ref]; isRef && f != nil {
		return f, nil
	}
	d := p.dictAt(v)
	widths, err := p.widths(d)
	if err != nil {
		return nil, err
	}
	f := &pdfFont{wide: d["Subtype"] == pdfName("Type0"), widths: widths}
	if differences, ok := p.resolve(p.dictAt(d["Encoding"])["Differences"]).(pdfArray); ok {
		f.names = glyphs(differences)
	}
	if to, ok := d["ToUnicode"].(pdfRef); ok && p.byNum[int(to)] != nil && p.byNum[int(to)].raw != nil {
		err = p.decoded(p.byNum[int(to)], func(plain []byte) error {
			f.ranges = readCMap(plain)
			return nil
		})
	}
	if isRef {
		p.fonts[ref] = f
	}
	return f, err
}

// readCMap reads the mappings of a ToUnicode CMap (section 9.10.3), in the order of their codes.
func readCMap(plain []byte) (ranges []cmapRange) {
	l := &pdfLexer{src: plain, values: mostPDFValues}
	var args pdfArray
	for len(ranges) < mostRanges {
		v, ok := l.value(0)
		if !ok {
			break
		}
		switch v {
		case pdfOperator("endbfchar"):
			ranges = append(ranges, bfChars(args)...)
		case pdfOperator("endbfrange"):
			ranges = append(ranges, bfRanges(args)...)
		case pdfOperator("beginbfchar"), pdfOperator("beginbfrange"):
		default:
			args = append(args, v)
			continue
		}
		args = nil
	}
	sort.SliceStable(ranges, func(i, j int) bool { return ranges[i].low < ranges[j].low })
	return ranges
}

func bfChars(args pdfArray) (ranges []cmapRange) {
	for i := len(args) % 2; i+1 < len(args); i += 2 {
		code, isCode := args[i].(pdfString)
		text, isText := args[i+1].(pdfString)
		if isCode && isText {
			ranges = append(ranges, cmapRange{codeOf(code), codeOf(code), textOf(text)})
		}
	}
	return ranges
}

func bfRanges(args pdfArray) (ranges []cmapRange) {
	for i := len(args) % 3; i+2 < len(args); i += 3 {
		low, isLow := args[i].(pdfString)
		high, isHigh := args[i+1].(pdfString)
		if !isLow || !isHigh {
			continue
		}
		switch to := args[i+2].(type) {
		case pdfString:
			ranges = append(ranges, cmapRange{codeOf(low), codeOf(high), textOf(to)})
		case pdfArray:
			for n, item := range to {
				if s, ok := item.(pdfString); ok {
					code := codeOf(low) + uint32(n)
					ranges = append(ranges, cmapRange{code, code, textOf(s)})
				}
			}
		}
	}
	return ranges
}

func codeOf(s pdfString) (code uint32) {
	for _, c := range s[:min(len(s), 4)] {
		code = code<<8 | uint32(c)
	}
	return code
}

func textOf(s pdfString) []rune {
	units := make([]uint16, 0, len(s)/2)
	for ; len(s) >= 2; s = s[2:] {
		units = append(units, binary.BigEndian.Uint16(s))
	}
	return utf16.Decode(units)
}

// text is a shown string in UTF-8.
func (f *pdfFont) text(out []byte, s pdfString) []byte {
	step := f.step()
	for len(s) > 0 {
		n := min(step, len(s))
		out = f.character(out, codeOf(s[:n]))
		s = s[n:]
	}
	return out
}

// character appends what one code stands for.
func (f *pdfFont) character(out []byte, code uint32) []byte {
	i := sort.Search(len(f.ranges), func(i int) bool { return f.ranges[i].low > code }) - 1
	if i >= 0 && code <= f.ranges[i].high && len(f.ranges[i].text) > 0 {
		text := f.ranges[i].text
		if code == f.ranges[i].low {
			return append(out, string(text)...)
		}
		return utf8.AppendRune(out, text[len(text)-1]+rune(code-f.ranges[i].low)) // the last character counts on (section 9.10.3)
	}
	if r, ok := f.names[byte(code)]; ok && !f.wide {
		return utf8.AppendRune(out, r)
	}
	return utf8.AppendRune(out, rune(code))
}

// glyphNames are the names (Adobe Glyph List) that a number is written with.
var glyphNames = map[string]rune{
	"zero": '0', "one": '1', "two": '2', "three": '3', "four": '4', "five": '5', "six": '6', "seven": '7', "eight": '8', "nine": '9',
	"space": ' ', "hyphen": '-', "endash": '–', "period": '.', "slash": '/', "comma": ',', "colon": ':',
}

// glyphs reads the differences of an encoding (section 9.6.6.2): a code, then the names of it and those that follow.
func glyphs(differences pdfArray) map[byte]rune {
	names, code := make(map[byte]rune), 0
	for _, v := range differences {
		switch v := v.(type) {
		case float64:
			code = int(v)
		case pdfName:
			if r, ok := glyph(string(v)); ok {
				names[byte(code)] = r
			}
			code++
		}
	}
	return names
}

func glyph(name string) (rune, bool) {
	name, _, _ = strings.Cut(name, ".") // one.tabular is a one
	if r, ok := glyphNames[name]; ok {
		return r, true
	}
	if len(name) == 1 {
		return rune(name[0]), true
	}
	if hex, ok := strings.CutPrefix(name, "uni"); ok && len(hex) == 4 {
		n, err := strconv.ParseUint(hex, 16, 16)
		return rune(n), err == nil
	}
	return 0, false
}
