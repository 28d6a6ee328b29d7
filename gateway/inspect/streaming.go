package inspect

import (
	"context"
	"errors"
	"io"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
	"github.com/cappertrophy/panwall/gateway/inspect/stream"
	"github.com/cappertrophy/panwall/gateway/pan"
	"github.com/cappertrophy/panwall/gateway/refusal"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// streamHold is what one streamed upload may hold at once; the memory budget is charged for it as a whole.
const streamHold = 2 << 20

// streams reports whether the body is passed on while it is looked at: a row of `bodies:` says so for the route, and the
// body is too large to be held, or does not say how large it is. A body of values is held all the same: what it says of
// a number, by a name or in pieces, may stand further apart than a window is wide.
func (in *inspection) streams(p ruleset.BodyPolicy) bool {
	if !p.Stream || in.request.ContentLength >= 0 && in.request.ContentLength <= in.options.BodyBytes {
		return false
	}
	for _, contentType := range in.request.Header["Content-Type"] {
		if d, err := typeOf(contentType); err == nil && holdsValues[d.kind] {
			return false
		}
	}
	return true
}

// holdsValues is the kinds of bodies that are values and nothing else; the others are files, or hold some.
var holdsValues = map[kind]bool{
	formKind: true, jsonKind: true, xmlKind: true, msgpackKind: true, cborKind: true, protobufKind: true, grpcKind: true, grpcTextKind: true, bsonKind: true,
}

// passOn puts a body in place of the request's that decides as it is read. What is found then can no longer be masked:
// it blocks, and the connection to the shop is cut.
func (in *inspection) passOn(p ruleset.BodyPolicy) error {
	if err := in.hold.take(streamHold); err != nil {
		return err
	}
	u := &upload{in: in, pieces: reading{scanner: in.scanner(in.visit.Rules)}}
	body, err := stream.Upload(in.request, stream.Options{
		Scanner: in.scanner(in.visit.Rules), Found: u.found, Header: u.header, Field: u.field, File: u.file, Window: u.window, Max: p.Max,
	})
	if err != nil {
		return streamFault(err)
	}
	u.body = body
	in.request.Body = u
	return nil
}

// streamFault is the answer to an upload that cannot be streamed.
func streamFault(err error) *refusal.Refusal {
	switch {
	case errors.Is(err, stream.ErrTooLarge):
		return &refusal.Refusal{Code: refusal.TooLarge}
	case errors.Is(err, stream.ErrCoded):
		return &refusal.Refusal{Code: refusal.UnsupportedMedia}
	case errors.Is(err, stream.ErrFault):
		return &refusal.Refusal{Code: refusal.Internal}
	default:
		return &refusal.Refusal{Code: refusal.BadRequest}
	}
}

// upload is a streamed body. Its functions are called from Read, before what they were given goes on.
type upload struct {
	in        *inspection
	body      *stream.Body
	forwarded int64
	pieces    reading // of a number in several fields
	kind      kind    // of the file that passes: a window in its midst does not show it
}

// Read gives bytes that may go on. The cause of a cut is the refusal that the visitor gets.
func (u *upload) Read(p []byte) (int, error) {
	n, err := u.body.Read(p)
	u.forwarded += int64(n)
	if cut, ok := errors.AsType[*stream.Cut](err); ok {
		if _, decided := errors.AsType[*refusal.Refusal](cut.Why); !decided && (errors.Is(cut, stream.ErrFraming) || errors.Is(cut, stream.ErrTooLarge) || errors.Is(cut, stream.ErrFault)) {
			return n, streamFault(cut)
		}
	}
	return n, err
}

// Close ends the upload.
func (u *upload) Close() error { return u.body.Close() }

var _ io.ReadCloser = (*upload)(nil)

// at is the place of a part.
func (u *upload) at(p stream.Part) *place {
	if p.File && p.Name != "" {
		return &place{finding.BodyFile, p.Name, p.Index}
	}
	return &place{finding.Body, p.Name, p.Index}
}

// found judges what the scanner saw in the raw bytes.
func (u *upload) found(p stream.Part, m pan.Match) error {
	if !number(m.Kind) {
		return nil
	}
	return u.decide([]found{{Finding: finding.Finding{
		At: u.at(p).location(), Kind: m.Kind, Brand: m.Brand, Length: m.Length, Confidence: m.Confidence, Reasons: m.Reasons(), Views: []string{"stream"},
	}}}, nil)
}

// window looks at a stretch of a file. Base64 that it begins with may have begun before it, at any of four places.
func (u *upload) window(p stream.Part, b []byte) error {
	if err := u.look(p, b, false); err != nil || len(b) == 0 || sextets[b[0]] >= padding {
		return err
	}
	end := tokenEnd(b, 0)
	for i, shift := 0, 1; i < end && shift < 4; i++ {
		if sextets[b[i]] >= padding {
			continue
		}
		if err := u.look(p, b[i+1:end], false); err != nil {
			return err
		}
		shift++
	}
	return nil
}

// header looks at what stands before a part. A file, or the end, ends the fields that a number may be in.
func (u *upload) header(p stream.Part, b []byte) error {
	u.kind = unknown
	if err := u.look(p, b, false); err != nil || !p.File && p.Name != "" {
		return err
	}
	u.pieces.split.flush(&u.pieces)
	return u.joined()
}

// field looks at a field by itself, and at what it makes together with those before it.
func (u *upload) field(p stream.Part, b []byte) error {
	if err := u.look(p, b, true); err != nil {
		return err
	}
	u.pieces.split.add(&u.pieces, u.at(p), nil, b, false)
	return u.joined()
}

// joined decides about numbers in pieces.
func (u *upload) joined() error {
	list := u.pieces.found
	u.pieces.found = nil
	if len(list) == 0 {
		return nil
	}
	return u.decide(list, nil)
}

// file refuses a format that can only be looked into whole. Media and pictures have nothing to open: their bytes are read.
func (u *upload) file(p stream.Part, head []byte) error {
	if u.kind = sniffKind(head); u.kind != xmlKind && u.kind != formKind {
		u.kind = unknown
	}
	switch format := carrier.Sniff(head, p.Filename); {
	case format == carrier.None, format == carrier.Media, format.Image():
		return nil
	}
	rd := u.in.fresh(budget{ctx: u.in.ctx, hold: u.in.hold}, u.in.visit.Rules)
	defer u.in.done(rd)
	if err := u.in.opaque(rd)(u.at(p), int(max(u.in.request.ContentLength, 0)), carrier.ErrOpaque); err != nil {
		return err
	}
	return u.decide(nil, rd.opaque)
}

// look reads a stretch of the body in every way the whole would be read.
func (u *upload) look(p stream.Part, b []byte, whole bool) error {
	rd := u.in.fresh(budget{ctx: u.in.ctx, hold: u.in.hold}, u.in.visit.Rules)
	defer u.in.done(rd)
	opaque := u.in.opaque(rd)
	rd.lenient = func(w locator, n int, why error) error {
		if n <= stream.Overlap*3/4 && errors.Is(why, carrier.ErrBroken) {
			return nil // base64 that the window's end cuts off: the next window holds it
		}
		return opaque(w, n, why)
	}
	t := rd.rooted(u.at(p), &root{bytes: b, fixed: true})
	t.whole = whole
	if !whole {
		t.where = &nameless{t.where}
	}
	if u.kind == formKind {
		t.kind = formKind
	}
	err := rd.read(t)
	if err == nil && u.kind == xmlKind && !startsMarkup(b) {
		err = rd.fromTag(t)
	}
	if err != nil {
		return asRefusal(fault(err))
	}
	rd.drop()
	return u.decide(rd.found, rd.opaque)
}

// fromTag reads markup that began before the text from its first tag on.
func (r *reading) fromTag(t *text) error {
	for at, b := range t.data {
		if b == '<' && startsMarkup(t.data[at:]) {
			c := r.slice(t, at, len(t.data))
			defer r.drop()
			c.handed = true
			return r.walk(c, xmlKind)
		}
	}
	return nil
}

// decide judges findings and unread bytes, and records what acts before any of it goes on.
func (u *upload) decide(list []found, unread []Uninspected) error {
	d := &Verdict{Uninspected: unread, Forwarded: u.forwarded, seen: true}
	for _, f := range list {
		f.Maskable = false
		d.Findings = append(d.Findings, Judged{Finding: f.Finding, sibling: f.sad})
	}
	in := &inspection{Inspector: u.in.Inspector, ctx: u.in.ctx, visit: u.in.visit, request: u.in.request, verdict: d}
	in.judge()
	in.tell(in.visit, d)
	in.record(context.WithoutCancel(in.ctx), in.visit, d) // the record is kept though the visitor may have gone
	if d.Refused != nil {
		u.in.visit.Action = d.Word()
		return d.Refused
	}
	return nil
}
