package ruleset

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// Governance is who answers for a row that lets something through, and until when.
type Governance struct {
	Reason     string `yaml:"reason"`
	Owner      string `yaml:"owner"`
	ApprovedBy string `yaml:"approved_by"` // not the owner
	Expires    Date   `yaml:"expires"`     // the last day it has effect; at most a year ahead
}

// Date is a day, written 2026-12-31. The zero Date is none.
type Date struct{ day time.Time }

// UnmarshalText reads a day.
func (d *Date) UnmarshalText(text []byte) error {
	day, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("%s is no date; write it like 2026-12-31", strictyaml.Quote(string(text)))
	}
	d.day = day
	return nil
}

// IsZero reports whether no day was given.
func (d Date) IsZero() bool { return d.day.IsZero() }

// String is the day as it is written.
func (d Date) String() string {
	if d.IsZero() {
		return "never"
	}
	return d.day.Format(time.DateOnly)
}

// End is the first moment after the day in the zone; the zero time for no day.
func (d Date) End(zone *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return time.Date(d.day.Year(), d.day.Month(), d.day.Day()+1, 0, 0, 0, 0, zone)
}

// inForce reports whether a row that ends at end has effect; one without an end always has.
func inForce(end, now time.Time) bool { return end.IsZero() || now.Before(end) }

// govern notes what is missing from a row that lets something through, and returns its end.
func (c *compiler) govern(p place, g *Governance, lets string) time.Time {
	keys := []string{"reason", "owner", "approved_by", "expires"}
	missing := slices.DeleteFunc(slices.Clone(keys), p.Has)
	if lets != "" && len(missing) > 0 {
		p.Fault("say why, who answers for it, who else approved it, and until when", "%s needs %s", lets, strings.Join(missing, ", "))
	}
	for _, key := range keys[:3] {
		if p.Has(key) && strings.TrimSpace(p.Text(key)) == "" {
			p.Key(key).Fault("", "%s is empty", key)
		}
	}
	if g.Owner != "" && strings.EqualFold(strings.TrimSpace(g.Owner), strings.TrimSpace(g.ApprovedBy)) {
		p.Key("approved_by").Fault("somebody else has to agree", "the owner approved it")
	}
	end := g.Expires.End(c.zone)
	if end.After(c.now.AddDate(1, 0, 1)) {
		p.Key("expires").Fault("take a day within a year, and look at it again then", "expires on %s, more than a year ahead", g.Expires)
	}
	if !end.IsZero() {
		c.set.ends = append(c.set.ends, ending{id: p.ID(), end: end, day: g.Expires})
	}
	return end
}

// ending is a row that stops having effect.
type ending struct {
	id  string
	end time.Time
	day Date
}
