package ruleset

import (
	"slices"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// formatVersion is the version of the files that this code reads.
const formatVersion = 1

// header begins every file.
type header struct {
	Version int  `yaml:"version"`
	Shipped bool `yaml:"shipped"` // the content inside the binary, on purpose
}

func (h *header) check(p place) {
	switch {
	case !p.Has("version"):
		p.Fault("begin the file with version: 1", "the key %q is missing", "version")
	case h.Version > formatVersion:
		p.Key("version").Fault("install the panwall it was written for, or later", "format %d is newer than this panwall reads (%d)", h.Version, formatVersion)
	case h.Version < formatVersion:
		p.Key("version").Fault("write version: 1", "there never was a format %d", h.Version)
	}
	if h.Shipped {
		p.Key("shipped").Fault("remove the rows to take the shipped ones, or this line to keep yours", "a file that takes the shipped content has none of its own")
	}
}

// compiler makes a Set of files, noting faults on the way.
type compiler struct {
	files map[string][]byte
	docs  []*strictyaml.Document
	set   *Set
	zone  *time.Location
	now   time.Time

	knownBrands  map[string]bool
	knownWidgets map[string]*widget
	scriptHosts  []scriptHost
}

func newCompiler(files map[string][]byte, opts Options) *compiler {
	c := &compiler{files: files, set: &Set{}, zone: opts.Location, now: opts.Now}
	if c.zone == nil {
		c.zone = time.UTC
	}
	return c
}

// headed is a file's struct: each begins with a header.
type headed interface{ check(place) }

// read reads one file; false when there is nothing to compile.
func (c *compiler) read(name string, into headed) (place, bool) {
	src, there := c.files[name]
	if !there {
		return place{}, false
	}
	d := strictyaml.Read(name, src, into)
	c.docs = append(c.docs, d)
	if !d.Readable() {
		return place{}, false
	}
	into.check(d.Root())
	return d.Root(), true
}

// compile reads the files in an order in which each knows what it refers to.
func (c *compiler) compile() {
	f := &c.set.source
	c.set.table, _ = pan.NewTable()
	for _, step := range []struct {
		name    string
		into    headed
		compile func(place)
	}{
		{"brands.yaml", &f.brands, func(p place) { c.brands(&f.brands, p) }},
		{"cards.yaml", &f.cards, func(p place) { c.cards(&f.cards, p) }},
		{"exemptions.yaml", &f.exemptions, func(p place) { c.exemptions(&f.exemptions, p) }},
		{"widgets.yaml", &f.widgets, func(p place) { c.widgets(&f.widgets, p) }},
		{"pages.yaml", &f.pages, func(p place) { c.pages(&f.pages, p) }},
		{"scripts.yaml", &f.scripts, func(p place) { c.scripts(&f.scripts, p) }},
		{"limits.yaml", &f.limits, func(p place) { c.limits(&f.limits, p) }},
		{"notifications.yaml", &f.notifications, func(p place) { c.notifications(&f.notifications, p) }},
	} {
		if p, ok := c.read(step.name, step.into); ok {
			step.compile(p)
		}
	}
	c.index()
	c.cases()
	c.numbers()
}

// source is the files as they were read.
type source struct {
	brands        brandsFile
	cards         cardsFile
	exemptions    exemptionsFile
	widgets       widgetsFile
	pages         pagesFile
	scripts       scriptsFile
	limits        limitsFile
	notifications notificationsFile
}

// files are the structs by the names of their files.
func (s *source) files() map[string]any {
	return map[string]any{
		"brands.yaml": &s.brands, "cards.yaml": &s.cards, "exemptions.yaml": &s.exemptions, "limits.yaml": &s.limits,
		"notifications.yaml": &s.notifications, "pages.yaml": &s.pages, "scripts.yaml": &s.scripts, "widgets.yaml": &s.widgets,
	}
}

// uniqueIDs notes rows without an id, and ids that come twice in a list.
func (c *compiler) uniqueIDs(p place, rows int) {
	if rows > maxRows {
		p.Fault("join some of them by a pattern", "%d rows; a list has at most %d", rows, maxRows)
	}
	lines := make(map[string]int, rows)
	for i := range rows {
		at := p.Item(i)
		id := at.Text("id")
		if !validID(id) {
			at.Key("id").Fault("letters, digits, dashes, dots and underscores, at most 64, for example contact-form", "a row needs an id")
		} else if line, taken := lines[id]; taken {
			at.Key("id").Fault("give one of the two another name", "the id %s is already that of the row on line %d", id, line)
		}
		lines[id] = at.Line()
	}
}

// validID accepts what may stand in records, metrics and commands.
func validID(id string) bool {
	return id != "" && len(id) <= 64 && !slices.ContainsFunc([]byte(id), func(b byte) bool {
		return (b|0x20 < 'a' || b|0x20 > 'z') && (b < '0' || b > '9') && b != '-' && b != '.' && b != '_'
	})
}

func (c *compiler) hasPage(id string) bool {
	return slices.ContainsFunc(c.set.pages, func(p *page) bool { return p.ID == id })
}

func sorted(words []string) []string {
	slices.Sort(words)
	return words
}
