package audit

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"
)

// tagger names visitors for one day. The key is random, lives in memory alone and is destroyed at midnight UTC, so
// that nobody, ourselves included, can lead a tag back to an address or across days.
type tagger struct {
	mu  sync.Mutex
	day string
	key [32]byte
}

// tag is the first 64 bits of HMAC-SHA-256 of the address, written in the letters a to p: a tag in hexadecimal could
// by chance look like a card number.
func (t *tagger) tag(a netip.Addr, now time.Time) string {
	if !a.IsValid() {
		return ""
	}
	t.mu.Lock()
	if day := now.UTC().Format(time.DateOnly); day != t.day {
		t.day = day
		_, _ = rand.Read(t.key[:]) // never fails since Go 1.24; the old key is gone
	}
	mac := hmac.New(sha256.New, t.key[:])
	t.mu.Unlock()
	full := a.WithZone("").As16()
	mac.Write(full[:])
	sum := mac.Sum(nil)
	letters := make([]byte, 0, 16)
	for _, b := range sum[:8] {
		letters = append(letters, 'a'+b>>4, 'a'+b&15)
	}
	return string(letters)
}

// forget destroys the key.
func (t *tagger) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.key[:])
	t.day = ""
}
