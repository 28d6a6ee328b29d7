package inspect

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/sys/unix"

	"github.com/cappertrophy/panwall/gateway/internal/fuzzed"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// crumbs is what the search for bodies that cost more than in proportion to their length builds from.
var crumbs = []string{
	"4", "41", "4111", "411111111111", "4111111111111111", "1", "0", "A", "ab", "QUJD", "NDEx", "a", "ж", "\u00a0", "\u200b", "４", "٤",
	`"`, `'`, "`", `\`, `\\`, `\"`, `\n`, `\r\n`, `\u0034`, `\u00`, `\x34`, `\064`, `\34 `, `\0`, "%", "%25", "%34", "%0a", "%0A", "%3", "%u0034", "%D0%BA", "%2B", "+",
	"&", "&#52;", "&#x34;", "&#", "&amp;", "&nbsp;", "&#52", "=", "=34", "=\n", "==", ";", ",", ":", ".", "-", "_", "/", "|", "*", "~", "#", "@", "!", "$", "^", "(", ")",
	"{", "}", "[", "]", `{"a":`, `["a",`, `"a":"4",`, `{"a":1}`, "[4,", "a=", "a=1&", "a[]=4&", "&a=", "?a=4", "<", ">", "</", "<a>", "</a>", "<a>4</a>", "<a b=\"4\">", "<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE a [", "<!ENTITY a \"4\">", "&a;", "<?a ", "?>", "<b/>",
	"\n", "\r\n", "\t", " ", "  ", "\x00", "\x01", "\x04", "\x0a\x041111", "\x12\x10", "\x82", "\xa3", "\xd9", "\xff", "\xfe", "\xff\xfe", "\xef\xbb\xbf", "4\x00", "\x004", "\xd0", "\xe2\x80", "\xf4", "\xf9",
	"--XX\r\n", "--XX--\r\n", "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n", "Content-Type: ", "--", "\r\n\r\n", "data:;base64,", "eyJ", "H4sI", "\x1f\x8b\x08", "PK\x03\x04", "\xffz", "%PDF-", "\x78\x9c", "\x28\xb5\x2f\xfd",
	"a:1:{", `s:4:"`, `i:0;`, "O:1:", "card", "id", "yclid=", "номер ", "cvv=", "12/28", "E15", "e5", "0x", "+ADQ-", "=?utf-8?q?", "?=",
}

// bodyTypes is the types under which they are sent.
var bodyTypes = []string{
	"application/json", "application/x-www-form-urlencoded", "text/xml", "multipart/form-data; boundary=XX", "text/plain", "text/csv", "text/html", "application/graphql",
	"application/octet-stream", "application/x-protobuf", "application/msgpack", "application/cbor", "application/bson", "application/grpc-web-text", "text/plain; charset=windows-1251", "text/plain; charset=utf-16", "",
}

// cost is the processor's time for one request, whatever its verdict.
func cost(t *testing.T, i *Inspector, contentType, body string) time.Duration {
	r, v, ok := parsed(t, post(contentType, body), &visit.Visit{Rules: shipped(t)})
	if !ok {
		t.Fatal("not a request")
	}
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	began := processorTime()
	d, _ := i.Request(t.Context(), v, r)
	took := processorTime() - began
	d.Release()
	return took
}

func processorTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// TestNoBodyCostsMoreThanItsLength looks for bodies that take much longer than in proportion: PANWALL_SLOWEST=5m is how
// long it looks.
func TestNoBodyCostsMoreThanItsLength(t *testing.T) {
	until, seed := 2*time.Second, uint64(1) // the same bodies in every short run
	if search, err := time.ParseDuration(os.Getenv("PANWALL_SLOWEST")); err == nil {
		until, seed = search, uint64(time.Now().UnixNano())
	}
	i := New(Options{})
	r := rand.New(rand.NewPCG(seed, seed))
	var slowest time.Duration
	var what string
	for began := time.Now(); time.Since(began) < until; {
		var unit strings.Builder
		for range 1 + r.IntN(4) {
			unit.WriteString(crumbs[r.IntN(len(crumbs))])
		}
		head, contentType := crumbs[r.IntN(len(crumbs))], bodyTypes[r.IntN(len(bodyTypes))]
		body := func(size int) string { return head + strings.Repeat(unit.String(), size/unit.Len()) }
		const small, large = 64 << 10, 512 << 10
		one := cost(t, i, contentType, body(small))
		if one > slowest {
			slowest, what = one, fmt.Sprintf("%q and %q again and again as %s", head, unit.String(), contentType)
		}
		for try := 1; one > 5*time.Millisecond; try++ {
			eight := cost(t, i, contentType, body(large))
			if eight <= 24*one {
				break
			}
			if try == 3 {
				t.Errorf("%q and %q again and again as %s: %v for %d bytes, %v for %d", head, unit.String(), contentType, one, small, eight, large)
				break
			}
			one = max(one, cost(t, i, contentType, body(small)))
		}
	}
	t.Logf("the slowest 64 KiB took %v: %s", slowest, what)
}

// A text deep in elements of HTML that say nothing costs no more for them: 170 KB took seconds.
func TestDeepMarkupCostsLittle(t *testing.T) {
	body := strings.Repeat("<b>", 12000) + strings.Repeat("<b>4242</b>", 12000)
	if took := cost(t, New(Options{}), "text/html", body); took > 500*time.Millisecond {
		t.Errorf("took %v", took)
	}
}

// TestFoundBodies asks the same of what the fuzzers kept, each repeated, and that the memory comes back. With PANWALL_SLOWEST
// set those of this machine's cache too.
func TestFoundBodies(t *testing.T) {
	_, search := os.LookupEnv("PANWALL_SLOWEST")
	i := New(Options{})
	var slowest time.Duration
	var what string
	n := 0
	for _, target := range []string{"FuzzInspect", "FuzzRedact", "FuzzForm", "FuzzJSON", "FuzzMultipart", "FuzzXML", "FuzzCSV", "FuzzMsgpack", "FuzzCBOR", "FuzzBSON", "FuzzProtobuf", "FuzzURL", "FuzzViews"} {
		for _, in := range fuzzed.Inputs(t, "gateway/inspect", target, search) {
			contentType := walkerTypes[target]
			if len(in.Strings) > 0 {
				contentType = in.Strings[0]
			}
			unit := in.Bytes[0]
			if len(unit) == 0 || strings.ContainsFunc(contentType, unicode.IsControl) {
				continue
			}
			n++
			body := func(size int) string { return strings.Repeat(string(unit), 1+size/len(unit)) }
			one := cost(t, i, contentType, body(64<<10))
			if one > slowest {
				slowest, what = one, fmt.Sprintf("%.80q again and again as %q", unit, contentType)
			}
			if one > 5*time.Millisecond && cost(t, i, contentType, body(512<<10)) > 24*max(one, cost(t, i, contentType, body(64<<10))) {
				t.Errorf("%.80q again and again as %q grows faster than its length", unit, contentType)
			}
		}
	}
	if used := i.MemoryUsed(); used != 0 {
		t.Errorf("%d bytes are still charged", used)
	}
	t.Logf("%d inputs; the slowest 64 KiB took %v: %s", n, slowest, what)
}

// walkerTypes is the type under which the inputs of a walker's fuzzer are sent.
var walkerTypes = map[string]string{
	"FuzzForm": "application/x-www-form-urlencoded", "FuzzJSON": "application/json", "FuzzMultipart": "multipart/form-data; boundary=X", "FuzzXML": "text/xml",
	"FuzzCSV": "text/csv", "FuzzMsgpack": "application/msgpack", "FuzzCBOR": "application/cbor", "FuzzBSON": "application/bson", "FuzzProtobuf": "application/x-protobuf",
	"FuzzURL": "text/plain", "FuzzViews": "text/plain",
}
