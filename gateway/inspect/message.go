package inspect

import (
	"context"
	"net/netip"

	"github.com/cappertrophy/panwall/gateway/clientip"
	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// Window is what one connection remembers of its messages: the digits that a number could go on from. The zero Window is
// a connection's beginning. It belongs to one goroutine.
type Window struct {
	tail []byte // the last digits of messages that were digits alone
}

// mostWindow is a few numbers' worth of digits.
const mostWindow = 64

// Message inspects one whole message of a WebSocket connection by the rules of v. What acts blocks, unless a rule lets it
// through: a frame that was masked would have to be sealed anew, and the connection closes instead. The verdict is
// recorded as a request's is. Payload is not kept.
func (i *Inspector) Message(v *visit.Visit, window *Window, payload []byte, text bool) *Verdict {
	d := &Verdict{Inspected: int64(len(payload))}
	rd := i.fresh(budget{ctx: context.Background()}, v.Rules)
	defer i.done(rd)
	in := &inspection{Inspector: i, visit: v, verdict: d}
	rd.lenient = in.opaque(rd)
	if err := rd.message(payload, window); err != nil {
		d.Refused = asRefusal(fault(err))
		i.tell(v, d)
		i.record(context.Background(), v, d)
		return d
	}
	for _, f := range rd.found {
		d.Findings = append(d.Findings, Judged{Finding: f.Finding, sibling: f.sad})
	}
	d.Notes, d.Views, d.Uninspected, d.More, d.seen = rd.notes, rd.views, rd.opaque, rd.beyond, true
	in.judge()
	if d.Acting && d.Action == ruleset.Redact {
		d.Action = ruleset.Block
		in.refuse()
	}
	i.tell(v, d)
	i.record(context.Background(), v, d)
	return d
}

// message reads one message, and behind it what a number that began in earlier ones would read as.
func (r *reading) message(payload []byte, window *Window) error {
	t := r.rooted(&place{part: finding.Message}, &root{bytes: payload, fixed: true})
	defer r.drop()
	if err := r.file(t, ""); err != nil {
		return err
	}
	digits := 0
	for _, c := range payload {
		if c >= '0' && c <= '9' {
			digits++
		}
	}
	if digits == 0 || digits > mostParts || len(payload) > mostWindow {
		window.tail = window.tail[:0]
		return nil
	}
	if len(window.tail) > 0 {
		window.tail = append(window.tail, ' ')
	}
	window.tail = append(window.tail, payload...)
	if n := len(window.tail); n > 2*mostWindow {
		window.tail = append(window.tail[:0], window.tail[n-2*mostWindow:]...)
	}
	if digits == len(window.tail) {
		return nil
	}
	return r.sealed(finding.Message, "", 0, string(window.tail))
}

// Hold is a connection's account in the memory budget. It charges n bytes to the client's network before they are held;
// false means that there is no room. A negative n gives them back.
func (i *Inspector) Hold(client netip.Addr) func(n int) bool {
	network := clientip.Network(client)
	return func(n int) bool {
		if n < 0 {
			i.memory.give(network, int64(-n))
			return true
		}
		return i.memory.take(network, int64(n))
	}
}
