package inspect

import (
	"net/netip"
	"sync"
)

// memory is the one budget for all bodies, views and decoders of the process. The zero memory gives nothing.
type memory struct {
	limit int64
	share int64 // of one client network

	mu   sync.Mutex
	used int64
	by   map[netip.Prefix]int64
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, share: limit / 16, by: map[netip.Prefix]int64{}}
}

// take charges n bytes to a client's network; false means that one of the two budgets is spent.
func (m *memory) take(network netip.Prefix, n int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used+n > m.limit || m.by[network]+n > m.share {
		return false
	}
	m.used += n
	m.by[network] += n
	return true
}

// give returns what take charged.
func (m *memory) give(network netip.Prefix, n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= n
	if m.by[network] -= n; m.by[network] <= 0 {
		delete(m.by, network) // the table holds only networks with a request under way
	}
}

// borrow charges n bytes to nobody's share; false means that the budget of the process is spent.
func (m *memory) borrow(n int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.used+n > m.limit {
		return false
	}
	m.used += n
	return true
}

// repay returns what borrow charged.
func (m *memory) repay(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used -= n
}

// Used is how much is charged at the moment, in bytes.
func (m *memory) Used() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used
}

// buffers are byte slices in powers of two from 1 KiB to 1 MiB; what is larger is made to measure and left to the collector.
var buffers [11]sync.Pool

const smallestBuffer = 10 // log2

// buffer is an empty slice with room for n bytes.
func buffer(n int) []byte {
	class := bufferClass(n)
	if class >= len(buffers) {
		return make([]byte, 0, n)
	}
	if b, ok := buffers[class].Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return make([]byte, 0, 1<<(class+smallestBuffer))
}

// discard clears b and keeps it for the next buffer: what a visitor sent does not outlive its request.
func discard(b []byte) {
	b = b[:cap(b)]
	clear(b)
	class := bufferClass(cap(b))
	if class < len(buffers) && cap(b) == 1<<(class+smallestBuffer) {
		buffers[class].Put(&b)
	}
}

func bufferClass(n int) int {
	class := 0
	for n > 1<<(class+smallestBuffer) {
		class++
	}
	return class
}
