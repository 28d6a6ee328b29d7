package inspect

import (
	"bytes"
	"unicode/utf8"

	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
	"github.com/cappertrophy/panwall/gateway/pan"
)

// throughViews reads a text through every view that its bytes make possible. What a view makes is read like any other
// text.
func (r *reading) throughViews(t *text, e pan.Evidence) error {
	if !t.noisy && t.escapes == 0 && noise(t.data) {
		if err := r.throughRuns(t, e); err != nil {
			return err
		}
		return r.asDeclared(t)
	}
	for _, row := range [...]struct {
		evidence pan.Evidence
		open     func(*text, pan.Evidence) error
	}{
		{pan.Percent | pan.Backslash | pan.Entity, r.openEscapes},
		{pan.QuotedPrintable, r.openQuoted},
		{pan.Base64, r.openBase64},
		{pan.NUL, r.openZeros},
		{pan.HexRun, r.openHex},
		{mainframe, r.openMainframe},
	} {
		if e&row.evidence != 0 {
			if err := row.open(t, e); err != nil {
				return err
			}
		}
	}
	for _, row := range [...]struct {
		shows func([]byte) bool
		view  *view
		step  string
	}{{folds, unfoldedView, "folded"}, {encodedWords, wordsView, "encoded-word"}} {
		if t.escapes < t.mostEscapes() && row.shows(t.data) {
			if err := r.openView(t, 0, len(t.data), row.view, row.step); err != nil {
				return err
			}
		}
	}
	if err := r.openLengths(t); err != nil {
		return err
	}
	if (t.kind != xmlKind || !startsMarkup(t.data)) && bytes.IndexByte(t.data, '<') >= 0 {
		if err := r.acrossTags(t); err != nil {
			return err
		}
	}
	return r.asDeclared(t)
}

// asDeclared reads a text in the charset that the request names.
func (r *reading) asDeclared(t *text) error {
	if r.charset.view == nil || t.view == r.charset.view || !r.charset.conceals(t.data) && utf8.Valid(t.data) {
		return nil
	}
	return r.openView(t, 0, len(t.data), r.charset.view, "charset")
}

// openView reads data[start:end] of t through one view.
func (r *reading) openView(t *text, start, end int, v *view, step string) error {
	c, err := r.through(t, start, end, v, step)
	if err != nil {
		return err
	}
	defer r.close(c)
	c.escapes++
	c.handed = v.foreign
	if t.kind == unknown && bytes.Equal(c.data, c.source()) {
		return nil // nothing was escaped in a way this view undoes
	}
	c.guess = c.guess || v == lenientView || v == scriptView || v == outerView || v == outerScript || v == styleView || v == serialView
	c.whole = t.whole && start == 0 && end == len(t.data)
	c.open = t.open && c.whole
	c.noisy = t.noisy && (noise(c.data) || junk(c.data))
	if len(c.source()) == len(t.data) && r.sighted(t, c) {
		return nil
	}
	return r.read(c)
}

func (r *reading) openEscapes(t *text, e pan.Evidence) error {
	if t.escapes >= t.mostEscapes() {
		return nil
	}
	if e&pan.Backslash != 0 && hexEscapes(t.data) {
		if err := r.openHexEscapes(t); err != nil {
			return err
		}
	}
	octal := e&pan.Backslash != 0 && scripted(t.data)
	if octal {
		if err := r.openView(t, 0, len(t.data), scriptView, "octal"); err != nil {
			return err
		}
	}
	if err := r.openView(t, 0, len(t.data), lenientView, escapeWords[escapesIn(e)]); err != nil || !tangled(t.data) {
		return err
	}
	if octal {
		if err := r.openView(t, 0, len(t.data), outerScript, "octal"); err != nil {
			return err
		}
	}
	return r.openView(t, 0, len(t.data), outerView, escapeWords[escapesIn(e&^pan.Entity)])
}

// openHexEscapes reads a text as a style sheet would be read, and as PHP reads a string it serialised.
func (r *reading) openHexEscapes(t *text) error {
	if err := r.openView(t, 0, len(t.data), styleView, "css"); err != nil {
		return err
	}
	return r.openView(t, 0, len(t.data), serialView, "php")
}

