package inspect

import (
	"bytes"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// pieced joins the parameters that are cut into pieces (RFC 2231 section 3): name*0, name*1*, … in the order of their
// numbers, those with a second asterisk decoded. Mail readers put them together, and Go's and Python's form parsers
// are built on them.
func pieced(list []parameter) (joined [][]byte) {
	names := map[string]map[int][]byte{}
	for _, p := range list {
		name, number, ok := strings.Cut(p.name, "*")
		bare, encoded := strings.CutSuffix(number, "*")
		n, err := strconv.Atoi(bare)
		if !ok || err != nil {
			continue
		}
		value := []byte(p.value)
		if encoded {
			if n == 0 { // behind its charset and language
				value = value[bytes.LastIndexByte(value, '\'')+1:]
			}
			value = unescape(nil, value, nil, percents)
		}
		if names[name] == nil {
			names[name] = map[int][]byte{}
		}
		names[name][n] = value
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		var whole []byte
		for _, n := range slices.Sorted(maps.Keys(names[name])) {
			whole = append(whole, names[name][n]...)
		}
		joined = append(joined, whole)
	}
	return joined
}

// joined reads what the pieces of a parameter make. There is no way back from it.
func (w *multipartWalker) joined(start, end int, whole []byte) error {
	if err := w.Spend(len(whole)); err != nil {
		return err
	}
	c := w.child(w.text)
	defer w.drop()
	c.view, c.from, c.size, c.data, c.step, c.root = carrierView, start, end-start, whole, "pieces", nil
	c.where, c.handed, c.open, c.whole = &partName{w}, true, false, true
	return w.read(c)
}
