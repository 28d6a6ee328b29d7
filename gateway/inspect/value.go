package inspect

// value hands data[start:end] of up out as the value of the place w stands at, read through v if that is not nil.
func (r *reading) value(up *text, w locator, start, end int, v *view, step string) error {
	up.claims = append(up.claims, span{start, end})
	if v == nil && end-start < shortest && !r.sad {
		r.split.add(r, w, up, up.data[start:end], false)
		return nil
	}
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
	r.split.add(r, t.where, t.up, t.data, t.number)
	if r.sad && len(t.data) >= 3 && len(t.data) <= longestSensitive {
		r.scan(t)
	}
	if t.nested > mostNested {
		return nil
	}
	return r.read(t)
}

// longestSensitive is beyond any verification value, PIN block or expiry date.
const longestSensitive = 64

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