// tangled reports a character reference that another escape stands in the midst or at the end of: &#x\u0033\u0031 or
// &#51%3B. A reference may go without its semicolon, so that undoing all escapes at once cuts it short or takes what
// follows for its digits; then the other escapes are undone first, as every reader in turn does.
func tangled(b []byte) bool {
	for i := 0; ; {
		n := bytes.Index(b[i:], []byte("&#"))
		if n < 0 {
			return false
		}
		i += n + 2
		if i < len(b) && b[i]|0x20 == 'x' {
			i++
		}
		for i < len(b) && hexDigit(b[i]) < 16 {
			i++
		}
		if i < len(b) && (b[i] == '%' || b[i] == '\\') {
			return true
		}
	}
}

// scripted reports an escape that only a script or a quoted cookie has: an octal one, or a backslash that a letter
// within base64 needs not. To most readers such a backslash stands for itself, so that this is a reading beside the other.
func scripted(b []byte) bool {
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '\\' {
			continue
		}
		if octalSize(b[i:]) > 0 || needless(b[i+1]) && i > 0 && sextets[b[i-1]] <= padding && tokenSize(b[i+1:]) >= 4 {
			return true
		}
		i++
	}
	return false
}

// escapeWords names the mixture of escapes a text holds, for Views.
var escapeWords = [8]string{
	1: "percent", 2: "backslash", 3: "percent backslash", 4: "entity", 5: "percent entity", 6: "backslash entity", 7: "percent backslash entity",
}

func escapesIn(e pan.Evidence) (n int) {
	for i, bit := range [...]pan.Evidence{pan.Percent, pan.Backslash, pan.Entity} {
		if e&bit != 0 {
			n |= 1 << i
		}
	}
	return n
}

func (r *reading) openQuoted(t *text, _ pan.Evidence) error {
	if t.escapes >= t.mostEscapes() {
		return nil
	}
	return r.openView(t, 0, len(t.data), guessedView, "quoted-printable")
}

func (r *reading) openZeros(t *text, _ pan.Evidence) error {
	if t.view == zeroFree || t.escapes >= t.mostEscapes() {
		return nil
	}
	if v := guessWide(t.data); v != nil {
		if err := r.openView(t, 0, len(t.data), v, "utf-16"); err != nil {
			return err
		}
		if big, ok := wideRun(t.data); ok { // or it begins a byte later, in the other order, or its digits are alike
			if err := r.openView(t, 0, len(t.data), wideView(2, !big), "utf-16"); err != nil {
				return err
			}
			return r.openView(t, 1, len(t.data), wideView(2, !big), "utf-16")
		}
		if len(t.data) > longestHalfEmpty {
			return nil
		}
	}
	if err := r.openMidst(t); err != nil {
		return err
	}
	return r.openView(t, 0, len(t.data), zeroFree, "utf-16")
}

// openMidst reads UTF-16 that begins behind other words, as in a multipart body nobody can part: the zeros are those of
// characters that begin at even places and have them first, or at odd ones and have them last, or the other way round.
func (r *reading) openMidst(t *text) error {
	for odd, found := range widePlaces(t.data) {
		if !found {
			continue
		}
		for start, big := range [2]bool{odd == 0, odd == 1} {
			if err := r.openView(t, start, len(t.data), wideView(2, big), "utf-16"); err != nil {
				return err
			}
		}
	}
	return nil
}

// openHex reads a value that is hexadecimal alone, if it stands under a card's name: what it holds may be text, or base64.
// In a text whose values nobody hands out, the name is the word before.
func (r *reading) openHex(t *text, _ pan.Evidence) error {
	if !hexadecimal(t) {
		return r.namedHex(t)
	}
	b := bytes.TrimSpace(t.data)
	start := bytes.Index(t.data, b)
	return r.openView(t, start, start+len(b), hexView, "hex")
}

// namedHex reads the runs of hexadecimal that a card's name stands before: cardNumber: "3431…" of GraphQL or YAML.
func (r *reading) namedHex(t *text) error {
	for at := 0; at < len(t.data); {
		start := at
		for at < len(t.data) && hexDigit(t.data[at]) < 16 {
			at++
		}
		if n := at - start; n < 2*shortest || n%2 == 1 || !pan.IsCardName(nameBefore(t.data[:start])) {
			at++
			continue
		}
		if err := r.openView(t, start, at, hexView, "hex"); err != nil {
			return err
		}
	}
	return nil
}

// nameBefore is the word at the end of b, but for quotes and what stands between a name and its value.
func nameBefore(b []byte) string {
	b = bytes.TrimRight(b[max(0, len(b)-64):], "\"'\\=:> \t")
	start := len(b)
	for start > 0 && (wordByte(b[start-1]) || b[start-1] == '-') {
		start--
	}
	return string(b[start:])
}

