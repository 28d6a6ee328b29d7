package ruleset

import (
	"bytes"
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Difference is one way in which two sets differ, for people.
type Difference struct {
	File  string   `json:"file"`
	List  string   `json:"list"`            // rules, pages, …
	ID    string   `json:"id"`              // of the row
	What  string   `json:"what"`            // added, removed, changed, moved
	Lines []string `json:"lines,omitempty"` // key by key: action: block → redact
}

// Head is the difference without its keys: cards.yaml: rule support-chat added.
func (d Difference) Head() string {
	return fmt.Sprintf("%s: %s %s %s", d.File, singular(d.List), d.ID, d.What)
}

// String is the difference in one line, and one more for each key.
func (d Difference) String() string {
	return strings.Join(append([]string{d.Head()}, d.Lines...), "\n    ")
}

// singular is a list's name for one of its rows.
func singular(list string) string {
	if list == "concurrency" || list == "bodies" {
		return map[string]string{"concurrency": "concurrency", "bodies": "body"}[list]
	}
	return strings.TrimSuffix(list, "s")
}

// Diff says what a set changes against the one before, row by row, and whether anything it says beside that: comments
// and order inside a row change a hash, and nothing else.
func Diff(old, new *Set) []Difference {
	var ds []Difference
	before, after := old.source.files(), new.source.files()
	for _, file := range Names {
		a, b := reflect.ValueOf(before[file]).Elem(), reflect.ValueOf(after[file]).Elem()
		for j := range a.NumField() {
			if list := a.Type().Field(j).Tag.Get("yaml"); a.Field(j).Kind() == reflect.Slice {
				ds = append(ds, diffRows(file, list, rowsOf(a.Field(j)), rowsOf(b.Field(j)))...)
			}
		}
	}
	ds = append(ds, diffRows("cases", "cases", rowsOf(reflect.ValueOf(old.cases)), rowsOf(reflect.ValueOf(new.cases)))...)
	return append(ds, diffTexts(old, new, ds)...)
}

// diffTexts names files whose text changed and whose rows did not.
func diffTexts(old, new *Set, told []Difference) (ds []Difference) {
	for _, name := range slices.Sorted(maps.Keys(new.files)) {
		changed := !bytes.Equal(old.files[name], new.files[name])
		if changed && !slices.ContainsFunc(told, func(d Difference) bool { return d.File == name || strings.HasPrefix(name, d.File+"/") }) {
			ds = append(ds, Difference{File: name, List: "comments", ID: "or layout", What: "changed"})
		}
	}
	return ds
}

// row is one row of a list, its keys and values as text.
type row struct {
	id   string
	keys map[string]string
}

func rowsOf(list reflect.Value) []row {
	rows := make([]row, list.Len())
	for i := range rows {
		keys := make(map[string]string)
		flatten(list.Index(i), "", keys)
		rows[i] = row{id: keys["id"], keys: keys}
		delete(keys, "id")
	}
	return rows
}

func diffRows(file, list string, old, new []row) (ds []Difference) {
	at := func(rows []row, id string) int {
		return slices.IndexFunc(rows, func(r row) bool { return r.id == id })
	}
	var kept []string // ids of rows that stayed, in the old order
	for _, r := range old {
		if at(new, r.id) < 0 {
			ds = append(ds, Difference{file, list, r.id, "removed", lines(r.keys, nil)})
			continue
		}
		kept = append(kept, r.id)
	}
	place := 0
	for _, r := range new {
		i := at(old, r.id)
		if i < 0 {
			ds = append(ds, Difference{file, list, r.id, "added", lines(nil, r.keys)})
			continue
		}
		changed := lines(old[i].keys, r.keys)
		if kept[place] != r.id && ordered(list) {
			changed = append(changed, fmt.Sprintf("order: now before %s", kept[place]))
			kept = slices.Insert(slices.DeleteFunc(kept, func(id string) bool { return id == r.id }), place, r.id)
		}
		place++
		if len(changed) > 0 {
			ds = append(ds, Difference{file, list, r.id, "changed", changed})
		}
	}
	return ds
}

// ordered reports whether the first row that matches wins in a list.
func ordered(list string) bool {
	return slices.Contains([]string{"rules", "pages", "bodies", "concurrency", "exemptions"}, list)
}

// lines says key by key what changed.
func lines(old, new map[string]string) (out []string) {
	keys := maps.Clone(old)
	if keys == nil {
		keys = make(map[string]string)
	}
	maps.Copy(keys, new)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		was, had := old[key]
		is, has := new[key]
		switch {
		case was == is && had == has:
		case old == nil || !had:
			out = append(out, key+": "+is)
		case new == nil:
			out = append(out, key+": "+was)
		case !has:
			out = append(out, key+": "+was+" → left out")
		default:
			out = append(out, key+": "+was+" → "+is)
		}
	}
	return out
}

// flatten writes the keys that are set under v into keys, joined by dots.
func flatten(v reflect.Value, path string, keys map[string]string) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return
		}
		v = v.Elem()
	}
	if v.IsZero() && v.Kind() != reflect.Bool {
		return
	}
	if text, ok := written(v); ok {
		keys[path] = text
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			switch {
			case option == "inline":
				flatten(v.Field(i), path, keys)
			case name != "" && name != "-":
				flatten(v.Field(i), strings.TrimPrefix(path+"."+name, "."), keys)
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			flatten(v.MapIndex(key), path+"."+key.String(), keys)
		}
	case reflect.Slice:
		keys[path] = items(v, path)
	case reflect.Bool:
		if v.Bool() || strings.HasSuffix(path, "enforce") {
			keys[path] = fmt.Sprint(v)
		}
	default:
		keys[path] = fmt.Sprint(v)
	}
}

// items are a list in one line.
func items(v reflect.Value, path string) string {
	parts := make([]string, v.Len())
	for i := range parts {
		inner := make(map[string]string)
		flatten(v.Index(i), path, inner)
		values := make([]string, 0, len(inner))
		for _, key := range slices.Sorted(maps.Keys(inner)) {
			values = append(values, inner[key])
		}
		parts[i] = strings.Join(values, " ")
	}
	return strings.Join(parts, ", ")
}

// written is the text of a value that is written as one.
func written(v reflect.Value) (string, bool) {
	if !v.CanInterface() {
		return "", false
	}
	switch t := v.Interface().(type) {
	case fmt.Stringer:
		return t.String(), true
	case encoding.TextMarshaler:
		text, err := t.MarshalText()
		return string(text), err == nil
	}
	return "", false
}
