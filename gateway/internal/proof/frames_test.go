package proof

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/cappertrophy/panwall/gateway/internal/proof/gate"
	"github.com/cappertrophy/panwall/gateway/internal/proof/shops"
)

// stream is one HTTP/2 request written by hand: its fields as they are, its body, its trailers.
type stream struct {
	fields, trailers []string // "name=value"; a name may begin with a colon
	body             string
}

var usual = []string{":method=POST", ":scheme=https", ":path=/first-MARK", ":authority=localhost"}

func with(fields ...string) []string { return append(slices.Clone(usual), fields...) }

// instead is the usual fields with one of them changed.
func instead(field string) []string {
	name := field[:strings.IndexByte(field[1:], '=')+1]
	var all []string
	for _, f := range usual {
		if strings.HasPrefix(f, name+"=") {
			f = field
		}
		all = append(all, f)
	}
	return all
}

const injected = "\r\n\r\nGET /smuggled-MARK HTTP/1.1\r\nHost: localhost\r\n\r\n"

// frames are HTTP/2 requests that become several when somebody writes them as HTTP/1.1 without looking.
var frames = map[string]stream{
	"a plain request":                      {fields: with(), body: "hello"},
	"a line end in the path":               {fields: instead(":path=/first-MARK HTTP/1.1" + injected)},
	"a space in the path":                  {fields: instead(":path=/first-MARK HTTP/1.1 x")},
	"a bare LF in the path":                {fields: instead(":path=/first-MARK\nX: y")},
	"a path above ASCII":                   {fields: instead(":path=/first-MARK\u010d\u010a")},
	"a fragment in the path":               {fields: instead(":path=/first-MARK#x")},
	"an absolute path":                     {fields: instead(":path=http://other/first-MARK")},
	"an empty path":                        {fields: instead(":path=")},
	"a line end in the method":             {fields: instead(":method=GET /smuggled-MARK HTTP/1.1\r\nHost: localhost\r\n\r\nPOST")},
	"a space in the method":                {fields: instead(":method=GET /smuggled-MARK HTTP/1.1")},
	"a line end in the authority":          {fields: instead(":authority=localhost" + injected)},
	"a line end in the scheme":             {fields: instead(":scheme=https" + injected)},
	"another scheme":                       {fields: instead(":scheme=ftp")},
	"a line end in a value":                {fields: with("x-a=b" + injected)},
	"a bare CR in a value":                 {fields: with("x-a=b\rTransfer-Encoding: chunked")},
	"NUL in a value":                       {fields: with("x-a=b\x00c")},
	"a line end in a name":                 {fields: with("x-a: b\r\ntransfer-encoding=chunked")},
	"a colon in a name":                    {fields: with("x-a:b=c")},
	"a space in a name":                    {fields: with("transfer-encoding =chunked")},
	"an upper-case name":                   {fields: with("Transfer-Encoding=chunked")},
	"an empty name":                        {fields: with("=chunked")},
	"a line end in a cookie":               {fields: with("cookie=a=b" + injected)},
	"a transfer encoding":                  {fields: with("transfer-encoding=chunked"), body: empty + smuggled},
	"a connection field":                   {fields: with("connection=keep-alive")},
	"an upgrade":                           {fields: with("upgrade=h2c", "http2-settings=AAMAAABk")},
	"a TE of gzip":                         {fields: with("te=gzip")},
	"a length too short":                   {fields: with("content-length=1"), body: "hello" + smuggled},
	"a length too long":                    {fields: with("content-length=5000"), body: "hello"},
	"a length of nothing":                  {fields: with("content-length=0"), body: smuggled},
	"two lengths":                          {fields: with("content-length=5", "content-length=6"), body: "hello"},
	"a signed length":                      {fields: with("content-length=+5"), body: "hello"},
	"two paths":                            {fields: with(":path=/smuggled-MARK")},
	"two methods":                          {fields: append([]string{":method=GET"}, usual...)},
	"a pseudo-field behind a field":        {fields: []string{":method=POST", ":scheme=https", "x-a=b", ":path=/first-MARK", ":authority=localhost"}},
	"an unknown pseudo-field":              {fields: append([]string{":smuggled=1"}, usual...)},
	"no path":                              {fields: []string{":method=POST", ":scheme=https", ":authority=localhost"}},
	"no method":                            {fields: []string{":path=/first-MARK", ":scheme=https", ":authority=localhost"}},
	"no authority":                         {fields: []string{":method=POST", ":path=/first-MARK", ":scheme=https"}},
	"a host that is another":               {fields: with("host=other.example")},
	"a host that is the same":              {fields: with("host=localhost")},
	"two hosts":                            {fields: with("host=localhost", "host=other.example")},
	"CONNECT":                              {fields: []string{":method=CONNECT", ":authority=localhost:80"}, body: smuggled},
	"extended CONNECT":                     {fields: []string{":method=CONNECT", ":protocol=websocket", ":scheme=https", ":path=/ws/first-MARK", ":authority=localhost", "sec-websocket-version=13"}, body: smuggled},
	"a trailer that frames":                {fields: with("trailer=content-length"), body: "hello", trailers: []string{"content-length=50", "transfer-encoding=chunked"}},
	"a trailer that is a pseudo-field":     {fields: with(), body: "hello", trailers: []string{":path=/smuggled-MARK"}},
	"a trailer with a line end":            {fields: with("trailer=x-a"), body: "hello", trailers: []string{"x-a=b" + injected}},
	"a body that is a request":             {fields: with(), body: smuggled},
	"a GET with a body that is a request":  {fields: instead(":method=GET"), body: smuggled},
	"a HEAD with a body that is a request": {fields: instead(":method=OPTIONS"), body: smuggled},
}

