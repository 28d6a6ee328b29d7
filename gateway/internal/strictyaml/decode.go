package strictyaml

import (
	"encoding"
	"fmt"
	"reflect"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// Chooser is a text type with a closed vocabulary; a value outside it is a fault.
type Chooser interface {
	// Choices are the words allowed.
	Choices() []string
}

var (
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	chooserType  = reflect.TypeFor[Chooser]()
	durationType = reflect.TypeFor[time.Duration]()
)

func (d *Document) decodeInto(into any) {
	d.Root().decode(reflect.ValueOf(into).Elem())
}

// decode reads the place into v, noting a fault and leaving v as it was where the two do not fit.
func (p Place) decode(v reflect.Value) {
	switch {
	case p.node.Kind == yaml.AliasNode || p.node.Anchor != "":
		p.Fault("write the value out where it is meant", "anchors and aliases are not read")
	case p.node.Style&yaml.TaggedStyle != 0:
		p.Fault("remove the word that begins with !", "tags are not read")
	case p.node.ShortTag() == "!!null":
		p.Fault("leave the key out, or write [] for an empty list", "has no value")
	case v.Kind() == reflect.Pointer:
		fresh := reflect.New(v.Type().Elem())
		p.decode(fresh.Elem())
		v.Set(fresh)
	case v.Type() == durationType || reflect.PointerTo(v.Type()).Implements(textType):
		p.decodeScalar(v)
	case v.Kind() == reflect.Struct:
		p.decodeStruct(v)
	case v.Kind() == reflect.Slice:
		p.decodeList(v)
	case v.Kind() == reflect.Map:
		p.decodeMap(v)
	default:
		p.decodeScalar(v)
	}
}

// fields are the keys a struct knows, with the index of each; those of an inlined struct are its own.
func fields(t reflect.Type) (names []string, index map[string][]int) {
	index = make(map[string][]int)
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" || !f.IsExported() || name == "" || name == "-" {
			continue
		}
		names = append(names, name)
		index[name] = f.Index
	}
	return names, index
}

func (p Place) decodeStruct(v reflect.Value) {
	if !p.is(yaml.MappingNode, "a mapping of keys to values") {
		return
	}
	names, index := fields(v.Type())
	p.eachKey(func(key *yaml.Node, value Place) {
		if at, known := index[key.Value]; known {
			value.decode(v.FieldByIndex(at))
			return
		}
		p.child(key, join(p.path, quoted(key.Value))).Fault(Suggest(key.Value, names), "unknown key %s", Quote(key.Value))
	})
}

func (p Place) decodeMap(v reflect.Value) {
	if !p.is(yaml.MappingNode, "a mapping of names to values") {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	p.eachKey(func(key *yaml.Node, value Place) {
		item := reflect.New(v.Type().Elem()).Elem()
		value.decode(item)
		v.SetMapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()), item)
	})
}

// eachKey calls f for each key of a mapping; a key that came before, or that is no plain text, is a fault.
func (p Place) eachKey(f func(key *yaml.Node, value Place)) {
	first := make(map[string]int, len(p.node.Content)/2)
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key, value := p.node.Content[i], p.node.Content[i+1]
		at := p.child(key, p.path)
		if key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 {
			at.Fault("a key is a word", "a key that is no plain text")
			continue
		}
		if line, before := first[key.Value]; before {
			at.Fault("keep one of the two", "the key %s was already given on line %d", Quote(key.Value), line)
			continue
		}
		first[key.Value] = key.Line
		f(key, p.child(value, join(p.path, quoted(key.Value))))
	}
}

func (p Place) decodeList(v reflect.Value) {
	if !p.is(yaml.SequenceNode, "a list") {
		return
	}
	list := reflect.MakeSlice(v.Type(), len(p.node.Content), len(p.node.Content))
	for i := range p.node.Content {
		p.Item(i).decode(list.Index(i))
	}
	v.Set(list)
}

// is reports whether the place has the kind wanted, and notes the fault if not.
func (p Place) is(kind yaml.Kind, wanted string) bool {
	if p.node.Kind == kind {
		return true
	}
	hint := ""
	if kind == yaml.SequenceNode {
		hint = "write [value], or one `- value` to a line"
	}
	p.Fault(hint, "wants %s, has %s", wanted, describe(p.node))
	return false
}

// describe says in words what a node is, without what it holds.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	case "!!timestamp":
		return "a date"
	default:
		return fmt.Sprintf("the text %s", Quote(n.Value))
	}
}
