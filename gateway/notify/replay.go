package notify

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// digest names a notification. The signature covers every byte, the TransactionId with them, and nothing else: whoever
// sends one again without the secret must send the same bytes. A provider that sends a transaction again with other
// bytes says something new, and that must reach the shop.
type digest [sha256.Size]byte

func digestOf(message []byte) digest { return sha256.Sum256(message) }

// taken is a notification that the shop has, or is just being given.
type taken struct {
	mu    sync.Mutex // held while the shop answers
	kind  string     // the type of its row
	ends  time.Time
	reply []byte // the shop's answer, nil until it has accepted
}

// once gives the shop a notification unless it has accepted it before; then the same answer is given again. Signatures
// cover neither address nor time, so the same bytes at the address of another type are no notification at all: a Check
// says Status=Completed before anything was paid.
func (s *Station) once(w http.ResponseWriter, r *http.Request, v *visit.Visit, row *ruleset.Notification, d digest, next http.Handler) {
	now := s.options.Now()
	t, _ := s.seen.SetIfAbsent(d, &taken{kind: row.Type, ends: now.Add(row.Replay)})
	if !t.mu.TryLock() { // the shop is answering the first copy: nobody waits in line with one that was captured
		s.note(row, "replayed")
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.Busy, RetryAfter: time.Minute})
		return
	}
	defer t.mu.Unlock()
	if now.After(t.ends) {
		t.kind, t.ends, t.reply = row.Type, now.Add(row.Replay), nil
	}
	switch {
	case t.kind != row.Type:
		v.Verified = false
		s.note(row, "replayed")
		refusal.Write(w, r, v, &refusal.Refusal{Code: refusal.BadSignature})
	case t.reply != nil:
		s.note(row, "replayed")
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(t.reply)
	default:
		s.note(row, "verified")
		answer := &listener{ResponseWriter: w}
		next.ServeHTTP(answer, r)
		if answer.accepted() {
			t.reply = bytes.Clone(answer.body.Bytes())
		}
	}
}

// longestReply is more than {"code":0} needs.
const longestReply = 1 << 10

// listener hears the shop's answer on its way out.
type listener struct {
	http.ResponseWriter
	status int
	long   bool
	body   bytes.Buffer
}

func (l *listener) WriteHeader(status int) {
	if status >= 200 && l.status == 0 {
		l.status = status
	}
	l.ResponseWriter.WriteHeader(status)
}

func (l *listener) Write(p []byte) (int, error) {
	if l.status == 0 {
		l.status = http.StatusOK
	}
	if l.long = l.long || l.body.Len()+len(p) > longestReply; !l.long {
		l.body.Write(p)
	}
	return l.ResponseWriter.Write(p)
}

// Unwrap lets http.ResponseController reach the connection.
func (l *listener) Unwrap() http.ResponseWriter { return l.ResponseWriter }

// accepted reports whether the shop has understood: a 200 with a code. Anything else the provider sends again, and the
// shop must get it again.
func (l *listener) accepted() bool {
	if l.status != http.StatusOK || l.long {
		return false
	}
	var reply struct {
		Code *int `json:"code"`
	}
	return json.Unmarshal(l.body.Bytes(), &reply) == nil && reply.Code != nil
}
