package inspect

// msgpack reads one object of the MessagePack specification.
func (w *packedWalker) msgpack(key bool) error {
	c, err := w.uint(1)
	if err != nil {
		return err
	}
	switch {
	case c < 0x80, c >= 0xE0, c == 0xC0, c == 0xC2, c == 0xC3:
		return nil
	case c < 0x90:
		return w.members(c&15, true, w.msgpack)
	case c < 0xA0:
		return w.members(c&15, false, w.msgpack)
	case c < 0xC0:
		return w.str(c&31, key)
	}
	return w.msgpackLong(c, key)
}

func (w *packedWalker) msgpackLong(c uint64, key bool) error {
	switch c {
	case 0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB: // bin and str
		n, err := w.uint([...]int{1, 2, 4}[(c-0xC4)%21%3])
		if err != nil {
			return err
		}
		return w.str(n, key)
	case 0xC7, 0xC8, 0xC9: // ext: a type byte before the bytes
		n, err := w.uint(1 << (c - 0xC7))
		if err != nil {
			return err
		}
		return w.str(n+1, false)
	case 0xCA:
		_, err := w.take(4)
		return err
	case 0xCB:
		bits, err := w.uint(8)
		if err != nil {
			return err
		}
		return w.double(bits)
	case 0xCC, 0xCD, 0xCE, 0xCF, 0xD0, 0xD1, 0xD2, 0xD3: // unsigned and signed integers
		n, err := w.uint(1 << (c & 3))
		if err != nil {
			return err
		}
		return w.integer(n)
	case 0xD4, 0xD5, 0xD6, 0xD7, 0xD8:
		_, err := w.take(1 + 1<<(c-0xD4))
		return err
	case 0xDC, 0xDD, 0xDE, 0xDF:
		n, err := w.uint(2 << (c & 1))
		if err != nil || n > uint64(len(w.text.data)) {
			return errMalformed
		}
		return w.members(n, c >= 0xDE, w.msgpack)
	}
	return errMalformed
}
