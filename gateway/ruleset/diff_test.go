package ruleset

import (
	"strings"
	"testing"
)

func TestDiffIsInWords(t *testing.T) {
	t.Parallel()
	const before = `version: 1
rules:
  - {id: a, at: [query], action: block}
  - {id: b, at: [body], action: redact, where: {paths: [/x], query: {r: s}}}
  - {id: c, at: [cookie], action: block}
`
	for name, tt := range map[string]struct{ file, old, new, want string }{
		"nothing":    {"cards.yaml", before, before, ""},
		"a comment":  {"cards.yaml", before, before + "# more\n", "cards.yaml: comment or layout changed"},
		"a row less": {"cards.yaml", before, strings.Replace(before, "  - {id: a, at: [query], action: block}\n", "", 1), "cards.yaml: rule a removed\n    action: block\n    at: query"},
		"a row more": {"cards.yaml", before, before + "  - {id: d, at: [path], action: report, reason: r, owner: o, approved_by: p, expires: 2026-12-01}\n",
			"cards.yaml: rule d added\n    action: report\n    approved_by: p\n    at: path\n    expires: 2026-12-01\n    owner: o\n    reason: r"},
		"another action":   {"cards.yaml", before, strings.Replace(before, "redact", "block", 1), "cards.yaml: rule b changed\n    action: redact → block"},
		"a condition less": {"cards.yaml", before, strings.Replace(before, ", query: {r: s}", "", 1), "cards.yaml: rule b changed\n    where.query.r: s → left out"},
		"shadow":           {"cards.yaml", before, strings.Replace(before, "action: redact", "action: redact, enforce: false", 1), "cards.yaml: rule b changed\n    enforce: false"},
		"another order": {"cards.yaml", before, "version: 1\nrules:\n  - {id: c, at: [cookie], action: block}\n" + strings.Replace(strings.TrimPrefix(before, "version: 1\nrules:\n"), "  - {id: c, at: [cookie], action: block}\n", "", 1),
			"cards.yaml: rule c changed\n    order: now before a"},
		"a limit": {"limits.yaml", "version: 1\nlimits: [{id: l, rate: 1/s, burst: 2}]", "version: 1\nlimits: [{id: l, rate: 2/s, burst: 2}]", "limits.yaml: limit l changed\n    rate: 1/s → 2/s"},
		"a ban":   {"limits.yaml", "version: 1", "version: 1\nbans: [{id: l, reason: r, where: {clients: [192.0.2.1]}}]", "limits.yaml: ban l added\n    reason: r\n    where.clients: 192.0.2.1/32"},
		"a case":  {"cases/x.yaml", "version: 1\ncases: [{id: z, expect: {action: pass}}]", "version: 1\ncases: [{id: z, expect: {action: pass, page: everything}}]", "cases: case z changed\n    expect.page: everything"},
		"a widget": {"widgets.yaml", "version: 1\nwidgets: [{id: w, source: s, date: 2026-01-01, csp: {script-src: [\"https://a.kz\"]}}]", "version: 1\nwidgets: [{id: w, source: s, date: 2026-01-01, csp: {script-src: [\"https://a.kz\", \"https://b.kz\"]}}]",
			"widgets.yaml: widget w changed\n    csp.script-src: https://a.kz → https://a.kz, https://b.kz"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := func(src string) map[string]string {
				return map[string]string{"pages.yaml": "version: 1\npages: [{id: all}]", "scripts.yaml": "version: 1", "cases/pages.yaml": "version: 1", tt.file: src}
			}
			var got []string
			for _, d := range Diff(load(t, files(tt.old)), load(t, files(tt.new))) {
				got = append(got, d.String())
			}
			if strings.Join(got, "\n") != tt.want {
				t.Errorf("difference:\n%s\nwant:\n%s", strings.Join(got, "\n"), tt.want)
			}
		})
	}
}
