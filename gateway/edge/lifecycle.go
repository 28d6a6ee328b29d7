package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
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
	e.tend(e.state.Load())
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
		err = fmt.Errorf("accepting connections: %w", err)
	}
	e.drain(func() {
		for range running {
			<-ended
		}
	})
	return err
}

func (e *Edge) serve(l *listener) (err error) {
	defer e.recoverTo(&err)
	if l.secure {
		return e.https.ServeTLS(l, "", "")
	}
	return e.http.Serve(l)
}

// drain ends both servers side by side. It waits for the accepting loops before it looks who is still inside: a
// connection that was accepted in the last moment counts too, as do hijacked ones, which net/http forgets.
func (e *Edge) drain(accepting func()) {
	ctx, cancel := context.WithTimeout(e.life, e.door.current().drain)
	defer cancel()
	done := make(chan struct{}, 2)
	for _, s := range []*http.Server{e.https, e.http} {
		go func() {
			defer func() { done <- struct{}{} }()
			defer e.recoverTo(nil)
			_ = s.Shutdown(ctx)
		}()
	}
	<-done
	<-done
	accepting()
	e.emptied(ctx)
	e.Force()
}

// emptied waits until nobody is inside.
func (e *Edge) emptied(ctx context.Context) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for len(e.door.inside()) > 0 {
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
