package strictyaml

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// decodeScalar reads one value: a text, a number, true or false, a duration, or what a type reads from text itself.
func (p Place) decodeScalar(v reflect.Value) {
	if p.node.Kind != yaml.ScalarNode {
		p.Fault("", "wants %s, has %s", wanted(v), describe(p.node))
		return
	}
	if v.Type() == durationType {
		p.decodeDuration(v)
		return
	}
	if text, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if err := text.UnmarshalText([]byte(p.node.Value)); err != nil {
			p.Fault("", "%s", Mask(err.Error()))
		}
		return
	}
	p.decodeBasic(v)
}

func (p Place) decodeBasic(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		p.decodeText(v)
	case reflect.Bool:
		if p.node.ShortTag() != "!!bool" || p.node.Value != "true" && p.node.Value != "false" {
			p.Fault("", "wants true or false, has %s", describe(p.node))
			return
		}
		v.SetBool(p.node.Value == "true")
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(p.node.Value, 10, 64)
		if err != nil || p.node.ShortTag() != "!!int" || v.OverflowInt(n) {
			p.Fault("", "wants a whole number, has %s", describe(p.node))
			return
		}
		v.SetInt(n)
	case reflect.Float64:
		n, err := strconv.ParseFloat(p.node.Value, 64)
		if tag := p.node.ShortTag(); err != nil || tag != "!!int" && tag != "!!float" || math.IsInf(n, 0) || math.IsNaN(n) {
			p.Fault("", "wants a number, has %s", describe(p.node))
			return
		}
		v.SetFloat(n)
	default:
		panic("strictyaml: a struct holds a " + v.Type().String()) // a mistake of ours, found by the first test that reads the file
	}
}

// decodeText takes quoted text, and plain text that YAML takes for nothing else: an unquoted 007 or no would not be
// what its writer sees.
func (p Place) decodeText(v reflect.Value) {
	if p.node.ShortTag() != "!!str" {
		p.Fault("put it in quotes", "wants a text, has %s", describe(p.node))
		return
	}
	if v.Type().Implements(chooserType) {
		choices := v.Interface().(Chooser).Choices()
		if !slices.Contains(choices, p.node.Value) {
			p.Fault(Suggest(p.node.Value, choices), "unknown word %s", Quote(p.node.Value))
			return
		}
	}
	v.SetString(p.node.Value)
}

func (p Place) decodeDuration(v reflect.Value) {
	d, err := ParseDuration(p.node.Value)
	if err != nil {
		p.Fault("", "%s", err)
		return
	}
	v.SetInt(int64(d))
}

// ParseDuration reads a duration as people write it: 90s, 1h30m, 400d. It is never negative.
func ParseDuration(s string) (time.Duration, error) {
	days, rest, ok := strings.Cut(s, "d")
	if !ok {
		days, rest = "0", s
	}
	n, err := strconv.ParseUint(days, 10, 16)
	var tail time.Duration
	if err == nil && rest != "" {
		tail, err = time.ParseDuration(rest)
	}
	if err != nil || tail < 0 || s == "" || n > 100*366 {
		return 0, fmt.Errorf("%s is no duration; write 90s, 15m, 24h or 400d", Quote(s))
	}
	return time.Duration(n)*24*time.Hour + tail, nil
}

// wanted says in words what a Go value is read from.
func wanted(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return "a duration"
	case v.Kind() == reflect.Bool:
		return "true or false"
	case v.Kind() == reflect.Int, v.Kind() == reflect.Int64, v.Kind() == reflect.Float64:
		return "a number"
	default:
		return "a text"
	}
}
