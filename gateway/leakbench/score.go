package leakbench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Target is the proxy to be scored.
type Target struct {
	URL  *url.URL    // http or https; only scheme, host and port count
	Host string      // Host header and server name; empty: the URL's
	TLS  *tls.Config // for https; nil trusts the system's roots
}

// Outcome is what became of one case.
type Outcome struct {
	Case   Case
	Status int  // of the proxy's answer; 0: the connection ended without one
	Wrong  bool // a number reached the shop, or a clean request did not
}

// Score counts outcomes by set.
type Score map[Set]*Count

// Count is how many cases went wrong, of how many.
type Count struct{ Wrong, Of int }

// ErrElsewhere says that the target does not lead to the bench's shop, or refuses what any shop's visitor sends.
var ErrElsewhere = errors.New("a plain request did not arrive at the bench's shop")

// Run sends every case and tells the outcome of each. An error means that the score is none: the proxy could not be
// reached, or does not lead to shop.
func Run(ctx context.Context, t Target, shop *Shop, tell func(Outcome)) (Score, error) {
	cases, err := Cases()
	if err != nil {
		return nil, err
	}
	if err := t.probe(ctx, shop); err != nil {
		return nil, err
	}
	score := Score{}
	for _, c := range cases {
		o, err := t.try(ctx, shop, c)
		if err != nil {
			return nil, err
		}
		n := score[c.Set()]
		if n == nil {
			n = new(Count)
			score[c.Set()] = n
		}
		if n.Of++; o.Wrong {
			n.Wrong++
		}
		tell(o)
	}
	return score, nil
}

const probeTarget = "/panwall-bench"

func (t Target) probe(ctx context.Context, shop *Shop) error {
	c := Case{method: http.MethodGet, target: probeTarget, headers: [][2]string{{"User-Agent", "Mozilla/5.0"}, {"Accept", "*/*"}}}
	status, err := t.send(ctx, c)
	if err != nil {
		return err
	}
	if !bytes.Contains(shop.take(), []byte("GET "+probeTarget)) {
		return fmt.Errorf("%w (answered %d)", ErrElsewhere, status)
	}
	return nil
}

func (t Target) try(ctx context.Context, shop *Shop, c Case) (Outcome, error) {
	shop.take()
	status, err := t.send(ctx, c)
	if err != nil {
		return Outcome{}, err
	}
	arrived := shop.take()
	o := Outcome{Case: c, Status: status}
	if c.Set() == Lookalikes {
		o.Wrong = status != http.StatusOK || !bytes.Contains(arrived, []byte(c.method+" "+c.target)) || !bytes.Contains(arrived, c.body)
	} else {
		o.Wrong = c.leaked(arrived)
	}
	return o, nil
}

// send gives the status of the answer, 0 if there is none; an error if the target cannot be reached.
func (t Target) send(ctx context.Context, c Case) (int, error) {
	conn, err := t.dial(ctx)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(patience))
	go func() { _, _ = conn.Write(c.request(t.host())) }()
	in := bufio.NewReader(conn)
	for {
		answer, err := http.ReadResponse(in, nil)
		if err != nil {
			return 0, nil
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode >= http.StatusOK {
			return answer.StatusCode, nil
		}
	}
}

func (t Target) host() string {
	if t.Host != "" {
		return t.Host
	}
	return t.URL.Hostname()
}

func (t Target) dial(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	port := t.URL.Port()
	secure := t.URL.Scheme == "https"
	if port == "" {
		port = map[bool]string{false: "80", true: "443"}[secure]
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", net.JoinHostPort(t.URL.Hostname(), port))
	if err != nil {
		return nil, fmt.Errorf("reaching the target: %w", err)
	}
	if !secure {
		return conn, nil
	}
	cfg := new(tls.Config)
	if t.TLS != nil {
		cfg = t.TLS.Clone()
	}
	cfg.ServerName, cfg.NextProtos = t.host(), []string{"http/1.1"}
	over := tls.Client(conn, cfg)
	if err := over.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, fmt.Errorf("reaching the target: %w", err)
	}
	return over, nil
}
