package strictyaml

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

type colour string

func (colour) Choices() []string { return []string{"red", "green"} }

type extra struct {
	Reason string `yaml:"reason"`
}

type row struct {
	ID    string `yaml:"id"`
	Tint  colour `yaml:"tint"`
	Max   int64  `yaml:"max"`
	extra `yaml:",inline"`
}

type file struct {
	Version int               `yaml:"version"`
	Rows    []row             `yaml:"rows"`
	On      *bool             `yaml:"on"`
	Keep    time.Duration     `yaml:"keep"`
	Nets    []netip.Prefix    `yaml:"nets"`
	Names   map[string]string `yaml:"names"`
	Share   float64           `yaml:"share"`
}

func TestReadFindsEveryMistake(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		src  string
		want []string
	}{
		"an empty file":             {"", []string{"f.yaml: is empty\n  hint: a file that means to say nothing still says `version: 1`"}},
		"a file of comments":        {"# nothing\n", []string{"f.yaml: is empty\n  hint: a file that means to say nothing still says `version: 1`"}},
		"a list where keys belong":  {"[1]", []string{"f.yaml:1:1: wants a mapping of keys to values, has a list"}},
		"a key misspelt":            {"vresion: 1", []string{"f.yaml:1:1: vresion: unknown key \"vresion\"\n  hint: did you mean version?"}},
		"a key from nowhere":        {"zzz: 1", []string{"f.yaml:1:1: zzz: unknown key \"zzz\"\n  hint: known here: version, rows, on, keep, nets, names, share"}},
		"a key twice":               {"version: 1\nversion: 2", []string{"f.yaml:2:1: the key \"version\" was already given on line 1\n  hint: keep one of the two"}},
		"a row's key misspelt":      {"rows:\n  - id: a\n    reasons: x", []string{"f.yaml:3:5: a: unknown key \"reasons\"\n  hint: did you mean reason?"}},
		"a row without an id":       {"rows:\n  - maxx: 1", []string{"f.yaml:2:5: rows[0].maxx: unknown key \"maxx\"\n  hint: did you mean max?"}},
		"text for a number":         {"version: one", []string{"f.yaml:1:10: version: wants a whole number, has the text \"one\""}},
		"a quoted number":           {"version: \"1\"", []string{"f.yaml:1:10: version: wants a whole number, has the text \"1\""}},
		"a number for a text":       {"rows: [{id: 1}]", []string{"f.yaml:1:13: 1: wants a text, has a number\n  hint: put it in quotes"}},
		"yes for true":              {"on: yes", []string{"f.yaml:1:5: on: wants true or false, has the text \"yes\""}},
		"a word outside the choice": {"rows: [{id: a, tint: gren}]", []string{"f.yaml:1:22: a: unknown word \"gren\"\n  hint: did you mean green?"}},
		"a duration without a unit": {"keep: 90", []string{"f.yaml:1:7: keep: \"90\" is no duration; write 90s, 15m, 24h or 400d"}},
		"a negative duration":       {"keep: -1h", []string{"f.yaml:1:7: keep: \"-1h\" is no duration; write 90s, 15m, 24h or 400d"}},
		"a scalar for a list":       {"nets: 10.0.0.0/8", []string{"f.yaml:1:7: nets: wants a list, has the text \"10.0.0.0/8\"\n  hint: write [value], or one `- value` to a line"}},
		"a bad prefix":              {"nets: [10.0.0.0/33]", []string{"f.yaml:1:8: nets[0]: netip.ParsePrefix(\"10.0.0.0/33\"): prefix length out of range"}},
		"a key without a value":     {"rows:", []string{"f.yaml:1:6: rows: has no value\n  hint: leave the key out, or write [] for an empty list"}},
		"an alias":                  {"rows: [&a {id: x}, *a]", []string{"f.yaml:1:8: x: anchors and aliases are not read\n  hint: write the value out where it is meant", "f.yaml:1:20: rows[1]: anchors and aliases are not read\n  hint: write the value out where it is meant"}},
		"a merge key":               {"<<: {version: 1}", []string{"f.yaml:1:1: <<: unknown key \"<<\"\n  hint: known here: version, rows, on, keep, nets, names, share"}},
		"a tag":                     {"version: !!str 1", []string{"f.yaml:1:10: version: tags are not read\n  hint: remove the word that begins with !"}},
		"a mapping for a key":       {"{[a]: 1}", []string{"f.yaml:1:2: a key that is no plain text\n  hint: a key is a word"}},
		"a second document":         {"version: 1\n---\nversion: 2", []string{"f.yaml:2:1: a second document follows\n  hint: keep one document to a file; remove the line ---"}},
		"infinity":                  {"share: .inf", []string{"f.yaml:1:8: share: wants a number, has a number"}},
		"a card number as a key":    {"\"4111111111111111\": 1", []string{"f.yaml:1:1: ****************: unknown key \"****************\"\n  hint: known here: version, rows, on, keep, nets, names, share"}},
		"several mistakes": {"version: x\nkeep: y", []string{
			"f.yaml:1:10: version: wants a whole number, has the text \"x\"", "f.yaml:2:7: keep: \"y\" is no duration; write 90s, 15m, 24h or 400d"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var into file
			err := Read("f.yaml", []byte(tt.src), &into).Faults().Err()
			if err == nil {
				t.Fatalf("no fault; want %q", tt.want)
			}
			if got, want := err.Error(), strings.Join(tt.want, "\n"); got != want {
				t.Errorf("faults:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestReadFillsTheStruct(t *testing.T) {
	t.Parallel()
	var f file
	src := "version: 1\non: true\nkeep: 400d\nnets: [10.0.0.0/8]\nnames: {a: b}\nshare: 0.5\nrows:\n  - {id: r, tint: red, max: 9, reason: because}\n"
	if err := Read("f.yaml", []byte(src), &f).Faults().Err(); err != nil {
		t.Fatal(err)
	}
	if f.Version != 1 || !*f.On || f.Keep != 400*24*time.Hour || f.Nets[0].Bits() != 8 || f.Names["a"] != "b" || f.Share != 0.5 {
		t.Errorf("read %+v", f)
	}
	if r := f.Rows[0]; r.ID != "r" || r.Tint != "red" || r.Max != 9 || r.Reason != "because" {
		t.Errorf("row %+v", r)
	}
}

func TestSyntaxFaultsHaveAPlace(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"an open quote":   "version: 1\nkeep: \"never closed\nrows: []\n",
		"a tab":           "version: 1\nrows:\n\t- id: a\n",
		"an open bracket": "rows: [\n",
		"not UTF-8":       "version: \xff\xfe1\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var f file
			faults := Read("f.yaml", []byte(src), &f).Faults()
			t.Log(faults)
			if len(faults) != 1 || faults[0].Line == 0 {
				t.Errorf("faults %v", faults)
			}
		})
	}
}
