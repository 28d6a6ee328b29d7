package pan

import "bytes"

// longestKey is how many bytes of a key are looked at.
const longestKey = 64

// recentKeys is what the last keys said that were looked up. The numbers of a list stand under few, in turn.
type recentKeys struct {
	keys [4]recentKey
	next int // the one to be forgotten
}

type recentKey struct {
	text   [longestKey]byte
	length int
	says   standing
}

// saysKey is what a key says. It pays for reading one that is none of the last.
func (w *walk) saysKey(key []byte) standing {
	r := &w.recent
	for i := range r.keys {
		if k := &r.keys[i]; bytes.Equal(k.text[:k.length], key) {
			return k.says
		}
	}
	w.spent += keyCost * len(key)
	k := &r.keys[r.next]
	r.next = (r.next + 1) % len(r.keys)
	k.length, k.says = copy(k.text[:], key), keyStanding(key)
	return k.says
}