// hexadecimal reports a value under a card's name that is two hexadecimal digits for every byte and nothing else.
func hexadecimal(t *text) bool {
	const longest = 4096
	if !t.whole || len(t.data) < 2*shortest || len(t.data) > longest {
		return false
	}
	digits := 0
	for _, c := range t.data[hexPrefix(t.data):] {
		switch {
		case hexDigit(c) < 16:
			digits++
		case sextets[c] != blank && c != ':':
			return false
		}
	}
	return digits >= 2*shortest && digits%2 == 0 && pan.IsCardName(t.where.label())
}

// shortestToken is the base64 of a number of 10 digits: no card is shorter.
const shortestToken = 14

// openBase64 reads each run of base64 characters that is long enough.
func (r *reading) openBase64(t *text, _ pan.Evidence) error {
	if t.blocks >= mostBlocks {
		return nil
	}
	if start, ok := spacedToken(t.data); ok {
		if err := r.block(t, start, len(t.data), false, false); err != nil {
			return err
		}
	}
	for at := 0; at < len(t.data); {
		if sextets[t.data[at]] >= padding {
			at++
			continue
		}
		end := tokenEnd(t.data, at)
		line := at
		for line < end && sextets[t.data[line]] < padding {
			line++
		}
		if line < end { // lines of MIME: together, and each by itself
			if err := r.block(t, at, end, false, false); err != nil {
				return err
			}
		}
		if line-at >= shortestToken {
			if err := r.token(t, at, line, line < end, line < end); err != nil {
				return err
			}
		}
		before := line - at
		if at = line + 1; line == end {
			continue
		}
		for at < end { // the lines behind the first
			for line = at; line < end && sextets[t.data[line]] < padding; line++ {
			}
			if line-at >= shortestToken {
				if err := r.token(t, at, line, before%4 == 0, line < end); err != nil {
					return err
				}
			}
			before += line - at
			at = line + 1
		}
	}
	return nil
}

// longestFolded is the length of a value that blanks may stand in for the line breaks of, whatever their distance.
const longestFolded = 1024

// tokenEnd is where a run of base64 characters ends. A line break goes on with it, and the blanks a header makes of one
// where the lines are long, as in MIME, or the whole is short.
func tokenEnd(b []byte, at int) int {
	start := at
	for at < len(b) {
		switch {
		case sextets[b[at]] < padding:
			at++
		case sextets[b[at]] == blank:
			next := at + 1
			for next < len(b) && next < at+4 && sextets[b[next]] == blank {
				next++
			}
			folded := at-start >= 60 || len(b) <= longestFolded || bytes.IndexByte(b[at:next], '\n') >= 0
			if !folded || next == len(b) || sextets[b[next]] >= padding {
				return at
			}
			at, start = next, next
		default:
			return at
		}
	}
	return at
}

// token reads one run as base64: as a whole, and where / - and _ may be separators rather than characters, its pieces. A
// line of several is a piece itself.
func (r *reading) token(t *text, start, end int, piece, cut bool) error {
	if err := r.block(t, start, end, piece, cut); err != nil {
		return err
	}
	for from := start; from < end; {
		n := bytes.IndexAny(t.data[from:end], "/-_+")
		if n < 0 {
			n = end - from
		}
		if n >= shortestToken && n < end-start && end-start <= 4096 {
			if err := r.block(t, from, from+n, (from-start)%4 == 0, cut || from+n < end); err != nil {
				return err
			}
		}
		from += n + 1
	}
	return nil
}

// block decodes one token and reads what it makes: text, or a file. A piece says the same bytes as the whole before it did,
// and a file whose end was cut off is broken by us.
func (r *reading) block(t *text, start, end int, piece, cut bool) error {
	c := r.child(t)
	if err := r.spare(c, (end-start)*3/4+3); err != nil {
		r.drop()
		return err
	}
	c.data = decodeBase64(buffer((end-start)*3/4+3), t.data[start:end])
	defer r.close(c)
	if quiet(c.data) && !looksLikeBSON(c.data) && !r.charset.conceals(c.data) && carrier.Sniff(c.data, "") == carrier.None {
		return nil
	}
	c.from, c.size, c.view, c.step = start, end-start, base64View, "base64"
	c.blocks, c.escapes, c.whole, c.tokens, c.piece = t.blocks+1, 0, t.whole && start == 0, false, piece
	c.open, c.cut, c.noisy = t.open && c.whole, cut, false
	r.opened("base64")
	return r.file(c, "")
}
