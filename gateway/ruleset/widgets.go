package ruleset

import (
	"maps"
	"slices"

	"github.com/cappertrophy/panwall/gateway/internal/strictyaml"
)

// widgetsFile is widgets.yaml.
type widgetsFile struct {
	header  `yaml:",inline"`
	Widgets []widget `yaml:"widgets"`
}

// widget is somebody else's piece of a page: the origins it needs, by directive, and where that is written.
type widget struct {
	ID          string              `yaml:"id"`
	About       string              `yaml:"about"`
	Source      string              `yaml:"source"`
	Date        Date                `yaml:"date"`
	CSP         map[string][]string `yaml:"csp"`         // directive: origins
	Permissions map[string][]string `yaml:"permissions"` // feature of Permissions-Policy: origins
}

func (c *compiler) widgets(f *widgetsFile, p place) {
	rows := p.Key("widgets")
	c.knownWidgets = make(map[string]*widget)
	for i := range f.Widgets {
		w, at := &f.Widgets[i], rows.Item(i)
		at.Require("name the page the origins were read on, and the day", "source", "date")
		for _, directive := range slices.Sorted(maps.Keys(w.CSP)) {
			d := at.Key("csp").Key(directive)
			if !slices.Contains(fetchDirectives, directive) && directive != "form-action" {
				at.Key("csp").Name(directive).Fault(strictyaml.Suggest(directive, fetchDirectives), "%s takes no origins from a widget", strictyaml.Quote(directive))
				continue
			}
			for j, source := range w.CSP[directive] {
				lintSource(d.Item(j), directive, source, false)
			}
		}
		for _, feature := range slices.Sorted(maps.Keys(w.Permissions)) {
			for j, origin := range w.Permissions[feature] {
				lintOrigin(at.Key("permissions").Key(feature).Item(j), origin)
			}
		}
		c.knownWidgets[w.ID] = w
	}
	c.uniqueIDs(rows, len(f.Widgets))
}

// pick are the widgets that are there of those a page names.
func (c *compiler) pick(names []string) (ws []*widget) {
	for _, name := range names {
		if w := c.knownWidgets[name]; w != nil {
			ws = append(ws, w)
		}
	}
	return ws
}

// lintWidgets notes the names that no widget has.
func (c *compiler) lintWidgets(p place, names []string) {
	for i, name := range names {
		if c.knownWidgets[name] == nil {
			p.Item(i).Fault(strictyaml.Suggest(name, sorted(slices.Collect(maps.Keys(c.knownWidgets)))), "widgets.yaml has no row %s", strictyaml.Quote(name))
		}
	}
}
