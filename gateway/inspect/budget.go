package inspect

import (
	"context"
	"errors"
	"net/netip"
)

// Bounds of one request, whatever the rules say.
const (
	mostDecoded  = 32 << 20 // bytes made by decoders
	leastViewed  = 4 << 20  // bytes made by views, whatever the length of what they are views of
	mostViewed   = 64 << 20
	viewsOfByte  = 288 // and in between so many for each byte sent or decoded: minified scripts have dozens of readings
	mostRatio    = 100
	freeRatio    = 4 << 20 // what is small may expand this far whatever its ratio: logs of one line over and over do
	mostEntries  = 1000    // of all archives together
	mostCarriers = 2       // an archive in an archive
	mostBlocks   = 3       // base64 in base64, a coding in a coding
	mostEscapes  = 8       // passes of undoing escapes over one text: a form's own, percent three times, JSON in JSON in JSON
	mostNested   = 12      // structures within structures within values
	mostFindings = 4096    // kept; what is found beyond only counts, and cannot be masked
)

// Why an inspection ends before its end.
var (
	errBudget = errors.New("budget of the request is spent")
	errMemory = errors.New("memory budget is spent")
)

// budget is what one request may cost. It belongs to the goroutine that serves the request.
type budget struct {
	ctx      context.Context
	hold     *hold
	body     int64 // bytes sent
	decoded  int64
	viewed   int64
	texts    int
	entries  int
	carriers int
}

// hold is the memory of one request: charged to its client's network, given back at once.
type hold struct {
	memory  *memory
	network netip.Prefix
	charged int64
	payload *Payload
}

func (h *hold) take(n int64) error {
	if h == nil {
		return nil
	}
	if !h.memory.take(h.network, n) {
		return errMemory
	}
	h.charged += n
	return nil
}

// give returns some of what take charged.
func (h *hold) give(n int64) {
	if h == nil || n == 0 {
		return
	}
	h.memory.give(h.network, n)
	h.charged -= n
}

// release clears the body and gives everything back.
func (h *hold) release() {
	if h.payload != nil {
		h.payload.release()
	}
	h.memory.give(h.network, h.charged)
	h.charged = 0
}

// Spend is asked before n more decoded bytes are made.
func (b *budget) Spend(n int) error {
	if b.decoded += int64(n); b.decoded > mostDecoded {
		return errBudget
	}
	return b.ctx.Err()
}

// view is asked before a view makes n more bytes.
func (b *budget) view(n int) error {
	if b.viewed += int64(n); b.viewed > min(mostViewed, leastViewed+viewsOfByte*(b.body+b.decoded)) {
		return errBudget
	}
	return b.ctx.Err()
}

// Grow is asked when so many packed bytes, of a coding or a carrier, have made so many plain ones.
func (b *budget) Grow(packed, plain int) error {
	if plain > max(freeRatio, packed*mostRatio) {
		return errBudget
	}
	return nil
}

// Hold is asked before n more bytes of memory are held for what a carrier was unpacked to; Free gives them back. They are
// charged to the whole and not to the network's share, which is less than one sound archive may hold: it would be turned
// away however often it came again. What one request may hold so is bounded by mostDecoded.
func (b *budget) Hold(n int) error {
	if b.hold != nil && !b.hold.memory.borrow(int64(n)) {
		return errMemory
	}
	return nil
}

// Free is Hold undone.
func (b *budget) Free(n int) {
	if b.hold != nil {
		b.hold.memory.repay(int64(n))
	}
}

// Entry is asked before each entry of an archive is opened.
func (b *budget) Entry() error {
	if b.entries++; b.entries > mostEntries {
		return errBudget
	}
	return b.ctx.Err()
}

// Enter is asked before a carrier is opened; leave gives its level back.
func (b *budget) Enter() (leave func(), err error) {
	if b.carriers == mostCarriers {
		return nil, errBudget
	}
	b.carriers++
	return func() { b.carriers-- }, nil
}
