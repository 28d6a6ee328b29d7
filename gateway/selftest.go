package gateway

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// selftest marks the gateway's own requests with a token that never leaves this process but over its own listener, so
// that no visitor can pass one off as a test.
type selftest struct{ token string }

const selftestHeader = "Panwall-Selftest"

func newSelftest() *selftest { return &selftest{token: rand.Text()} }

// recognise reports whether a request is ours, and takes the mark off every request: the shop never sees one.
func (s *selftest) recognise(h http.Header) bool {
	mark := h.Get(selftestHeader)
	delete(h, selftestHeader)
	return subtle.ConstantTimeCompare([]byte(mark), []byte(s.token)) == 1
}

// testCard is Visa's published test number.
const testCard = "4111111111111111"

var errNotRefused = errors.New("a test card was not refused")

// testItself sends a test card through the public listener, as a visitor would, and records whether it was refused
// (PCI DSS 10.7.2: the failure of a control is detected). A failure is a problem until a test passes.
func (g *Gateway) testItself(ctx context.Context) {
	const name = "selftest"
	err := g.sendTestCard(ctx)
	note := audit.Control{Type: record.SelftestOK, Control: &record.Control{Name: name}, Test: true}
	if err != nil {
		g.fail(name, err)
		note.Type, note.Outcome, note.Control.Cause = record.SelftestFailed, record.Failure, err.Error()
	} else {
		g.restore(name)
	}
	g.note(ctx, note)
}

func (g *Gateway) sendTestCard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	host := g.someHost()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+host+"/", strings.NewReader("selftest="+testCard))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set(selftestHeader, g.selftest.token)
	answer, err := g.ownDoor(host).RoundTrip(r)
	if err != nil {
		return fmt.Errorf("asking our own listener: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusUnprocessableEntity {
		return fmt.Errorf("%w: answered %d", errNotRefused, answer.StatusCode)
	}
	return nil
}

// ownDoor connects to our own listener. Its certificate is looked after elsewhere: a test of the inspection must not
// fail because an authority is slow.
func (g *Gateway) ownDoor(host string) http.RoundTripper {
	return &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS12},
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			https, _ := g.edge.Addrs()
			if len(https) == 0 {
				return nil, errors.New("nothing listens")
			}
			return (&net.Dialer{}).DialContext(ctx, network, reachable(https[0].String()))
		},
	}
}

// reachable is an address under which this machine reaches its own listener.
func reachable(address string) string {
	at, err := netip.ParseAddrPort(address)
	switch {
	case err != nil || !at.Addr().IsUnspecified():
		return address
	case at.Addr().Is4():
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), at.Port()).String()
	default:
		return netip.AddrPortFrom(netip.IPv6Loopback(), at.Port()).String()
	}
}

// someHost is a host that is served.
func (g *Gateway) someHost() string {
	for _, site := range g.house.Load().config.Sites {
		if len(site.Hosts) > 0 {
			return site.Hosts[0]
		}
	}
	return "localhost"
}
