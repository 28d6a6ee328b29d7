package ruleset

import (
	"slices"
	"strings"
)

// scriptsFile is scripts.yaml.
type scriptsFile struct {
	header  `yaml:",inline"`
	Scripts []Script `yaml:"scripts"`
}

// Script is one row of the inventory of scripts on payment pages (PCI DSS v4.0.1 requirement 6.4.3). Exactly one of
// Src, SHA256 and Shape says which script is meant.
type Script struct {
	ID         string   `yaml:"id"`
	Src        string   `yaml:"src"`    // address; * and ** as in paths
	SHA256     string   `yaml:"sha256"` // of an inline script or file, base64
	Shape      string   `yaml:"shape"`  // of an inline script whose values change: its text with … for what varies
	Owner      string   `yaml:"owner"`
	Reason     string   `yaml:"reason"`
	ApprovedBy string   `yaml:"approved_by"`
	Date       Date     `yaml:"date"`
	Pages      []string `yaml:"pages"` // ids of pages.yaml; none: all
}

func (c *compiler) scripts(f *scriptsFile, p place) {
	rows := p.Key("scripts")
	for i := range f.Scripts {
		s, at := &f.Scripts[i], rows.Item(i)
		at.Require("an inventory says who wants the script, why, and who agreed", "owner", "reason", "approved_by", "date")
		if named := b2i(s.Src != "") + b2i(s.SHA256 != "") + b2i(s.Shape != ""); named != 1 {
			at.Fault("write src: https://…, or sha256, or shape", "exactly one of src, sha256 and shape says which script is meant")
		}
		if s.Owner != "" && strings.EqualFold(s.Owner, s.ApprovedBy) {
			at.Key("approved_by").Fault("somebody else has to agree", "the owner approved it")
		}
		for j, page := range s.Pages {
			if !c.hasPage(page) {
				at.Key("pages").Item(j).Fault("write the id of a page of pages.yaml", "no page is called %q", page)
			}
		}
	}
	c.uniqueIDs(rows, len(f.Scripts))
	c.set.scripts = f.Scripts
	c.remarkScripts()
}

// scriptHost is an origin that may run scripts on a page.
type scriptHost struct{ page, origin string }

// scriptOrigins keeps the origins that may run scripts on a page, to hold them against the inventory.
func (c *compiler) scriptOrigins(page string, p policy) {
	sources, _ := p.effective("script-src")
	for _, s := range sources {
		if strings.HasPrefix(s, "https://") {
			c.scriptHosts = append(c.scriptHosts, scriptHost{page, s})
		}
	}
}

// remarkScripts notes origins that nobody has entered in the inventory: PCI DSS 6.4.3 asks for a reason for each.
func (c *compiler) remarkScripts() {
	told := make(map[string]bool)
	for _, h := range c.scriptHosts {
		listed := slices.ContainsFunc(c.set.scripts, func(s Script) bool { return strings.HasPrefix(s.Src, h.origin) })
		if !listed && !told[h.origin] {
			told[h.origin] = true
			c.set.remarks = append(c.set.remarks, "page "+h.page+" lets scripts run from "+h.origin+", and scripts.yaml has no row for it")
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Scripts is the inventory, in the order of the file. It must not be changed.
func (s *Set) Scripts() []Script { return s.scripts }
