package inspect

import (
	"bytes"
	"slices"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// reading is one pass over one request or message. It belongs to one goroutine.
type reading struct {
	budget
	scanner   *pan.Scanner
	matches   []pan.Match
	found     []found
	beyond    int // findings that were not kept
	notes     []string
	views     []string
	names     []string // of headers, sorted
	opaque    []Uninspected
	nodes     []*text // in use up to depth, kept for reuse
	depth     int
	split     siblings
	sad       bool // authentication data is looked for too
	ids       int  // containers so far
	inspected int64
	charset   charset // the body's, for values whose bytes are no UTF-8

	lenient func(w locator, bytes int, why error) error // what happens to bytes nobody can look into
}

// found is a finding with the bytes that carry it.
type found struct {
	finding.Finding
	root  *root
	at    span
	edits []edit
	sad   bool // authentication data beside a card
}

// fresh is a reading with room left from another one.
func (i *Inspector) fresh(b budget, rules *ruleset.Set) *reading {
	r, ok := i.readings.Get().(*reading)
	if !ok {
		r = new(reading)
	}
	r.budget, r.scanner = b, i.scanner(rules)
	return r
}

// mostClaims is how many claims a text keeps room for after its request.
const mostClaims = 1 << 14

// done clears a reading and keeps its room. What it found was copied, its notes and words now belong to the verdict.
func (i *Inspector) done(r *reading) {
	for _, n := range r.nodes {
		claims := n.claims[:0]
		if cap(claims) > mostClaims {
			claims = nil
		}
		*n = text{claims: claims}
	}
	clear(r.found)
	clear(r.names)
	*r = reading{nodes: r.nodes, matches: r.matches[:0], found: r.found[:0], names: r.names[:0], split: siblings{
		names: r.split.names[:0], parts: r.split.parts[:0], bytes: r.split.bytes[:0],
	}}
	i.readings.Put(r)
}

// child is a text below up, which the caller fills in and drops again with drop. Texts are reused: nothing may keep one.
func (r *reading) child(up *text) *text {
	if r.depth == len(r.nodes) {
		r.nodes = append(r.nodes, new(text))
	}
	t := r.nodes[r.depth]
	r.depth++
	*t = text{up: up, claims: t.claims[:0]}
	if up != nil {
		t.root, t.where, t.whole = up.root, up.where, up.whole
		t.noisy, t.seams, t.escapes, t.blocks, t.nested, t.guess, t.folded, t.tokens, t.piece = up.noisy, up.seams, up.escapes, up.blocks, up.nested, up.guess, up.folded, up.tokens, up.piece
	}
	return t
}

func (r *reading) drop() { r.depth-- }

// slice is the child that stands at data[start:end] of up.
func (r *reading) slice(up *text, start, end int) *text {
	t := r.child(up)
	t.from, t.size, t.data = start, end-start, up.data[start:end]
	return t
}

// A view of views costs this beside its bytes: a short text may have as many readings as a long one, and what people send is
// escaped once or twice.
const (
	deepView    = 2
	perDeepView = 256
)

// through is the child that a view makes of up.data[start:end]. Its data lives until close is called.
func (r *reading) through(up *text, start, end int, v *view, step string) (*text, error) {
	t := r.child(up)
	t.from, t.size, t.view, t.step = start, end-start, v, step
	room := t.size * max(v.grows, 1)
	err := r.spare(t, room)
	if err == nil && up.escapes+up.blocks >= deepView {
		err = r.view(perDeepView)
	}
	if err != nil {
		r.repay(t)
		r.drop()
		return nil, err
	}
	t.data = v.decode(buffer(room), t.source(), nil)
	r.opened(step)
	return t, nil
}

// spare pays for n bytes that t is about to hold. What a carrier was unpacked to is charged to nobody's share, as it is
// itself.
func (r *reading) spare(t *text, n int) (err error) {
	if err := r.view(n); err != nil {
		return err
	}
	if t.lent = t.root == nil; t.lent {
		err = r.Hold(n)
	} else {
		err = r.hold.take(int64(n))
	}
	if err == nil {
		t.charged = int64(n)
	}
	return err
}

// repay is spare undone.
func (r *reading) repay(t *text) {
	if t.lent {
		r.Free(int(t.charged))
	} else {
		r.hold.give(t.charged)
	}
	t.charged = 0
}

// close gives the bytes of a view's text back.
func (r *reading) close(t *text) {
	discard(t.data)
	r.repay(t)
	if t.masked != nil {
		clear(t.masked)
	}
	r.drop()
}

func (r *reading) opened(step string) {
	if step != "" && !slices.Contains(r.views, step) {
		r.views = append(r.views, step)
	}
}

func (r *reading) note(words string) {
	if !slices.Contains(r.notes, words) && len(r.notes) < 16 {
		r.notes = append(r.notes, words)
	}
}

// read looks into one text: its structure, its bytes as they are, and every view its bytes make possible.
func (r *reading) read(t *text) error {
	r.texts++
	if len(t.data) < shortest && !(t.conceals() && len(t.data) >= shortestPacked) {
		return nil
	}
	if r.texts&63 == 0 {
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
	evidence := survey(t.data)
	if t.folded {
		evidence |= pan.Base64
	}
	if hexadecimal(t) {
		evidence |= pan.HexRun
	}
	if evidence == 0 && !manyDigits(t.data) && !t.conceals() && !r.charset.conceals(t.data) {
		return nil
	}
	if err := r.structure(t); err != nil {
		return err
	}
	if evidence&(pan.Digits|pan.Wide) != 0 {
		r.scan(t)
	}
	if t.kind == csvKind && evidence&(pan.Percent|pan.Backslash|pan.Entity|pan.NUL) != 0 {
		t.complete = false // the semicolon of a reference parts cells, and so does half a character
	}
	if t.complete {
		return nil // every byte that can carry something was handed out as a value
	}
	r.inQuotes(t)
	return r.throughViews(t, evidence)
}

// conceals reports a structure whose values cannot be surveyed from outside: what it holds is made by reading it.
func (t *text) conceals() bool {
	switch t.kind {
	case msgpackKind, cborKind, protobufKind, grpcKind, grpcTextKind, bsonKind, multipartKind:
		return true // integers by value, transfer encodings
	}
	if looksLikeBSON(t.data) {
		return true
	}
	if bytes.IndexByte(t.data, '<') >= 0 && (declaredIn(t.data).conceals(t.data) || digitsAroundTags(t.data) || startsMarkup(t.data) && bytes.Contains(t.data, []byte("<!ENTITY"))) {
		return true // whatever it is called, whatever it was unpacked from, and whatever stands before its first tag
	}
	return t.open && (t.kind == xmlKind || t.kind == unknown) &&
		(bytes.Contains(t.data, []byte("<!ENTITY")) || bytes.Contains(t.data, []byte("ransfer-")))
}

// The least bytes that can hold a number: 12 digits as they are, or an integer.
const (
	shortest       = 12
	shortestPacked = 6
)

// foreignLead begins the first digits of another script, the Arabic ones; Cyrillic letters begin with less.
const foreignLead = 0xD9

// manyDigits reports whether a text holds the digits of a number that was split into fields.
func manyDigits(b []byte) bool {
	n := 0
	for i, c := range b {
		if c-'0' < 10 || c >= foreignLead && otherDigit(b[i:]) {
			if n++; n == shortest {
				return true
			}
		}
	}
	return false
}

// scan looks for numbers in the bytes of a text as they are.
func (r *reading) scan(t *text) {
	if t.tokens {
		return
	}
	first := len(r.matches)
	r.matches = r.scanner.Scan(r.matches, pan.Text{Data: t.data, Whole: t.whole, Place: t})
	for i := first; i < len(r.matches); i++ {
		m := r.matches[i]
		if t.claimed(span{m.Start, m.End}) {
			continue
		}
		if listed(t, m) || traced(t, m) || garbled(t, m) {
			m.Confidence = finding.Possible
		}
		r.find(t, m)
	}
	clear(r.matches[first:])
	r.matches = r.matches[:first]
}

// listed reports a match that its place shows to be part of a list: coordinates of a drawing, or numbers with a list's
// marks between them under a name that says so, as the goods that somebody viewed in the cookie of WooCommerce.
func listed(t *text, m pan.Match) bool {
	if m.Kind != finding.PAN || !t.whole {
		return false
	}
	b := t.data[m.Start:m.End]
	return t.drawing && bytes.ContainsAny(b, " ,") || bytes.ContainsAny(b, ",;|") && pan.IsListName(t.where.label())
}

// tracing is the headers that name a request and its trace (W3C Trace Context, B3, OpenTracing, Google Cloud, AWS, Sentry).
var tracing = set(`header:traceparent header:tracestate header:b3 header:uber-trace-id header:x-cloud-trace-context
	header:x-amzn-trace-id header:sentry-trace header:request-id header:cf-ray`)

// traced reports digits without groups, and without a card's words before them, in a header of identifiers that are random.
func traced(t *text, m pan.Match) bool {
	return m.Kind == finding.PAN && m.Confidence == finding.Likely && !bytes.ContainsAny(t.data[m.Start:m.End], " -.") && tracing[t.where.location().String()]
}

// garbled reports digits that are the fixed codes of DEFLATE (RFC 1951 section 3.2.6) for other digits: three bits further on,
// every digit's code is a digit from 0 to 7. What such bytes say is read where they are unpacked. Names that a head of
// gzip holds (RFC 1952 section 2.3.1) and what is behind the packed bytes and their checksum stand as they are.
func garbled(t *text, m pan.Match) bool {
	b := t.data
	if m.Kind != finding.PAN || m.End > t.packed-4 || !compressed(b) || b[0] == 0x1F && b[3] != 0 || !allDigits(b[m.Start:m.End]) {
		return false
	}
	return !bytes.ContainsAny(b[m.Start:m.End-1], "89")
}

// find keeps one match.
func (r *reading) find(t *text, m pan.Match) {
	beside := !number(m.Kind) && m.Kind != finding.Cryptogram
	if beside && !r.sad {
		return // authentication data alone does not act
	}
	at, known, claimed := t.origin(span{m.Start, m.End})
	if claimed {
		return
	}
	f := found{root: t.root, at: at, sad: beside, Finding: finding.Finding{
		At: t.where.location(), Kind: m.Kind, Brand: m.Brand, Length: m.Length, Confidence: m.Confidence,
		Reasons: m.Reasons(), Views: t.steps(),
	}}
	if !known {
		f.root = nil
	}
	if r.seen(&f, t.piece) {
		return
	}
	if len(r.found) < mostFindings { // what is found beyond only counts
		f.edits, f.Maskable = mask(t, m)
	}
	r.keep(f)
}

// seen reports whether the same bytes were found before, by a reading at least as sure, or in the whole of which this is a
// piece: a piece may have lost the name of the number.
func (r *reading) seen(f *found, piece bool) bool {
	if f.root == nil {
		return false
	}
	for i := len(r.found) - 1; i >= max(0, len(r.found)-64); i-- {
		old := &r.found[i]
		if old.root != f.root || old.Kind != f.Kind || !old.at.mostly(f.at) {
			continue
		}
		if old.Confidence >= f.Confidence || piece && old.Length == f.Length {
			return true
		}
		r.found = slices.Delete(r.found, i, i+1)
	}
	return false
}

func (r *reading) keep(f found) {
	if len(r.found) >= mostFindings {
		r.beyond++
		return
	}
	r.found = append(r.found, f)
}

// mask is what makes a match unreadable where it came from.
func mask(t *text, m pan.Match) (edits []edit, ok bool) {
	if t.view == valueView {
		t = t.up
	}
	if t.number {
		return maskNumber(t)
	}
	ok = true
	m.Digits(t.data, func(start, end int) {
		if ok {
			edits, ok = t.rewrite(edits, start, standIn(t.data[start:end]))
		}
	})
	return edits, ok
}
