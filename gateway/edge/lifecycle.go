package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"
)

// Listen binds every address, or takes it over from systemd or a predecessor. On an error nothing stays bound.
func (e *Edge) Listen() error {
	c := e.options.Config.Listen
	inherited, err := inherit(e.options.Getenv)
	if err != nil {
		return fmt.Errorf("listening: %w", err)
	}
	defer inherited.closeRest()
	e.warnOfHoles(runtime.Version())
	for _, group := range []struct {
		addresses []string
		secure    bool
	}{{c.HTTPS, true}, {c.HTTP, false}} {
		for _, address := range group.addresses {
			if err := e.bind(inherited, address, group.secure); err != nil {
				e.close()
				return fmt.Errorf("listening on %s: %w", address, err)
			}
		}
	}
	return nil
}

func (e *Edge) bind(inherited *sockets, address string, secure bool) error {
	bound := inherited.take(address, secure)
	if bound == nil {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		bound = l.(*net.TCPListener)
	}
	outer, err := proxied(bound, e.options.Config.Listen)
	if err != nil {
		_ = bound.Close()
		return err
	}
	e.listening = append(e.listening, &listener{
		Listener: outer, bound: bound, name: address, secure: secure, door: e.door, troubled: e.troubled,
	})
	return nil
}

// Serve accepts connections until ctx is done, then drains: no new connection, every request in flight is finished,
// connections without one are closed, what still runs after the drain time-out is cut. It returns nil when the drain
// is over, and at once with an error when a listener fails.
func (e *Edge) Serve(ctx context.Context) error {
	defer e.retire()
	e.reload.Lock() // a reload may already be under way
	e.tend(e.state.Load())
	e.reload.Unlock()
	ended := make(chan error, len(e.listening))
	for _, l := range e.listening {
		go func() { ended <- e.serve(l) }()
	}
	running := len(e.listening)
	var err error
	select {
	case <-ctx.Done():
	case err = <-ended:
		running--
		if e.life.Err() == nil { // not forced
			err = fmt.Errorf("accepting connections: %w", err)
		} else {
			err = nil
		}
	}
	e.close()
	for range running {
		<-ended
	}
	e.drain()
	return err
}

func (e *Edge) serve(l *listener) (err error) {
	defer e.recoverTo(&err)
	if l.secure {
		return e.https.ServeTLS(l, "", "")
	}
	return e.http.Serve(l)
}

// fresh is how long a connection may be silent before its first request and still be waited for in a drain.
const fresh = 5 * time.Second

// drain begins when nothing is accepted any more. net/http's Shutdown closes a connection that is just sending its
// first request, after it has read it and without an answer, so those are waited for before; and it forgets hijacked
// connections, which are waited for after.
func (e *Edge) drain() {
	ctx, cancel := context.WithTimeout(e.life, e.door.current().drain)
	defer cancel()
	servers := []*http.Server{e.https, e.http}
	for _, s := range servers {
		s.SetKeepAlivesEnabled(false)
	}
	until(ctx, func() bool { return !e.door.expects(fresh) })
	var both sync.WaitGroup
	for _, s := range servers {
		both.Go(func() {
			defer e.recoverTo(nil)
			_ = s.Shutdown(ctx)
		})
	}
	both.Wait()
	until(ctx, func() bool { return len(e.door.inside()) == 0 })
	e.Force()
}

// until waits for a condition, at most until ctx is done.
func until(ctx context.Context, met func() bool) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for !met() {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Force cuts every connection, hijacked ones too, and ends the drain.
func (e *Edge) Force() {
	e.cancel()
	_ = e.https.Close()
	_ = e.http.Close()
	for _, c := range e.door.inside() {
		_ = c.Close()
	}
}

// retire ends the care for certificates and waits for it.
func (e *Edge) retire() {
	e.Close()
	e.care.Wait()
}

func (e *Edge) close() {
	for _, l := range e.listening {
		_ = l.Close()
	}
}

// tend starts the care for a state's certificates.
func (e *Edge) tend(s *state) {
	ctx, cancel := context.WithCancel(e.life)
	s.stop = cancel
	e.care.Add(1)
	go func() {
		defer e.care.Done()
		defer e.recoverTo(nil)
		s.source.tend(ctx)
	}()
}

// recoverTo ends a panic on a goroutine of the door: net/http catches only those of handlers.
func (e *Edge) recoverTo(err *error) {
	v := recover()
	if v == nil {
		return
	}
	e.log.Error().Str("fault", fmt.Sprintf("%T", v)).Msg("a goroutine of the door panicked")
	if err != nil {
		*err = errors.New("a goroutine of the door panicked")
	}
}
