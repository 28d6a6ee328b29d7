package limit

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/ulule/limiter/v3"
	store "github.com/ulule/limiter/v3/drivers/store/redis"
)

// Why the shared store gave no count.
var (
	errNone = errors.New("no shared store")
	errAway = errors.New("the shared store is away")
)

// The patience with a store that every counted request asks.
const (
	dialPatience = 200 * time.Millisecond
	askPatience  = 100 * time.Millisecond
	firstPause   = time.Second
	longestPause = 30 * time.Second
)

// shared is the store of all replicas: Redis, asked lazily behind a breaker. It is not trusted with more than counts:
// keys are sealed, and a wrong count can limit or lift a limit, never the inspection. The nil shared has no store.
type shared struct {
	client *redis.Client
	seal   []byte
	now    func() time.Time
	failed func(error)
	back   func()

	mu    sync.Mutex
	store limiter.Store // nil until the scripts are loaded
	pause time.Duration // how long the breaker opens at the next failure
	until time.Time     // open until then
	probe bool          // somebody is trying whether it is back
}

func newShared(o Options) (*shared, error) {
	if o.Redis.URL == "" {
		return nil, nil
	}
	options, err := redis.ParseURL(o.Redis.URL)
	if err != nil {
		return nil, errors.New("redis.url is no redis://host:port/number") // the error would quote a password in it
	}
	var password []byte
	if !o.Redis.Password.IsZero() {
		if password, err = o.Redis.Password.Read(); err != nil {
			return nil, fmt.Errorf("reading redis.password: %w", err)
		}
		options.Password = string(password)
	}
	options.DialTimeout, options.ReadTimeout, options.WriteTimeout = dialPatience, askPatience, askPatience
	options.MaxRetries, options.DialerRetries = -1, 1 // five dials, 100 ms apart, would be paid by a visitor
	options.ContextTimeoutEnabled, options.DisableIdentity = true, true
	options.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	s := &shared{client: redis.NewClient(options), seal: password, now: o.Now, failed: o.StoreFailed, back: o.StoreRestored, pause: firstPause}
	redis.SetLogger(quiet{}) // it prints to stderr; what fails comes back as an error all the same
	return s, nil
}

type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func (s *shared) close() error {
	if s == nil {
		return nil
	}
	return s.client.Close()
}

// get counts one under key. It never panics and never waits longer than the patience above.
func (s *shared) get(ctx context.Context, key string, bound limiter.Rate) (limiter.Context, error) {
	if s == nil {
		return limiter.Context{}, errNone
	}
	counts, err := s.enter(ctx)
	if err != nil {
		return limiter.Context{}, err
	}
	count, err := counts.Get(ctx, s.sealed(key), bound)
	s.settle(ctx, err)
	return count, err
}

// enter lets a caller through the breaker; after a pause one goes first and the others wait for what it finds.
func (s *shared) enter(ctx context.Context) (limiter.Store, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.store != nil && s.until.IsZero():
		return s.store, nil
	case s.probe || s.now().Before(s.until):
		return nil, errAway
	}
	s.probe = true
	if s.store != nil {
		return s.store, nil
	}
	s.mu.Unlock()
	made, err := store.NewStoreWithOptions(s.client, limiter.StoreOptions{Prefix: "panwall:quota"}) // loads its scripts at once
	s.mu.Lock()
	if err != nil {
		s.open(err)
		return nil, errAway
	}
	s.store = made
	return made, nil
}

// settle closes the breaker after an answer and opens it after a failure. A client that left early says nothing about
// the store.
func (s *shared) settle(ctx context.Context, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err == nil:
		if !s.until.IsZero() && s.back != nil {
			s.back()
		}
		s.probe, s.until, s.pause = false, time.Time{}, firstPause
	case ctx.Err() != nil:
		s.probe = false
	default:
		s.open(err)
	}
}

// open keeps everybody away for a while, each time longer. The lock is held.
func (s *shared) open(err error) {
	s.probe, s.until = false, s.now().Add(s.pause)
	s.pause = min(2*s.pause, longestPause)
	if s.failed != nil {
		s.failed(fmt.Errorf("counting in redis: %w", err))
	}
}

// sealed hides clients' addresses from whoever reads the store: they are few enough to be guessed from a plain hash,
// so the password is part of it.
func (s *shared) sealed(key string) string {
	mac := hmac.New(sha256.New, s.seal)
	mac.Write([]byte(key))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:18])
}
