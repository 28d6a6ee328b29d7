package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/config"
	"github.com/cappertrophy/panwall/gateway/edge"
	"github.com/cappertrophy/panwall/gateway/inspect"
	"github.com/cappertrophy/panwall/gateway/limit"
	"github.com/cappertrophy/panwall/gateway/logbook"
	"github.com/cappertrophy/panwall/gateway/notify"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// Options are what a gateway is built from.
type Options struct {
	Config  *config.Config
	Reread  func() (*config.Config, error) // what a reload runs on; nil: Config again
	Log     io.Writer                      // the operator's log; every line passes a last scan
	Now     func() time.Time
	Getenv  func(string) string // where a service manager announces sockets; nil: nothing is inherited
	Version string
	Ready   func(Ready) // told once, when every listener accepts; may be nil
}

// Ready is where a gateway listens.
type Ready struct {
	HTTPS, HTTP []net.Addr
	Admin       string
	Root        []byte // PEM of the internal authority, nil with any other issuer
}

// ErrForced is Run's error when Force cut requests short.
var ErrForced = errors.New("forced down before every request was finished")

// Gateway is the whole house. Make it with New, Run it once.
type Gateway struct {
	options Options
	log     zerolog.Logger
	lines   *logbook.Writer
	access  zerolog.Logger // one line a request, whatever the level of log
	days    *logbook.Days  // where those lines go; nil: with the others

	accessLines *logbook.Writer // gives those lines their last scan; nil: with the others
	now         func() time.Time

	house   atomic.Pointer[house]
	rules   atomic.Pointer[ruleset.Set]
	since   atomic.Int64 // Unix nanoseconds at which the running rules were put in force
	reading sync.Mutex   // one reload at a time
	failed  atomic.Pointer[reloadFailure]

	store         *ruleset.Store
	atStart       *audit.Control // what openRules has to record once there is a log
	audit         *audit.Log
	edge          *edge.Edge
	admin         *admin.Admin // nil when no private listener is configured
	inspector     *inspect.Inspector
	limits        *limit.Station
	notifications *notify.Station
	metrics       *metrics
	problems      problems
	untold        untold
	bell          atomic.Pointer[alert.Bell]
	hour          hour
	closing       sync.WaitGroup // of bells that a reload replaced
	selftest      *selftest
	forced        atomic.Bool
	succeeding    atomic.Bool // a successor was started
	temporary     string      // storage that ends with the gateway; empty when the operator named one
}

// New builds every room of the house, from the cellar up. On an error nothing is left open. Faults of files are a
// config.Faults or ruleset.Faults error that lists them all.
func New(o Options) (*Gateway, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	level, err := zerolog.ParseLevel(o.Config.Log.Level)
	if err != nil {
		return nil, fmt.Errorf("reading log.level: %w", err)
	}
	g := &Gateway{options: o, now: o.Now, untold: untold{wake: make(chan struct{}, 1)}}
	g.lines = logbook.NewWriter(o.Log)
	g.log = logbook.New(g.lines, level, o.Now)
	g.metrics = newMetrics(g)
	g.selftest = newSelftest()
	for _, build := range []func(*config.Config) error{
		g.openBell, g.openStorage, g.openAccess, g.openHouse, g.openRules, g.relieve, g.openAudit, g.recordStart,
		g.openStations, g.openEdge, g.openAdmin,
	} {
		if err := build(o.Config); err != nil {
			return nil, errors.Join(err, g.close())
		}
	}
	return g, nil
}

func (g *Gateway) openHouse(c *config.Config) error {
	h, err := g.newHouse(c)
	if err != nil {
		return err
	}
	g.house.Store(h)
	return nil
}

func (g *Gateway) openStations(c *config.Config) (err error) {
	g.inspector = inspect.New(inspect.Options{
		BodyBytes:   int64(c.Inspect.Body),
		MemoryBytes: int64(c.Inspect.Memory),
		Record:      g.record,
		LogDown:     g.audit.Down,
		Count:       g.countPossible,
		Looked:      g.looked,
		Panicked:    g.inspectPanicked,
		Now:         g.now,
	})
	g.notifications = notify.New(notify.Options{
		Now:   g.now,
		Noted: func(row, outcome string) { g.metrics.notified.WithLabelValues(row, outcome).Inc() },
	})
	g.limits, err = limit.New(limit.Options{
		Redis:   c.Redis,
		Now:     g.now,
		Evicted: func(table string) { g.metrics.evicted.WithLabelValues(table).Inc() },
		StoreFailed: func(err error) {
			g.log.Warn().Err(err).Msg("the shared store cannot be asked")
			g.fail(problemStore, err)
		},
		StoreRestored: func() { g.restore(problemStore) },
		Limited:       func(row string) { g.metrics.limited.WithLabelValues(row).Inc() },
	})
	return err
}

