package pages

import (
	"crypto/sha256"
	"encoding/base64"
	"io"
	"iter"
	"strings"

	"golang.org/x/net/html"
)

// largestToken bounds what is held back of a page, in bytes; an inline script is one token. What is longer passes as it
// is, and the rest of the page with it: without nonces its scripts do not run.
const largestToken = 1 << 20

// rewriter gives scripts their nonce while a page streams through it. The tokenizer pulls and a handler pushes, so the
// tokenizer runs as a coroutine: never at the same time as the handler, and with no goroutine to lose.
type rewriter struct {
	to     io.Writer
	nonce  string
	known  func(Script) bool
	resume func() (struct{}, bool)
	stop   func()

	pending []byte // pushed, not yet pulled
	held    []byte // pulled, not yet written
	ended   bool   // nothing more will be pushed
	over    bool   // the tokenizer is done: what comes passes as it is
	err     error  // the client cannot be written to
}

func newRewriter(to io.Writer, nonce string, known func(Script) bool) *rewriter {
	w := &rewriter{to: to, nonce: nonce, known: known}
	w.resume, w.stop = iter.Pull(w.run)
	return w
}

// Write pushes a part of the page through.
func (w *rewriter) Write(p []byte) (int, error) {
	if w.over {
		w.emit(p)
		return len(p), w.err
	}
	w.pending = p
	w.resume()
	if w.over {
		w.emit(w.pending)
	}
	w.pending = nil
	return len(p), w.err
}

// finish ends the page.
func (w *rewriter) finish() {
	w.ended = true
	if !w.over {
		w.resume()
	}
}

// run is the coroutine.
func (w *rewriter) run(yield func(struct{}) bool) {
	z := html.NewTokenizer(&puller{w, yield})
	z.SetMaxBuf(largestToken)
	w.rewrite(z)
	w.emit(w.held) // the tokenizer drops a tag that does not end; a page must not lose a byte
	w.held, w.over = nil, true
}

// puller is the pushed page as a reader.
type puller struct {
	w     *rewriter
	yield func(struct{}) bool
}

func (p *puller) Read(b []byte) (int, error) {
	for len(p.w.pending) == 0 {
		if p.w.ended || !p.yield(struct{}{}) {
			return 0, io.EOF
		}
	}
	n := copy(b, p.w.pending)
	p.w.pending = p.w.pending[n:]
	p.w.held = append(p.w.held, b[:n]...)
	return n, nil
}

// rewrite copies tokens as they were written, script tags with their nonce.
func (w *rewriter) rewrite(z *html.Tokenizer) {
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			if name, more := z.TagName(); string(name) == "script" {
				if !w.script(z, more) {
					return
				}
				continue
			}
		}
		w.pass(len(z.Raw()))
	}
}

// script writes a script's tag, and its text when that must be known before the tag can be. It reports whether the
// page goes on.
func (w *rewriter) script(z *html.Tokenizer, more bool) bool {
	tag := len(z.Raw())
	src, external := attribute(z, more, "src")
	if external {
		w.tag(tag, w.known(Script{Src: src}))
		return true
	}
	text := ""
	kind := z.Next()
	if kind == html.TextToken {
		text = string(z.Raw())
		kind = z.Next()
	}
	// A text without its end tag is the beginning of one: its hash says nothing about the rest.
	w.tag(tag, kind == html.EndTagToken && w.known(inline(text)))
	w.pass(len(text))
	if kind == html.ErrorToken {
		return false
	}
	w.pass(len(z.Raw()))
	return true
}

func attribute(z *html.Tokenizer, more bool, name string) (value string, found bool) {
	for more {
		var k, v []byte
		k, v, more = z.TagAttr()
		if string(k) == name && !found { // the first of two counts (HTML, 13.2.5.33)
			value, found = string(v), true
		}
	}
	return value, found
}

// lineEnds are LF for a browser, whatever the page has (HTML, 13.2.3.5).
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// inline is a script whose text stands in the page.
func inline(text string) Script {
	text = lineEnds.Replace(text)
	sum := sha256.Sum256([]byte(text))
	return Script{SHA256: "sha256-" + base64.StdEncoding.EncodeToString(sum[:]), Text: text}
}

// tag writes the first n held bytes, a script tag. The nonce goes first: of two attributes of one name that one counts.
func (w *rewriter) tag(n int, nonced bool) {
	if nonced {
		const opening = len("<script")
		w.emit(w.held[:opening])
		w.emit([]byte(` nonce="` + w.nonce + `"`))
		w.held, n = w.held[opening:], n-opening
	}
	w.pass(n)
}

// pass writes the first n held bytes as they are.
func (w *rewriter) pass(n int) {
	w.emit(w.held[:n])
	w.held = w.held[n:]
}

func (w *rewriter) emit(p []byte) {
	if w.err == nil && len(p) > 0 {
		_, w.err = w.to.Write(p)
	}
}
