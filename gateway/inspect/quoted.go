package inspect

import (
	"bytes"
	"slices"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// longestBetween is how much may stand between two pieces of a number in quotes: a comma, the name of the next, or its
// place and length as PHP writes them.
const longestBetween = 32

// quotedPieces gathers values in quotes that hold digits alone, in a text whose structure nobody read: lists of GraphQL,
// YAML, TOML and JSON5, PHP's serialised arrays, strings that a script joins. Consecutive ones, with the same words
// between them up to a number, are siblings.
type quotedPieces struct {
	parts   [][]byte // one more than a number has at most
	between []byte   // behind the first
	end     int      // of the last, with its quote
}

// inQuotes looks for a number in such pieces.
func (r *reading) inQuotes(t *text) {
	if bytes.IndexByte(t.data, '"') < 0 && bytes.IndexByte(t.data, '\'') < 0 {
		return
	}
	var q quotedPieces
	for at := 0; at < len(t.data); {
		if c := t.data[at]; c != '"' && c != '\'' || at+1 == len(t.data) || !mayBeDigit(t.data[at+1]) {
			at++
			continue
		}
		at++
		piece, _, closed := bytes.Cut(t.data[at:min(len(t.data), at+longestForeign+1)], t.data[at-1:at])
		if !closed || !allDigits(piece) && !otherDigit(piece) || len(piece) == 0 {
			continue
		}
		if !q.goesOn(t.data, at-1) {
			r.joinQuoted(t, &q)
		}
		at += len(piece) + 1
		if q.end = at; len(q.parts) <= mostParts {
			q.parts = append(q.parts, piece)
		}
	}
	r.joinQuoted(t, &q)
}

// mayBeDigit reports the first byte of a digit of any script.
func mayBeDigit(b byte) bool { return b-'0' < 10 || b >= 0xC2 }

// goesOn reports a piece whose quote stands at start and that goes on with those before.
func (q *quotedPieces) goesOn(b []byte, start int) bool {
	if len(q.parts) == 0 {
		return true
	}
	between := b[q.end:start]
	if len(between) > longestBetween || len(q.parts) > 1 && !pan.SameStem(string(q.between), string(between)) {
		return false
	}
	q.between = between
	return true
}

// joinQuoted judges the pieces gathered so far and begins anew. What stands between them is their name.
func (r *reading) joinQuoted(t *text, q *quotedPieces) {
	if n := len(q.parts); n >= 2 && n <= mostParts {
		names := slices.Repeat([]string{string(q.between)}, n)
		if m, ok := r.scanner.Join(names, q.parts); ok && !r.joined(t.where.location()) {
			r.keep(found{Finding: finding.Finding{
				At: t.where.location(), Kind: m.Kind, Brand: m.Brand, Length: m.Length, Confidence: m.Confidence,
				Reasons: m.Reasons(), Views: t.steps(), Split: true,
			}})
		}
	}
	*q = quotedPieces{parts: q.parts[:0]}
}
