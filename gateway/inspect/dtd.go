package inspect

import (
	"bytes"
	"fmt"
)

// declaration reads a DOCTYPE and the entities it declares. Entities from elsewhere and parameter entities are refused:
// nobody can say what they would become.
func (w *xmlWalker) declaration() error {
	b := w.text.data[w.at:]
	end := declarationEnd(b)
	if end < 0 {
		w.broken, end = true, len(b)
	}
	subset := b[:end]
	for at := bytes.Index(subset, []byte("<!ENTITY")); at >= 0; {
		if err := w.entity(subset[at+8:]); err != nil {
			return err
		}
		next := bytes.Index(subset[at+8:], []byte("<!ENTITY"))
		if next < 0 {
			break
		}
		at += 8 + next
	}
	start := w.at
	w.at += end
	return w.value(w.text, w, start+2, start+end, nil, "xml")
}

// declarationEnd is the length of <!…>, brackets and quotes minded.
func declarationEnd(b []byte) int {
	depth, quote := 0, byte(0)
	for i, c := range b {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case depth > 0 && (c == '"' || c == '\''):
			quote = c
		case c == '[':
			depth++
		case c == ']':
			depth--
		case c == '>' && depth <= 0:
			return i + 1
		}
	}
	return -1
}

// entity notes one declared entity: its name, and a literal in quotes (XML 1.0 section 4.2).
func (w *xmlWalker) entity(b []byte) error {
	b, _, closed := bytes.Cut(b, []byte(">"))
	b = bytes.TrimSpace(b)
	n := bytes.IndexAny(b, " \t\r\n")
	if !closed || n < 0 || b[0] == '%' {
		return fmt.Errorf("entity: %w", errFraming)
	}
	value, ok := quotedLiteral(bytes.TrimSpace(b[n:]))
	if !ok {
		return fmt.Errorf("entity: %w", errFraming)
	}
	if w.declared == nil {
		w.declared = map[string][]byte{}
	}
	w.declared[string(b[:n])] = value
	return nil
}

// quotedLiteral is what stands between quotes that hold none of their kind.
func quotedLiteral(b []byte) ([]byte, bool) {
	if len(b) < 2 || b[0] != '"' && b[0] != '\'' || bytes.IndexByte(b[1:], b[0]) != len(b)-2 {
		return nil, false
	}
	return b[1 : len(b)-1], true
}

// expanded reads text with its declared entities put in, which has no way back.
func (w *xmlWalker) expanded(start, end int) error {
	out, err := w.expand(nil, w.text.data[start:end], 0)
	if err != nil {
		return err
	}
	t := w.child(w.text)
	defer w.drop()
	defer clear(out)
	t.view, t.from, t.size, t.data, t.step, t.root = carrierView, start, end-start, out, "entity", nil
	t.where, t.handed, t.open, t.escapes = w, true, false, t.escapes+1
	return w.read(t)
}

func (w *xmlWalker) expand(dst, src []byte, depth int) ([]byte, error) {
	if depth > 8 {
		return nil, errBudget
	}
	for i := 0; i < len(src); {
		if src[i] == '&' {
			if n := bytes.IndexByte(src[i:min(len(src), i+256)], ';'); n > 0 {
				if value, ok := w.declared[string(src[i+1:i+n])]; ok {
					if err := w.Spend(len(value) + 1); err != nil {
						return nil, err
					}
					var err error
					if dst, err = w.expand(dst, value, depth+1); err != nil {
						return nil, err
					}
					i += n + 1
					continue
				}
			}
		}
		dst = append(dst, src[i])
		i++
	}
	return dst, nil
}