// TestDesyncOfFrames sends HTTP/2 frames that no honest client writes.
func TestDesyncOfFrames(t *testing.T) {
	binary := gate.Build(t)
	for _, seer := range shops.Seers(t) {
		g := gate.Start(t, binary, seer.URL)
		t.Run(seer.Name, func(t *testing.T) {
			for claim, s := range frames {
				mark := "~" + strings.ReplaceAll(claim, " ", "-") + "~"
				var answered []string
				said, reset := s.send(t, g, mark)
				if said != "" {
					answered = append(answered, said)
				}
				answered = append(answered, visit(g, mark))
				slices.Sort(answered)
				seen := settled(seer, mark, answered)
				if whole := "POST /first-" + mark; reset && slices.Contains(seen, whole) {
					answered = append(answered, whole) // its sender then broke the rules and got no answer
					slices.Sort(answered)
				}
				if !slices.Equal(seen, answered) {
					t.Errorf("%s: the client was answered %q, the shop saw %q", claim, answered, seen)
				}
			}
			t.Logf("%d attacks", len(frames))
		})
	}
}

// send writes the stream on a connection of its own and gives what the answer says the shop saw, if there is one, and
// whether the stream or the connection was reset.
func (s stream) send(t *testing.T, g *gate.Gate, mark string) (said string, reset bool) {
	t.Helper()
	conn, err := g.Dial("h2")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(within))
	var out bytes.Buffer
	out.WriteString(http2.ClientPreface)
	framer := http2.NewFramer(&out, conn)
	framer.AllowIllegalWrites = true
	_ = framer.WriteSettings()
	encoded := func(fields []string) []byte { return encode(fields, mark) }
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: encoded(s.fields), EndHeaders: true, EndStream: s.body == "" && s.trailers == nil})
	if s.body != "" {
		_ = framer.WriteData(1, s.trailers == nil, []byte(strings.ReplaceAll(s.body, "MARK", mark)))
	}
	if s.trailers != nil {
		_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: 1, BlockFragment: encoded(s.trailers), EndHeaders: true, EndStream: true})
	}
	if _, err := conn.Write(out.Bytes()); err != nil {
		return "", true
	}
	said, reset = answer(framer)
	if !strings.HasPrefix(said, "SEEN ") {
		return "", reset
	}
	return strings.TrimSpace(strings.TrimPrefix(said, "SEEN ")), reset
}

func encode(fields []string, mark string) []byte {
	var block bytes.Buffer
	e := hpack.NewEncoder(&block)
	for _, f := range fields {
		at := strings.IndexByte(f[1:], '=') + 1
		if f[0] == '=' {
			at = 0
		}
		_ = e.WriteField(hpack.HeaderField{Name: strings.ReplaceAll(f[:at], "MARK", mark), Value: strings.ReplaceAll(f[at+1:], "MARK", mark)})
	}
	return block.Bytes()
}

// answer reads frames until the stream or the connection ends.
func answer(framer *http2.Framer) (body string, reset bool) {
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return body, false
		}
		switch f := frame.(type) {
		case *http2.DataFrame:
			if body += string(f.Data()); f.StreamEnded() {
				return body, false
			}
		case *http2.HeadersFrame:
			if f.StreamEnded() {
				return body, false
			}
		case *http2.RSTStreamFrame, *http2.GoAwayFrame:
			return "", true
		}
	}
}
