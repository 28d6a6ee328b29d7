package ruleset

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// limitsFile is limits.yaml.
type limitsFile struct {
	header      `yaml:",inline"`
	Limits      []limitRow       `yaml:"limits"`
	Allowances  []allowanceRow   `yaml:"allowances"`
	Bans        []banRow         `yaml:"bans"`
	Concurrency []concurrencyRow `yaml:"concurrency"`
}

// limitRow is a bucket (rate and burst) or a quota (quota and window).
type limitRow struct {
	ID        string        `yaml:"id"`
	About     string        `yaml:"about"`
	Where     Where         `yaml:"where"`
	By        counted       `yaml:"by"`
	Rate      rate          `yaml:"rate"`
	Burst     int           `yaml:"burst"`
	Quota     int64         `yaml:"quota"`
	Window    time.Duration `yaml:"window"`
	StoreAway storeAway     `yaml:"store_away"`
}

// rate is a number of requests a second.
type rate float64

// UnmarshalText reads 10/s, 30/m or 600/h.
func (r *rate) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(string(text), "/")
	per := map[string]float64{"s": 1, "m": 60, "h": 3600}[unit]
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || per == 0 || !(n > 0 && n <= 1e9) {
		return fmt.Errorf("%s is no rate; write 10/s, 30/m or 600/h", strictyaml.Quote(string(text)))
	}
	*r = rate(n / per)
	return nil
}

// String is the rate as rules write it, by the second.
func (r rate) String() string { return strconv.FormatFloat(float64(r), 'g', -1, 64) + "/s" }

// allowanceRow lifts limits, never the inspection, for a security scanner for example.
type allowanceRow struct {
	ID         string `yaml:"id"`
	Where      Where  `yaml:"where"`
	Governance `yaml:",inline"`
}

// banRow refuses clients.
type banRow struct {
	ID      string `yaml:"id"`
	Where   Where  `yaml:"where"`
	Reason  string `yaml:"reason"`
	Expires Date   `yaml:"expires"` // none: until it is removed
}

// concurrencyRow bounds the requests of one client that are under way at once.
type concurrencyRow struct {
	ID    string `yaml:"id"`
	About string `yaml:"about"`
	Where Where  `yaml:"where"`
	Max   int    `yaml:"max"`
}

// dated is a row that ends.
type dated struct {
	id  string
	end time.Time
}

func (c *compiler) limits(f *limitsFile, p place) {
	rows := p.Key("limits")
	wheres := make([]*where, len(f.Limits))
	for i := range f.Limits {
		row := &f.Limits[i]
		w := row.Where.compile(rows.Item(i).Key("where"))
		wheres[i] = &w
		row.validate(rows.Item(i))
		c.set.limits = append(c.set.limits, row.limit())
	}
	c.uniqueIDs(rows, len(f.Limits))
	c.set.limitIndex = newIndex(wheres)
	c.allowances(f.Allowances, p.Key("allowances"))
	c.bans(f.Bans, p.Key("bans"))
	c.concurrency(f.Concurrency, p.Key("concurrency"))
}

func (r *limitRow) validate(p place) {
	bucket, quota := p.Has("rate") || p.Has("burst"), p.Has("quota") || p.Has("window")
	switch {
	case bucket == quota:
		p.Fault("write rate: 10/s and burst: 40, or quota: 100 and window: 1m", "is neither a bucket nor a quota, or both")
	case bucket && (r.Rate <= 0 || r.Burst < 1):
		p.Fault("write rate: 10/s and burst: 40", "a bucket has a rate and a burst of 1 or more")
	case quota && (r.Quota < 1 || r.Window < time.Second):
		p.Fault("write quota: 100 and window: 1m", "a quota is 1 or more in a window of 1s or more")
	case bucket && p.Has("store_away"):
		p.Key("store_away").Fault("remove it", "a bucket is kept here alone; only quotas use the shared store")
	}
}

func (r *limitRow) limit() *Limit {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v", *r))
	return &Limit{
		ID: r.ID, Rev: hex.EncodeToString(sum[:4]), By: r.By.key(), Rate: float64(r.Rate), Burst: r.Burst,
		Quota: r.Quota, Window: r.Window, StoreAway: r.StoreAway.fallback(),
	}
}

func (c *compiler) allowances(rows []allowanceRow, p place) {
	wheres := make([]*where, len(rows))
	for i := range rows {
		at := p.Item(i)
		wheres[i] = c.route(at, rows[i].Where)
		if len(rows[i].Where.Clients) == 0 {
			at.Fault("write where: {clients: [192.0.2.0/24]}", "lifts the limits for everybody")
		}
		end := c.govern(at, &rows[i].Governance, "an allowance")
		c.set.allowances = append(c.set.allowances, dated{rows[i].ID, end})
	}
	c.uniqueIDs(p, len(rows))
	c.set.allowanceIndex = newIndex(wheres)
}

func (c *compiler) bans(rows []banRow, p place) {
	wheres := make([]*where, len(rows))
	for i := range rows {
		at := p.Item(i)
		at.Require("say why", "reason")
		wheres[i] = c.route(at, rows[i].Where)
		if len(rows[i].Where.Clients) == 0 {
			at.Fault("write where: {clients: [192.0.2.7]}", "bans everybody")
		}
		c.set.bans = append(c.set.bans, dated{rows[i].ID, rows[i].Expires.End(c.zone)})
	}
	c.uniqueIDs(p, len(rows))
	c.set.banIndex = newIndex(wheres)
}

func (c *compiler) concurrency(rows []concurrencyRow, p place) {
	wheres := make([]*where, len(rows))
	for i := range rows {
		w := rows[i].Where.compile(p.Item(i).Key("where"))
		wheres[i] = &w
		if rows[i].Max < 1 {
			p.Item(i).Key("max").Fault("write max: 32", "bounds nothing")
		}
		c.set.concurrency = append(c.set.concurrency, rows[i].Max)
	}
	c.uniqueIDs(p, len(rows))
	c.firstWins(p, "concurrency", wheres, nil)
	c.set.concurrencyIndex = newIndex(wheres)
}
