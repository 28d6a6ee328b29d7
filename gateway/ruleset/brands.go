package ruleset

import (
	"strings"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// brandsFile is brands.yaml.
type brandsFile struct {
	header `yaml:",inline"`
	Brands []brandRow `yaml:"brands"`
}

// brandRow is a range of issuer identification numbers added to the card table.
type brandRow struct {
	ID      string `yaml:"id"`
	Brand   string `yaml:"brand"`
	From    string `yaml:"from"` // first prefix
	To      string `yaml:"to"`   // last prefix, as many digits
	Lengths []int  `yaml:"lengths"`
	Luhn    luhn   `yaml:"luhn"`
	Tier    tier   `yaml:"tier"`
	Source  string `yaml:"source"`
	Date    Date   `yaml:"date"`
}

// luhn says what a network promises of the last digit.
type luhn string

// Choices are the promises.
func (luhn) Choices() []string { return []string{"required", "absent", "unknown"} }

func (l luhn) promise() pan.Luhn {
	switch l {
	case "absent":
		return pan.Absent
	case "unknown":
		return pan.Unknown
	default:
		return pan.Required
	}
}

// tier says how much a range needs before a number in it acts.
type tier string

// Choices are the tiers.
func (tier) Choices() []string { return []string{"A", "B", "C"} }

func (t tier) tier() pan.Tier {
	switch t {
	case "A":
		return pan.A
	case "B":
		return pan.B
	default:
		return pan.C
	}
}

// maxBrands is how many ranges may be added; the shipped table has fewer.
const maxBrands = 256

func (c *compiler) brands(f *brandsFile, p place) {
	rows := p.Key("brands")
	if len(f.Brands) > maxBrands {
		rows.Fault("join neighbouring ranges", "%d ranges; at most %d can be added", len(f.Brands), maxBrands)
		f.Brands = nil
	}
	var table []pan.Row
	for i := range f.Brands {
		b, at := &f.Brands[i], rows.Item(i)
		at.Require("", "brand", "from", "to", "lengths")
		at.Require("name where the range is published, and the day it was read", "source", "date")
		if b.Brand == "" || b.From == "" || b.To == "" || len(b.Lengths) == 0 {
			continue
		}
		row := b.row()
		if _, err := pan.NewTable(row); err != nil {
			at.Fault("", "%s", strictyaml.Mask(err.Error()))
			continue
		}
		table = append(table, row)
		for j := range i {
			if o := &f.Brands[j]; overlap(b, o) {
				at.Key("from").Fault("narrow one of the two", "the range overlaps that of %s on line %d", o.ID, rows.Item(j).Line())
				break
			}
		}
	}
	c.uniqueIDs(rows, len(f.Brands))
	c.set.table, _ = pan.NewTable(table...) // every row was taken before
	c.knownBrands = make(map[string]bool)
	for _, row := range append(pan.Shipped(), table...) {
		c.knownBrands[row.Brand] = true
	}
}

func (b *brandRow) row() pan.Row {
	return pan.Row{
		Brand: b.Brand, From: b.From, To: b.To, Lengths: b.Lengths, Luhn: b.Luhn.promise(), Tier: b.Tier.tier(), Source: b.Source, Date: b.Date.String(),
	}
}

// overlap reports whether two ranges hold a prefix in common.
func overlap(a, b *brandRow) bool {
	return widen(a.From, '0') <= widen(b.To, '9') && widen(b.From, '0') <= widen(a.To, '9')
}

// widen is a prefix as eight digits.
func widen(prefix string, with byte) string {
	return prefix + strings.Repeat(string(with), max(8-len(prefix), 0))
}

// brand notes a name that is not in the card table.
func (c *compiler) brand(p place, name string) {
	if c.knownBrands[name] {
		return
	}
	known := make([]string, 0, len(c.knownBrands))
	for brand := range c.knownBrands {
		known = append(known, brand)
	}
	p.Fault(strictyaml.Suggest(name, sorted(known)), "no range of the card table is called %s", strictyaml.Quote(name))
}
