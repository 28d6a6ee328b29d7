package ruleset

import (
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// cardsFile is cards.yaml.
type cardsFile struct {
	header     `yaml:",inline"`
	Rules      []cardRule     `yaml:"rules"`
	WebSockets []webSocketRow `yaml:"websockets"`
	Bodies     []bodyRow      `yaml:"bodies"`
	Targets    []targetRow    `yaml:"targets"`
	Trailers   []trailerRow   `yaml:"trailers"`
}

// cardRule says what happens to findings on some requests in some places; the first enforced one that matches decides.
type cardRule struct {
	ID         string   `yaml:"id"`
	About      string   `yaml:"about"`
	Where      Where    `yaml:"where"`
	At         []string `yaml:"at"`         // addresses; none: everywhere
	Find       []string `yaml:"find"`       // kinds; none: pan and track
	Brands     []string `yaml:"brands"`     // none: every brand
	Confidence string   `yaml:"confidence"` // at least; none: likely
	Action     word     `yaml:"action"`
	Enforce    *bool    `yaml:"enforce"` // false: say what it would have done, and go on
	Answer     answer   `yaml:"answer"`
	Governance `yaml:",inline"`
}

// rule is a cardRule, compiled.
type rule struct {
	selector
	id     string
	where  where
	action Action
	answer string
	reason string
	shadow bool
	end    time.Time
	lets   bool // lets an acting finding through
}

// selector selects findings.
type selector struct {
	at     []finding.Pattern
	kinds  uint16 // bit k: the kind k
	brands []string
	least  finding.Confidence
}

func (s *selector) match(f *finding.Finding) bool {
	return s.kinds&(1<<f.Kind) != 0 && f.Confidence >= s.least && (len(s.brands) == 0 || slices.Contains(s.brands, f.Brand)) && s.matchPlace(f.At)
}

func (s *selector) matchPlace(l finding.Location) bool {
	for i := range s.at {
		if s.at[i].Match(l) {
			return true
		}
	}
	return len(s.at) == 0
}

// places are the places a selector spells out; nil when it may look at others too.
func (s *selector) places() (places []finding.Location) {
	for i := range s.at {
		l, one := s.at[i].Key()
		if !one {
			return nil
		}
		places = append(places, l)
	}
	return places
}

// covers reports that s selects whatever t selects.
func (s *selector) covers(t *selector, texts, narrow []string) bool {
	return s.kinds&t.kinds == t.kinds && s.least <= t.least && coverWords(s.brands, t.brands) && coverPlaces(texts, narrow)
}

// coverPlaces reports that the wide addresses hold all of the narrow ones: query holds query:q.
func coverPlaces(wide, narrow []string) bool {
	return len(wide) == 0 || len(narrow) > 0 && !slices.ContainsFunc(narrow, func(n string) bool {
		return !slices.ContainsFunc(wide, func(w string) bool { return w == n || strings.HasPrefix(n, w+":") })
	})
}

func (c *compiler) cards(f *cardsFile, p place) {
	for i := range f.Rules {
		c.set.rules = append(c.set.rules, c.rule(&f.Rules[i], p.Key("rules").Item(i)))
	}
	c.uniqueIDs(p.Key("rules"), len(f.Rules))
	c.unreachable(f, p.Key("rules"))
	c.webSockets(f.WebSockets, p.Key("websockets"))
	c.bodies(f.Bodies, p.Key("bodies"))
	c.targets(f.Targets, p.Key("targets"))
	c.trailers(f.Trailers, p.Key("trailers"))
}

func (c *compiler) rule(row *cardRule, p place) rule {
	p.Require("write action: block, redact or report", "action")
	r := rule{
		id: row.ID, where: row.Where.compile(p.Key("where")), action: parseAction(row.Action), answer: string(row.Answer),
		shadow: row.Enforce != nil && !*row.Enforce, reason: reason(row),
	}
	r.selector = c.selector(p, row.At, row.Find, row.Brands, row.Confidence)
	acting := r.kinds&(1<<finding.PAN|1<<finding.Track) != 0
	r.lets = acting && r.action == Report && !r.shadow && row.Action != ""
	lets := ""
	if r.lets {
		lets = "an enforced report lets card numbers through and"
	}
	r.end = c.govern(p, &row.Governance, lets)
	if row.Answer != "" && r.action != Block {
		p.Key("answer").Fault("remove it, or write action: block", "only a refusal has an answer")
	}
	return r
}

// reason is the sentence that stands in records and in `explain`.
func reason(row *cardRule) string {
	if row.About != "" {
		return "rule " + row.ID + ": " + row.About
	}
	return "rule " + row.ID
}

// selector compiles what a row asks of a finding.
func (c *compiler) selector(p place, at, find, brands []string, confidence string) selector {
	s := selector{kinds: 1<<finding.PAN | 1<<finding.Track, brands: brands, least: finding.Likely}
	for i, text := range at {
		pattern, err := finding.ParsePattern(text)
		if err != nil {
			p.Key("at").Item(i).Fault("", "%s", err)
		}
		s.at = append(s.at, pattern)
	}
	if len(find) > 0 {
		s.kinds = c.kinds(p.Key("find"), find)
	}
	for i, brand := range brands {
		c.brand(p.Key("brands").Item(i), brand)
	}
	if confidence != "" {
		var err error
		if s.least, err = finding.ParseConfidence(confidence); err != nil || !s.least.Acts() {
			p.Key("confidence").Fault("write likely or certain; what is only possible is counted and never acted on", "no rule acts on the confidence %q", confidence)
		}
	}
	for _, key := range []string{"at", "find", "brands"} {
		if p.Empty(key) {
			p.Key(key).Fault("leave the key out to mean all", "an empty list can match nothing")
		}
	}
	return s
}

func (c *compiler) kinds(p place, words []string) (kinds uint16) {
	for i, w := range words {
		kind, err := finding.ParseKind(w)
		if err != nil {
			p.Item(i).Fault("known here: pan, track, cvv, pin, cryptogram", "%s", err)
		}
		kinds |= 1 << kind
	}
	return kinds
}

// unreachable notes every rule that an earlier one always wins over.
func (c *compiler) unreachable(f *cardsFile, p place) {
	if len(f.Rules) > maxRows {
		return // told already, and every pair would be compared
	}
	for j := range c.set.rules {
		for i := range j {
			early, late := &c.set.rules[i], &c.set.rules[j]
			if early.shadow || !early.end.IsZero() || !early.where.covers(&late.where) ||
				!early.selector.covers(&late.selector, f.Rules[i].At, f.Rules[j].At) {
				continue
			}
			p.Item(j).Fault("move it above, or remove one of the two", "never decides: rule %s on line %d always wins", early.id, p.Item(i).Line())
			break
		}
	}
}

// firstWins notes every row of a list that an earlier one covers, where the first that selects a request is used. A
// row that ends makes way for those below it.
func (c *compiler) firstWins(p place, word string, wheres []*where, ends func(i int) bool) {
	for j := range wheres[:min(len(wheres), maxRows)] {
		for i := range j {
			if wheres[i].covers(wheres[j]) && (ends == nil || !ends(i)) {
				p.Item(j).Fault("move it above, or remove one of the two", "never used: %s %s on line %d always wins", word, p.Item(i).ID(), p.Item(i).Line())
				break
			}
		}
	}
}
