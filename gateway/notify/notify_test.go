package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
	"github.com/cappertrophy/panwall/rules"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const rows = `version: 1
notifications:
  - {id: check, where: {paths: [/pay/check]}, provider: cloudpayments, type: check, secrets: ["env:OLD", "env:NEW"], on_bad_signature: refuse, replay: 24h}
  - {id: pay, where: {paths: [/pay/pay]}, provider: cloudpayments, type: pay, secrets: ["env:NEW"], on_bad_signature: refuse, replay: 24h}
  - {id: fail, where: {paths: [/pay/fail]}, provider: cloudpayments, type: fail, secrets: ["env:NEW"], on_bad_signature: limit}
`

var secrets = map[string]string{"env:OLD": "pass", "env:NEW": "fixture-secret-2026"}

// ruleSet is the shipped rules with other notifications.
func ruleSet(t testing.TB) *ruleset.Set {
	t.Helper()
	folder := fstest.MapFS{}
	for _, name := range ruleset.Names {
		text, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			t.Fatal(err)
		}
		folder[name] = &fstest.MapFile{Data: text}
	}
	folder["notifications.yaml"] = &fstest.MapFile{Data: []byte(rows)}
	set, err := ruleset.Load(folder, ruleset.Options{Now: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// post is a station with a shop that answers {"code":0}, and what they made of one request after another.
type post struct {
	t       testing.TB
	set     *ruleset.Set
	station http.Handler
	now     time.Time
	noted   []string
	shop    http.HandlerFunc
	bodies  []string
	visit   *visit.Visit
}

func newPost(t testing.TB) *post {
	p := &post{t: t, set: ruleSet(t), now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	p.shop = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"code":0}`) }
	p.station = New(Options{
		Now:    func() time.Time { return p.now },
		Noted:  func(row, outcome string) { p.noted = append(p.noted, row+" "+outcome) },
		Secret: func(ref string) ([]byte, error) { return []byte(secrets[ref]), nil },
	}).Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			p.bodies = append(p.bodies, "broken: "+err.Error())
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		p.bodies = append(p.bodies, string(b))
		p.shop(w, r)
	}))
	return p
}

func (p *post) send(method, target string, body io.Reader, signatures ...string) *httptest.ResponseRecorder {
	p.t.Helper()
	r := httptest.NewRequest(method, target, body)
	r.Header["Content-Hmac"] = signatures
	p.visit = &visit.Visit{ID: visit.NewID(), Rules: p.set, Site: &config.Site{}}
	p.visit.Request = ruleset.NewRequest(r, netip.MustParseAddr("198.51.100.1"))
	w := httptest.NewRecorder()
	p.station.ServeHTTP(w, r.WithContext(visit.With(r.Context(), p.visit)))
	return w
}

func sign(key, message string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(message))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// The vectors are public ones: the first from a client library's own test, the second from a shop's fixtures.
const (
	vector1 = "TransactionId=666&Amount=123.00&Currency=RUB&PaymentAmount=123.00&PaymentCurrency=RUB&InvoiceId=1234567&AccountId=user%40example.com&SubscriptionId=&Name=VLADIMIR+KOCHNEV&Email=user%40example.com&DateTime=2015-11-17+14%3a51%3a20&IpAddress=127.0.0.1&IpCountry=RU&IpCity=%d0%a1%d0%b0%d0%bd%d0%ba%d1%82-%d0%9f%d0%b5%d1%82%d0%b5%d1%80%d0%b1%d1%83%d1%80%d0%b3&IpRegion=%d0%a1%d0%b0%d0%bd%d0%ba%d1%82-%d0%9f%d0%b5%d1%82%d0%b5%d1%80%d0%b1%d1%83%d1%80%d0%b3&IpDistrict=%d0%a1%d0%b5%d0%b2%d0%b5%d1%80%d0%be-%d0%97%d0%b0%d0%bf%d0%b0%d0%b4%d0%bd%d1%8b%d0%b9+%d1%84%d0%b5%d0%b4%d0%b5%d1%80%d0%b0%d0%bb%d1%8c%d0%bd%d1%8b%d0%b9+%d0%be%d0%ba%d1%80%d1%83%d0%b3&IpLatitude=59.939000&IpLongitude=30.315800&CardFirstSix=411111&CardLastFour=1111&CardType=Visa&CardExpDate=01%2f19&Issuer=&IssuerBankCountry=&Description=%d0%9e%d0%bf%d0%bb%d0%b0%d1%82%d0%b0+%d0%b2+example.com&AuthCode=DEADBEEF&Token=1234567890&TestMode=1&Status=Completed"
	hmac1   = "tJW02TMAce4Em8eJTNqjhOax+BYRM5K2D8mX9xsmUUc="
	vector2 = "TransactionId=12345&Amount=7890.00&Currency=KZT&InvoiceId=cl3-attempt-001&AccountId=order-001&Name=%D0%90%D0%B9%D0%B4%D0%B0%D0%BD"
	hmac2   = "+rjISSRvuc7ezdUkFKVIrw45ExbSSJz+SxXjMoYWUEo="
)

func TestPublishedVectorsVerify(t *testing.T) {
	for _, vector := range [][2]string{{vector1, hmac1}, {vector2, hmac2}} {
		p := newPost(t)
		w := p.send("POST", "/pay/check", strings.NewReader(vector[0]), vector[1])
		if w.Code != 200 || !p.visit.Verified || len(p.bodies) != 1 || p.bodies[0] != vector[0] {
			t.Errorf("status %d, verified %v, noted %v", w.Code, p.visit.Verified, p.noted)
		}
	}
}

func TestWhatIsNotSignedIsNotVerified(t *testing.T) {
	for claim, tc := range map[string]struct {
		body       string
		signatures []string
	}{
		"no signature":                      {vector2, nil},
		"an empty one":                      {vector2, []string{""}},
		"two of them":                       {vector2, []string{hmac2, hmac2}},
		"somebody else's secret":            {vector2, []string{sign("guess", vector2)}},
		"the empty secret":                  {vector2, []string{sign("", vector2)}},
		"one byte more":                     {vector2 + "&", []string{hmac2}},
		"another escape for the same text":  {strings.Replace(vector2, "%D0", "%d0", 1), []string{hmac2}},
		"half a signature":                  {vector2, []string{hmac2[:20]}},
		"the URL alphabet":                  {vector2, []string{strings.NewReplacer("+", "-", "/", "_").Replace(hmac2)}},
		"a body larger than a notification": {vector2 + strings.Repeat("x", 64<<10), []string{sign(secrets["env:NEW"], vector2+strings.Repeat("x", 64<<10))}},
	} {
		p := newPost(t)
		if w := p.send("POST", "/pay/check", strings.NewReader(tc.body), tc.signatures...); w.Code != 401 || p.visit.Verified || len(p.bodies) != 0 {
			t.Errorf("refuse, %s: status %d, verified %v, the shop got %d", claim, w.Code, p.visit.Verified, len(p.bodies))
		}
		if w := p.send("POST", "/pay/fail", strings.NewReader(tc.body), tc.signatures...); w.Code != 200 || p.visit.Verified || len(p.bodies) != 1 || p.bodies[0] != tc.body {
			t.Errorf("limit, %s: status %d, verified %v, the shop got %d", claim, w.Code, p.visit.Verified, len(p.bodies))
		}
	}
}

func TestASecretThatCannotBeReadVerifiesNothing(t *testing.T) {
	station := New(Options{Secret: func(string) ([]byte, error) { return nil, errors.New("no such file") }})
	set := ruleSet(t)
	r := httptest.NewRequest("POST", "/pay/pay", strings.NewReader(vector2))
	r.Header["Content-Hmac"] = []string{hmac2}
	v := &visit.Visit{Rules: set, Request: ruleset.NewRequest(r, netip.Addr{}), Site: &config.Site{}}
	w := httptest.NewRecorder()
	station.Handler(http.NotFoundHandler()).ServeHTTP(w, r.WithContext(visit.With(r.Context(), v)))
	if w.Code != 401 || v.Verified {
		t.Errorf("status %d, verified %v", w.Code, v.Verified)
	}
}

func TestGETSignsItsQuery(t *testing.T) {
	p := newPost(t)
	query := "TransactionId=1&Name=a%20b&x=|"
	if w := p.send("GET", "/pay/pay?"+query, nil, sign("fixture-secret-2026", query)); w.Code != 200 || !p.visit.Verified {
		t.Errorf("status %d, verified %v", w.Code, p.visit.Verified)
	}
}

func TestABodyThatBreaksOffBreaksOffForTheNextStation(t *testing.T) {
	p := newPost(t)
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(io.ErrUnexpectedEOF))
	p.send("POST", "/pay/fail", broken, hmac2)
	if len(p.bodies) != 1 || p.bodies[0] != "broken: unexpected EOF" {
		t.Errorf("the shop got %q", p.bodies)
	}
}

func TestOtherRequestsPassUntouched(t *testing.T) {
	p := newPost(t)
	if w := p.send("POST", "/contact", strings.NewReader("hello"), hmac2); w.Code != 200 || p.visit.Verified || p.bodies[0] != "hello" || len(p.noted) != 0 {
		t.Errorf("status %d, noted %v", w.Code, p.noted)
	}
}
