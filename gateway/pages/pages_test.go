package pages

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rewritten is a page after its rewriter, pushed through in pieces of the given size.
func rewritten(t testing.TB, page string, size int, known func(Script) bool) (got string, nonce string) {
	t.Helper()
	var out strings.Builder
	w := newRewriter(&out, "bm9uY2U", known)
	defer w.stop()
	for rest := page; rest != ""; {
		n := min(size, len(rest))
		if _, err := io.WriteString(w, rest[:n]); err != nil {
			t.Fatal(err)
		}
		rest = rest[n:]
	}
	w.finish()
	return out.String(), "bm9uY2U"
}

func all(Script) bool  { return true }
func none(Script) bool { return false }

func TestNoncesForKnownScriptsAlone(t *testing.T) {
	const ok = "sha256-" // of alert(1)
	var seen []Script
	page := `<!DOCTYPE html><script src="/a.js"></script><SCRIPT SRC='https://evil.example/b.js' src=/a.js></SCRIPT><script>alert(1)</script><script></script><p>`
	got, nonce := rewritten(t, page, len(page), func(s Script) bool { seen = append(seen, s); return s.Src == "/a.js" })
	want := strings.Replace(page, `<script src="/a.js">`, `<script nonce="`+nonce+`" src="/a.js">`, 1)
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if len(seen) != 4 || seen[1].Src != "https://evil.example/b.js" || seen[2].SHA256 != ok+"bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=" {
		t.Errorf("seen %v", seen)
	}
}

func TestNothingIsLostHoweverThePageIsCut(t *testing.T) {
	for claim, page := range map[string]string{
		"an ordinary page":        "<html><head><script src=a></script></head>\r\n<body>text &amp; <b>more</b></body></html>",
		"a tag that does not end": "<p>text<script src=\"a",
		"a script without end":    "<script>let a = '<b>'; // ",
		"a comment without end":   "<!-- <script src=x></script>",
		"bytes that are no text":  "\xff\xfe<p>\x00\x80</p>",
		"nothing but text":        "plain",
		"a textarea":              "<textarea><script src=x></script></textarea>",
		"entities in attributes":  "<a href='?a=1&b=2&copy=3'>x</a>",
		"unusual ends":            "<script src=a /><br/></p ></script foo><p/><script >x</script >",
	} {
		for _, size := range []int{1, 2, 7, len(page)} {
			if got, _ := rewritten(t, page, size, none); got != page {
				t.Errorf("%s in pieces of %d:\ngot  %q\nwant %q", claim, size, got, page)
			}
			got, nonce := rewritten(t, page, size, all)
			if back := strings.ReplaceAll(got, ` nonce="`+nonce+`"`, ""); back != page {
				t.Errorf("%s in pieces of %d, with nonces: %q", claim, size, got)
			}
		}
	}
}

func TestAVeryLongScriptPassesWithoutANonce(t *testing.T) {
	page := "<script>" + strings.Repeat("x", largestToken+10) + "</script><script src=a></script>"
	if got, nonce := rewritten(t, page, 4096, all); got != page {
		t.Errorf("%d bytes became %d, nonces %d", len(page), len(got), strings.Count(got, nonce))
	}
}

func TestWhatIsNotReadPassesUntouched(t *testing.T) {
	for claim, header := range map[string]http.Header{
		"an image":    {"Content-Type": {"image/png"}},
		"coded HTML":  {"Content-Type": {"text/html"}, "Content-Encoding": {"gzip"}},
		"no type":     {},
		"a data type": {"Content-Type": {"application/json"}},
	} {
		v := &visit.Visit{}
		h := Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for name, values := range header {
				w.Header()[name] = values
			}
			w.Header().Set("Etag", "x")
			_, _ = io.WriteString(w, "<script src=a></script>")
		}), Options{PageOf: func(*http.Request) *ruleset.Page { return &ruleset.Page{Nonces: true} }})
		r := httptest.NewRequest("GET", "/", nil)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
		if w.Body.String() != "<script src=a></script>" || w.Header().Get("Etag") != "x" || v.Nonce != "" {
			t.Errorf("%s: %q %v", claim, w.Body, w.Header())
		}
	}
}

func TestAPageThatBreaksOffLeavesNothingBehind(t *testing.T) {
	h := Handler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<p>half <scr")
		panic(http.ErrAbortHandler)
	}), Options{PageOf: func(*http.Request) *ruleset.Page { return &ruleset.Page{Nonces: true} }})
	defer func() {
		if recover() == nil {
			t.Error("the panic was swallowed")
		}
	}()
	r := httptest.NewRequest("GET", "/", nil)
	h.ServeHTTP(httptest.NewRecorder(), r.WithContext(visit.With(r.Context(), &visit.Visit{})))
}

func TestOffCostsNothing(t *testing.T) {
	page := &ruleset.Page{}
	h := Handler(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), Options{PageOf: func(*http.Request) *ruleset.Page { return page }})
	r := httptest.NewRequest("GET", "/", nil)
	r = r.WithContext(visit.With(r.Context(), &visit.Visit{}))
	if n := testing.AllocsPerRun(100, func() { h.ServeHTTP(nil, r) }); n != 0 {
		t.Errorf("%v allocations a request", n)
	}
}

func FuzzRewriterIsLossless(f *testing.F) {
	f.Add("<script src=a></script>", 3)
	f.Add("<!--<script>", 1)
	f.Fuzz(func(t *testing.T, page string, size int) {
		if size < 1 || page == "" {
			t.Skip()
		}
		got, nonce := rewritten(t, page, size, all)
		if back := strings.ReplaceAll(got, ` nonce="`+nonce+`"`, ""); back != page {
			t.Errorf("%q became %q", page, got)
		}
	})
}
