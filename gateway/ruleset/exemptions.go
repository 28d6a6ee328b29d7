package ruleset

import (
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// exemptionsFile is exemptions.yaml.
type exemptionsFile struct {
	header     `yaml:",inline"`
	Exemptions []exemptionRow `yaml:"exemptions"`
}

// exemptionRow frees card numbers in some places of some requests, until a day.
type exemptionRow struct {
	ID         string `yaml:"id"`
	Governance `yaml:",inline"`
	Where      Where    `yaml:"where"`
	At         []string `yaml:"at"` // required: an exemption frees a field, not a page
	Brands     []string `yaml:"brands"`
}

// exemption is an exemptionRow, compiled. It frees numbers alone: magnetic stripes and codes are never to be kept
// (PCI DSS v4.0.1 requirement 3.3.1), so nothing frees those.
type exemption struct {
	selector
	id     string
	reason string
	end    time.Time
}

func (c *compiler) exemptions(f *exemptionsFile, p place) {
	rows := p.Key("exemptions")
	wheres, places := make([]*where, len(f.Exemptions)), make([][]finding.Location, len(f.Exemptions))
	for i, row := range f.Exemptions {
		at := rows.Item(i)
		at.Require("name the fields: at: [body:comment]", "at")
		wheres[i] = c.route(at, row.Where)
		e := exemption{id: row.ID, reason: "exemption " + row.ID + " until " + row.Expires.String(), end: c.govern(at, &row.Governance, "an exemption")}
		e.selector = c.selector(at, row.At, []string{"pan"}, row.Brands, "")
		c.set.exemptions = append(c.set.exemptions, e)
		places[i] = e.places()
	}
	c.uniqueIDs(rows, len(f.Exemptions))
	c.set.exemptionIndex = newPlacedIndex(wheres, places)
}
