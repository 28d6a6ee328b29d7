package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// MaxBytes is the largest file read, in bytes. A rules folder of a thousand rows is a tenth of it.
const MaxBytes = 1 << 20

// maxFaults is how many faults of one file are told.
const maxFaults = 200

// Document is one file, read. Its faults grow as its owner checks what the file means.
type Document struct {
	file   string
	root   *yaml.Node
	faults Faults

	decoded int // how many of the faults were there before its owner checked what it means
}

// Read reads src, named file, into the struct that into points to. What is at fault stays zero in it; the faults are
// the Document's. Keys are the struct's yaml tags.
func Read(file string, src []byte, into any) *Document {
	d := &Document{file: file}
	if d.root = d.parse(src); d.root != nil {
		d.decodeInto(into)
	}
	d.decoded = len(d.faults)
	return d
}

// File is the name the document was read under.
func (d *Document) File() string { return d.file }

// Faults are all the faults found so far.
func (d *Document) Faults() Faults { return d.faults }

// Readable reports whether there is anything to check: it is YAML, and a mapping.
func (d *Document) Readable() bool { return d.root != nil && d.root.Kind == yaml.MappingNode }

// Root is the place of the whole document.
func (d *Document) Root() Place { return Place{doc: d, node: d.root} }

// Note says what is wrong at a line and column that are no value of their own.
func (d *Document) Note(line, column int, text, hint string) { d.fault(line, column, text, hint) }

// fault notes a mistake of the file as a whole.
func (d *Document) fault(line, column int, text, hint string) {
	d.add(Fault{File: d.file, Line: line, Column: column, Text: text, Hint: hint})
}

// add notes a fault; where the value could not be read nothing more is said, for a value of the wrong type is not also too small. A file with too many to read
// stops at the last that is shown.
func (d *Document) add(f Fault) {
	if slices.ContainsFunc(d.faults[:d.decoded], func(g Fault) bool { return g.Line == f.Line && g.Column == f.Column }) {
		return
	}
	switch len(d.faults) {
	case maxFaults:
		d.faults = append(d.faults, Fault{File: d.file, Line: f.Line, Column: f.Column, Text: "more faults follow", Hint: "mend those above first"})
	case maxFaults + 1:
	default:
		d.faults = append(d.faults, f)
	}
}

// parse reads exactly one YAML document into its tree; nil when there is nothing to go on with.
func (d *Document) parse(src []byte) *yaml.Node {
	if len(src) > MaxBytes {
		d.fault(0, 0, fmt.Sprintf("is larger than %d KiB", MaxBytes>>10), "split it, or look what got into it")
		return nil
	}
	if i := invalidUTF8(src); i >= 0 {
		d.fault(1+bytes.Count(src[:i], []byte{'\n'}), i-bytes.LastIndexByte(src[:i], '\n'), "is not UTF-8 text", "save the file as UTF-8")
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(src))
	if err != nil {
		d.fault(0, 0, "cannot be read: "+err.Error(), "")
		return nil
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); err != nil && !errors.Is(err, io.EOF) {
		d.syntax(err)
		return nil
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || doc.Content[0].ShortTag() == "!!null" {
		d.fault(0, 0, "is empty", "a file that means to say nothing still says `version: 1`")
		return nil
	}
	if err := loader.Load(&more); err == nil {
		d.fault(more.Line, more.Column, "a second document follows", "keep one document to a file; remove the line ---")
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
	}
	return doc.Content[0]
}

// invalidUTF8 is where src stops being UTF-8, -1 if it does not.
func invalidUTF8(src []byte) int {
	if utf8.Valid(src) {
		return -1
	}
	i := 0
	for {
		r, n := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// syntax notes what is not YAML at all.
func (d *Document) syntax(err error) {
	const hint = "check the indentation and the quotes of this line and the one above it"
	var at *yaml.LoadError
	if errors.As(err, &at) {
		d.fault(at.Mark.Line, at.Mark.Column+1, "not YAML: "+Mask(at.Message), hint)
		return
	}
	d.fault(0, 0, "not YAML: "+Mask(err.Error()), hint)
}

// Place is a value in a document that faults can be said about.
type Place struct {
	doc  *Document
	node *yaml.Node
	id   string // of the row the place stands in
	path string
	gone bool // node is the nearest place above: what was asked for is not in the file
}

// Fault says what is wrong here, and in hint what to do about it.
func (p Place) Fault(hint, format string, args ...any) {
	f := Fault{File: p.doc.file, ID: p.name(), Text: fmt.Sprintf(format, args...), Hint: hint}
	if p.node != nil {
		f.Line, f.Column = p.node.Line, p.node.Column
	}
	p.doc.add(f)
}

// name is what a fault here is filed under.
func (p Place) name() string {
	if p.id != "" {
		return p.id
	}
	return p.path
}

// ID is the id of the row this place stands in, else its path.
func (p Place) ID() string { return p.name() }

// Text is the scalar under a key as it is written, empty if there is none.
func (p Place) Text(key string) string {
	if _, v := p.lookup(key); v != nil && v.Kind == yaml.ScalarNode {
		return v.Value
	}
	return ""
}

// Empty reports whether the value under a key is a list or mapping without items.
func (p Place) Empty(key string) bool {
	_, v := p.lookup(key)
	return v != nil && v.Kind != yaml.ScalarNode && len(v.Content) == 0
}

// Line is the line the place begins on, from 1; zero when it is not in the file.
func (p Place) Line() int {
	if p.node == nil {
		return 0
	}
	return p.node.Line
}

// Has reports whether the mapping at this place has the key, with any value.
func (p Place) Has(key string) bool { _, v := p.lookup(key); return v != nil }

// Key is the value of a key. When the key is not there it is the place where it could be, so that its absence can be
// told; nothing is found below it.
func (p Place) Key(key string) Place {
	if _, v := p.lookup(key); v != nil {
		return p.child(v, join(p.path, key))
	}
	p.path, p.gone = join(p.path, key), true
	return p
}

// Name is the place of a key itself, for faults about the key and not its value.
func (p Place) Name(key string) Place {
	if k, _ := p.lookup(key); k != nil {
		return p.child(k, join(p.path, key))
	}
	return p
}

// Item is the i-th item of a list, from 0; this place itself when there is none.
func (p Place) Item(i int) Place {
	if p.gone || p.node == nil || p.node.Kind != yaml.SequenceNode || i < 0 || i >= len(p.node.Content) {
		return p
	}
	return p.child(p.node.Content[i], p.path+"["+strconv.Itoa(i)+"]")
}

// Require notes a fault for every key that is not there.
func (p Place) Require(hint string, keys ...string) {
	for _, key := range keys {
		if !p.Has(key) {
			p.Fault(hint, "the key %q is missing", key)
		}
	}
}

// child is a place below this one; a mapping with an `id` starts a row.
func (p Place) child(n *yaml.Node, path string) Place {
	c := Place{doc: p.doc, node: n, id: p.id, path: path}
	if _, id := c.lookup("id"); id != nil && id.Kind == yaml.ScalarNode && id.Value != "" {
		c.id = Mask(id.Value)
	}
	return c
}

func (p Place) lookup(key string) (k, v *yaml.Node) {
	if p.gone || p.node == nil || p.node.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		if p.node.Content[i].Value == key {
			return p.node.Content[i], p.node.Content[i+1]
		}
	}
	return nil, nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}
