package ruleset

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
)

// cases reads the files of cases.
func (c *compiler) cases() {
	ids := make(map[string]string)
	for _, name := range slices.Sorted(maps.Keys(c.files)) {
		if !strings.HasPrefix(name, "cases/") {
			continue
		}
		f, d := cases.Read(name, c.files[name])
		c.docs = append(c.docs, d)
		if !d.Readable() {
			continue
		}
		rows := d.Root().Key("cases")
		c.uniqueIDs(rows, len(f.Cases))
		for i, row := range f.Cases {
			if other, taken := ids[row.ID]; taken && other != name {
				rows.Item(i).Key("id").Fault("give one of the two another name", "%s has a case of this id too", other)
			}
			ids[row.ID] = name
		}
		c.set.cases = append(c.set.cases, f.Cases...)
		c.caseNumbers(f, rows)
	}
	if len(c.set.cases) == 0 {
		c.set.remarks = append(c.set.remarks, "there are no cases: nothing shows that the rules do what they say")
	}
}

// numbers notes every card number that is no published test number, in any file, comments too: rules are read by many,
// and kept for years.
func (c *compiler) numbers() {
	scanner := pan.NewScanner(c.set.table)
	for _, d := range c.docs {
		src := c.files[d.File()]
		for _, at := range unpublished(scanner, src) {
			d.Note(1+bytes.Count(src[:at], []byte{'\n'}), at-bytes.LastIndexByte(src[:at], '\n'), "a card number that is no published test number",
				"write a card of the table instead: {"+strings.Join(cases.Names(), "}, {")+"}")
		}
	}
}

// caseNumbers looks where a number is not written as it is: behind escapes, and in base64.
func (c *compiler) caseNumbers(f *cases.File, rows place) {
	scanner := pan.NewScanner(c.set.table)
	for i := range f.Cases {
		raw, err := f.Cases[i].Bytes()
		if err != nil {
			continue
		}
		if len(unpublished(scanner, raw)) > 0 || len(unpublished(scanner, []byte(unescape(string(raw), everyEscape)))) > 0 {
			rows.Item(i).Key("request").Fault("write a card of the table instead, for example {visa-16}", "holds a card number that is no published test number")
		}
	}
}

// unpublished are where in a text numbers begin that could be somebody's.
func unpublished(scanner *pan.Scanner, text []byte) (at []int) {
	for _, m := range scanner.Scan(nil, pan.Text{Data: text}) {
		if m.Kind != finding.PAN && m.Kind != finding.Track {
			continue
		}
		var digits []byte
		m.Digits(text, func(start, end int) { digits = append(digits, text[start:end]...) })
		if m.Kind == finding.Track || !cases.Published(string(digits)) {
			at = append(at, m.Start)
		}
	}
	return at
}
