package inspect

import (
	"bytes"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// value hands data[start:end] of up out as the value of the place w stands at, read through v if that is not nil.
func (r *reading) value(up *text, w locator, start, end int, v *view, step string) error {
	up.claims = append(up.claims, span{start, end})
	if v == nil {
		t := r.slice(up, start, end)
		defer r.drop()
		t.where, t.step = w, step
		return r.leaf(t)
	}
	t, err := r.through(up, start, end, v, step)
	if err != nil {
		return err
	}
	defer r.close(t)
	t.where = w
	t.escapes++
	return r.leaf(t)
}

// leaf reads one value, with what its siblings say of it.
func (r *reading) leaf(t *text) error {
	t.whole, t.open, t.handed = true, false, true
	t.nested++
	r.split.add(r, t)
	if r.sad {
		r.sensitive(t)
	}
	if len(t.data) < shortest || t.nested > mostNested {
		return nil
	}
	return r.read(t)
}

// name hands data[start:end] of up out as a name, which no other name speaks for.
func (r *reading) name(up *text, w locator, start, end int, v *view, step string) error {
	up.claims = append(up.claims, span{start, end})
	if end-start < shortest {
		return nil
	}
	at := &nameless{w}
	if v == nil {
		t := r.slice(up, start, end)
		defer r.drop()
		t.where, t.step, t.open, t.handed = at, step, false, true
		return r.read(t)
	}
	t, err := r.through(up, start, end, v, step)
	if err != nil {
		return err
	}
	defer r.close(t)
	t.where, t.open, t.handed = at, false, true
	t.escapes++
	return r.read(t)
}

// nameless is the place of something that has no name of its own.
type nameless struct{ locator }

func (nameless) label() string { return "" }

// sensitive keeps authentication data that its field's name gives away.
func (r *reading) sensitive(t *text) {
	b := bytes.TrimSpace(t.data)
	if len(b) < 3 || len(b) > 12 || !dated(b) {
		return
	}
	kind, ok := pan.SensitiveName(t.where.label())
	if !ok {
		return
	}
	f := found{sad: true, root: t.root, Finding: finding.Finding{
		At: t.where.location(), Kind: kind, Confidence: finding.Possible,
		Reasons: []string{"a field name for it", "beside a card number"}, Views: t.steps(), Maskable: true,
	}}
	for i, c := range t.data {
		if c-'0' < 10 && f.Maskable {
			f.edits, f.Maskable = t.rewrite(f.edits, i, standInFor(t, c))
		}
	}
	r.keep(f)
}

// standInFor is what a digit of authentication data is masked with: in a number literal another digit.
func standInFor(t *text, c byte) []byte {
	if t.number {
		return []byte{'1'}
	}
	return standIn([]byte{c})
}

// dated reports whether b is written like a verification value or a date: digits, and what stands between two of them.
func dated(b []byte) bool {
	digits := 0
	for _, c := range b {
		switch {
		case c-'0' < 10:
			digits++
		case c != '/' && c != '-' && c != ' ' && c != '.':
			return false
		}
	}
	return digits >= 3 && digits <= 8
}
