// Package admin is the private listener: health, readiness, metrics and status for whoever may reach it, and
// mutations for those who can open its Unix socket.
package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/logbook"
)

// Mutation changes the running gateway. The request is JSON of at most 1 MiB; what it returns is the JSON answer.
// Who is the user at the other end of the socket, as the kernel says.
type Mutation func(ctx context.Context, who string, request json.RawMessage) (any, error)

// Options say what the listener shows and does. The zero Options show nothing.
type Options struct {
	// Address is unix:/path or a loopback host:port. Mutations are served on the socket alone.
	Address string
	// Status is what /status shows, marshalled as JSON.
	Status func() any
	// Problems are why the gateway is degraded or not ready; empty means well.
	Problems func() []Problem
	// Metrics are shown in the Prometheus format.
	Metrics prometheus.Gatherer
	// Mutations by path, each for POST.
	Mutations map[string]Mutation
	Logger    zerolog.Logger
}

// Problem is one thing that is not as it should be.
type Problem struct {
	Name   string `json:"name"`
	Detail string `json:"detail"`
	// Since is when it began; zero when that is not known.
	Since time.Time `json:"since,omitzero"`
	// Fatal problems make the gateway not ready; the others degraded.
	Fatal bool `json:"fatal"`
}

// Admin is the private listener.
type Admin struct {
	options  Options
	listener net.Listener
	server   *http.Server
	socket   string // path of the Unix socket; empty on TCP
}

// Listen binds the address. A TCP address that is not loopback is refused: it would need TLS and users.
func Listen(o Options) (*Admin, error) {
	a := &Admin{options: o}
	if path, ok := strings.CutPrefix(o.Address, "unix:"); ok {
		a.socket = path
	}
	listener, err := a.bind()
	if err != nil {
		return nil, fmt.Errorf("opening the admin listener %s: %w", o.Address, err)
	}
	a.listener = listener
	a.server = &http.Server{
		Handler:           a.handler(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          logbook.Std(o.Logger, zerolog.WarnLevel, "admin"),
		ConnContext:       withPeer,
	}
	return a, nil
}

func (a *Admin) bind() (net.Listener, error) {
	if a.socket == "" {
		host, _, err := net.SplitHostPort(a.options.Address)
		if err != nil {
			return nil, err
		}
		if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
			return nil, errors.New("only a loopback address may serve it in clear")
		}
		return net.Listen("tcp", a.options.Address)
	}
	if err := removeStale(a.socket); err != nil {
		return nil, err
	}
	listener, err := net.Listen("unix", a.socket)
	if err != nil {
		return nil, err
	}
	return listener, os.Chmod(a.socket, 0o660) // group panwall may apply rules; nobody else may even look
}

// removeStale takes away a socket that nobody listens on any more; one that answers belongs to another gateway.
func removeStale(path string) error {
	conn, err := net.DialTimeout("unix", path, time.Second)
	if err == nil {
		conn.Close()
		return errors.New("another process listens there")
	}
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// Addr is where it listens.
func (a *Admin) Addr() string {
	if a.socket != "" {
		return "unix:" + a.socket
	}
	return a.listener.Addr().String()
}

// Serve answers until ctx is done.
func (a *Admin) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		_ = a.server.Shutdown(bounded)
		_ = a.server.Close()
	})
	defer stop()
	if err := a.server.Serve(a.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving the admin listener: %w", err)
	}
	return nil
}

// Close lets go of the listener without having served.
func (a *Admin) Close() error { return a.listener.Close() }

func (a *Admin) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", a.ready)
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, a.options.Status()) })
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.options.Metrics, promhttp.HandlerOpts{}))
	if a.socket != "" {
		for path, mutation := range a.options.Mutations {
			mux.Handle("POST "+path, mutate(mutation))
		}
	}
	return a.knownHost(mux)
}

// knownHost refuses a request whose Host is not ours: a web page that resolves its own name to 127.0.0.1 (DNS
// rebinding) would otherwise read /status from an operator's browser.
func (a *Admin) knownHost(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
		if loopback := err == nil && ip.IsLoopback(); !loopback && host != "localhost" && host != "panwall" {
			http.Error(w, "the admin listener answers to localhost alone", http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// ready answers 200 with "ok" or "degraded", 503 when a problem is fatal.
func (a *Admin) ready(w http.ResponseWriter, _ *http.Request) {
	problems := a.options.Problems()
	status, word := http.StatusOK, "ok"
	for _, p := range problems {
		word = "degraded"
		if p.Fatal {
			status = http.StatusServiceUnavailable
		}
	}
	if status != http.StatusOK {
		word = "not ready"
	}
	writeJSON(w, status, struct {
		Status   string    `json:"status"`
		Problems []Problem `json:"problems,omitempty"`
	}{word, problems})
}

func mutate(m Mutation) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
		if err != nil {
			writeJSON(w, http.StatusRequestEntityTooLarge, failure{err.Error()})
			return
		}
		answer, err := m(r.Context(), peerOf(r.Context()), body)
		if err != nil {
			writeJSON(w, http.StatusUnprocessableEntity, failure{err.Error()})
			return
		}
		writeJSON(w, http.StatusOK, answer)
	})
}

type failure struct {
	Error string `json:"error"`
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
