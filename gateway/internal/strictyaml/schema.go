package strictyaml

import (
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"
)

// Schema is the JSON Schema (draft 2020-12) of the files that are read into v, for editors. It says what the types say:
// keys, kinds and closed vocabularies; what rows mean together only their reader knows.
func Schema(title string, v any) ([]byte, error) {
	r := jsonschema.Reflector{
		FieldNameTag: "yaml", DoNotReference: true, RequiredFromJSONSchemaTags: true, Anonymous: true, Mapper: mapped,
	}
	s := r.Reflect(v)
	s.Title = title
	s.Required = []string{"version"}
	if _, versioned := s.Properties.Get("version"); !versioned {
		s.Required = nil
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("writing the schema of %s: %w", title, err)
	}
	return append(out, '\n'), nil
}

// mapped is the schema of types that are written as one text or number; nil for all others.
func mapped(t reflect.Type) *jsonschema.Schema {
	pointer := reflect.PointerTo(t)
	switch {
	case t.Implements(chooserType):
		s := &jsonschema.Schema{Type: "string"}
		for _, word := range reflect.Zero(t).Interface().(Chooser).Choices() {
			s.Enum = append(s.Enum, word)
		}
		return s
	case t == durationType:
		return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+d)?([0-9.]+(ms|s|m|h))*$`, Examples: []any{"90s", "24h", "400d"}}
	case t.Kind() == reflect.Pointer:
		return mapped(t.Elem())
	case pointer.Implements(textType) && t.Kind() == reflect.Struct:
		return &jsonschema.Schema{Type: "string"}
	case pointer.Implements(textType):
		return &jsonschema.Schema{OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}}}
	default:
		return nil
	}
}
