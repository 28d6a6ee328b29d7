package edge

import (
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"

	"github.com/cappertrophy/panwall/gateway/config"
)

// authorityUnderTest is a certificate authority in this process: Let's Encrypt's own test server, pebble.
type authorityUnderTest struct {
	server  *httptest.Server
	front   atomic.Pointer[http.Handler] // nil: the authority is down
	zone    *nameServer
	ca      *ca.CAImpl
	store   *db.MemoryStore
	eab     bool
	rejects string // per cent of good nonces that are rejected
	life    time.Duration
}

func newAuthority(t *testing.T) *authorityUnderTest {
	a := &authorityUnderTest{zone: newNameServer(t), rejects: "5", life: 144 * time.Hour, store: db.NewMemoryStore()}
	a.server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := a.front.Load(); h != nil {
			(*h).ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	a.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(a.server.Close)
	return a
}

// start brings the authority up; it checks hosts at the door's ports.
func (a *authorityUnderTest) start(t *testing.T, e *Edge) {
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	t.Setenv("PEBBLE_WFE_NONCEREJECT", a.rejects)
	quiet := log.New(io.Discard, "", 0)
	https, clear := e.Addrs()
	a.ca = ca.New(quiet, a.store, "", "ecdsa", 0, 1, map[string]ca.Profile{
		"default":    {ValidityPeriod: 90 * 24 * 3600},
		"shortlived": {ValidityPeriod: uint64(a.life / time.Second)},
	})
	checks := va.New(quiet, clear[0].(*net.TCPAddr).Port, https[0].(*net.TCPAddr).Port, false, a.zone.addr, a.store)
	front := wfe.New(quiet, a.store, checks, a.ca, nil, false, a.eab, 1, 1)
	h := front.Handler()
	a.front.Store(&h)
}

// config asks the authority for the hosts.
func (a *authorityUnderTest) config(t *testing.T, challenge string, hosts ...string) *config.Config {
	c := local(hosts...)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	write(t, roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.server.Certificate().Raw}))
	c.TLS = config.TLS{Email: "security@shop.test", ACME: config.ACME{
		Directory: a.server.URL + wfe.DirectoryPath, Challenges: []string{challenge}, Profile: "shortlived", Roots: roots,
	}}
	return c
}

func (a *authorityUnderTest) roots() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(a.ca.GetRootCert(0).PEM())
	return pool
}

// nameServer knows every name as 127.0.0.1, takes signed updates of zone test. and answers their TXT records.
type nameServer struct {
	addr    string
	updates atomic.Int64
	mu      sync.Mutex
	texts   map[string][]string
}

const zoneKey = "c2VjcmV0IG9mIHRoZSB6b25lIGluIHRoaXMgdGVzdA=="

func newNameServer(t *testing.T) *nameServer {
	n := &nameServer{texts: map[string][]string{}}
	packets, streams := samePort(t)
	n.addr = streams.Addr().String()
	for _, s := range []*dns.Server{{PacketConn: packets}, {Listener: streams}} {
		s.Handler, s.TsigSecret = n, map[string]string{"panwall.": zoneKey}
		s.MsgAcceptFunc = func(dns.Header) dns.MsgAcceptAction { return dns.MsgAccept }
		started := make(chan struct{})
		s.NotifyStartedFunc = func() { close(started) }
		go func() { _ = s.ActivateAndServe() }()
		<-started
		t.Cleanup(func() { _ = s.Shutdown() })
	}
	return n
}

// samePort binds one port for UDP and TCP.
func samePort(t *testing.T) (net.PacketConn, net.Listener) {
	t.Helper()
	for range 50 {
		streams, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		packets, err := net.ListenPacket("udp", streams.Addr().String())
		if err == nil {
			return packets, streams
		}
		_ = streams.Close()
	}
	t.Fatal("no port is free for both")
	return nil, nil
}

func (n *nameServer) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	m := new(dns.Msg).SetReply(q)
	m.Authoritative = true
	n.mu.Lock()
	defer n.mu.Unlock()
	if q.Opcode == dns.OpcodeUpdate {
		m.Rcode = n.update(w, q)
		if q.IsTsig() != nil {
			m.SetTsig("panwall.", dns.HmacSHA256, 300, time.Now().Unix())
		}
	} else {
		n.answer(m, q.Question[0])
	}
	_ = w.WriteMsg(m)
}

func (n *nameServer) update(w dns.ResponseWriter, q *dns.Msg) int {
	if q.IsTsig() == nil || w.TsigStatus() != nil || q.Question[0].Name != "test." {
		return dns.RcodeRefused
	}
	n.updates.Add(1)
	for _, rr := range q.Ns {
		txt := rr.(*dns.TXT)
		name := strings.ToLower(txt.Hdr.Name)
		if txt.Hdr.Class == dns.ClassNONE {
			delete(n.texts, name)
		} else {
			n.texts[name] = append(n.texts[name], txt.Txt...)
		}
	}
	return dns.RcodeSuccess
}

func (n *nameServer) answer(m *dns.Msg, q dns.Question) {
	header := dns.RR_Header{Name: q.Name, Rrtype: q.Qtype, Class: dns.ClassINET, Ttl: 1}
	switch q.Qtype {
	case dns.TypeA:
		m.Answer = append(m.Answer, &dns.A{Hdr: header, A: net.IPv4(127, 0, 0, 1)})
	case dns.TypeSOA:
		if q.Name == "test." {
			m.Answer = append(m.Answer, &dns.SOA{Hdr: header, Ns: "ns.test.", Mbox: "a.test.", Serial: 1, Minttl: 1})
		}
	case dns.TypeNS:
		m.Answer = append(m.Answer, &dns.NS{Hdr: header, Ns: "ns.test."})
	case dns.TypeTXT:
		for _, text := range n.texts[strings.ToLower(q.Name)] {
			m.Answer = append(m.Answer, &dns.TXT{Hdr: header, Txt: []string{text}})
		}
	}
}

// await gives the first event of a kind.
func await(t *testing.T, events <-chan Event, kind EventKind) Event {
	t.Helper()
	limit := time.After(100 * time.Second) // an order that failed is tried again after a minute
	var others []Event
	for {
		select {
		case e := <-events:
			if e.Kind == kind {
				return e
			}
			others = append(others, e)
		case <-limit:
			t.Fatalf("no %s came, but %v", kind, others)
		}
	}
}

func secretFile(t *testing.T, content string) config.Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.ParseSecret("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