func (g *Gateway) openEdge(c *config.Config) (err error) {
	g.edge, err = edge.New(edge.Options{
		Config:       c,
		Handler:      g.chain(),
		Logger:       g.log,
		Storage:      c.Storage.Dir,
		Clock:        g.now,
		OnEvent:      g.doorEvent,
		Notification: g.isNotification,
		Getenv:       g.options.Getenv,
	})
	return err
}

// openAdmin binds the private listener last, so that its answers are about a whole house.
func (g *Gateway) openAdmin(c *config.Config) (err error) {
	if c.Listen.Admin == "" {
		return nil
	}
	g.admin, err = admin.Listen(admin.Options{
		Address:   c.Listen.Admin,
		Status:    g.status,
		Problems:  g.allProblems,
		Metrics:   g.metrics.registry,
		Mutations: g.mutations(),
		Logger:    g.log,
	})
	return err
}

// Run binds the listeners, serves until ctx is done and then drains: it returns nil when every request in flight was
// finished, ErrForced when Force ended it sooner.
func (g *Gateway) Run(ctx context.Context) error {
	defer func() {
		if err := g.close(); err != nil {
			g.log.Error().Err(err).Msg("closing the house")
		}
	}()
	if err := g.edge.Listen(); err != nil {
		return fmt.Errorf("opening the door: %w", err)
	}
	var background sync.WaitGroup
	inside, stop := context.WithCancel(context.WithoutCancel(ctx)) // the rooms outlive the door by the drain
	defer background.Wait()
	defer stop()
	g.serveAdmin(inside, &background)
	g.tend(inside, &background)
	g.watch(inside, &background)
	background.Go(func() { g.tellOfControls(inside) })
	g.announce()
	defer context.AfterFunc(ctx, func() { g.log.Info().Msg("draining") })()
	err := g.edge.Serve(ctx)
	if g.forced.Load() {
		return ErrForced
	}
	return err
}

// Force ends a drain at once: connections are cut, Run returns ErrForced.
func (g *Gateway) Force() {
	g.forced.Store(true)
	g.edge.Force()
}

func (g *Gateway) serveAdmin(ctx context.Context, background *sync.WaitGroup) {
	if g.admin == nil {
		return
	}
	background.Go(func() {
		if err := g.admin.Serve(ctx); err != nil {
			g.fail("admin", err)
		}
	})
}

// announce writes the ready line: every listener accepts.
func (g *Gateway) announce() {
	https, http := g.edge.Addrs()
	ready := Ready{HTTPS: https, HTTP: http, Root: g.edge.Root()}
	if g.admin != nil {
		ready.Admin = g.admin.Addr()
	}
	rules := g.rules.Load()
	line := g.log.Info().Str("https", join(https)).Str("http", join(http)).Str("admin", ready.Admin).
		Str("rules", rules.Hash()).Str("mode", rules.Mode(g.now())).Str("version", g.options.Version)
	line.Msg("ready")
	if g.options.Ready != nil {
		g.options.Ready(ready)
	}
}

func join(addrs []net.Addr) string {
	joined := ""
	for i, a := range addrs {
		if i > 0 {
			joined += ","
		}
		joined += a.String()
	}
	return joined
}

// close lets go of what New opened, the audit log last: it is the witness of everything before.
func (g *Gateway) close() (err error) {
	if g.admin != nil {
		err = errors.Join(err, ignoreClosed(g.admin.Close()))
	}
	if g.limits != nil {
		err = errors.Join(err, g.limits.Close())
	}
	if h := g.house.Load(); h != nil {
		h.close()
	}
	if g.audit != nil {
		err = errors.Join(err, g.closeAudit())
	}
	if g.days != nil {
		err = errors.Join(err, g.days.Close())
	}
	closeBell(g.bell.Load())
	g.closing.Wait()
	if g.temporary != "" {
		err = errors.Join(err, os.RemoveAll(g.temporary))
	}
	return err
}

// getenv reads the environment of the process that made the gateway, which may have none.
func (g *Gateway) getenv(name string) string {
	if g.options.Getenv == nil {
		return ""
	}
	return g.options.Getenv(name)
}

func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Issue signs a certificate for a private name with the internal authority, for a server that stands beside the
// gateway. With another issuer it is an error.
func (g *Gateway) Issue(name string) (*tls.Certificate, error) { return g.edge.Issue(name) }
