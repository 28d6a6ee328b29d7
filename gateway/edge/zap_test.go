package edge

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/zap"
)

func TestZapGoesThroughOurLog(t *testing.T) {
	var out strings.Builder
	log := zapTo(zerolog.New(&out).Level(zerolog.InfoLevel)).With(zap.String("identifier", "shop.test"))
	log.Debug("not shown")
	log.Info("obtained", zap.String("remote_addr", "192.0.2.7:4711"), zap.Int("attempt", 2))
	log.Error("failed", zap.Error(errors.New("the reason")))
	for _, want := range []string{`"level":"info"`, `"component":"certmagic"`, `"identifier":"shop.test"`, `"attempt":2`, "the reason"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in\n%s", want, out.String())
		}
	}
	for _, never := range []string{"not shown", "192.0.2.7"} {
		if strings.Contains(out.String(), never) {
			t.Errorf("%s is in\n%s", never, out.String())
		}
	}
}

// A library must not be able to end the process by logging.
func TestZapCannotEndTheProcess(t *testing.T) {
	var out strings.Builder
	log := zapTo(zerolog.New(&out))
	log.DPanic("development")
	var written sync.WaitGroup
	for _, end := range []func(string, ...zap.Field){log.Panic, log.Fatal} {
		written.Go(func() {
			end("the end")
			t.Error("what follows such an entry was run")
		})
		written.Wait()
	}
	if n := strings.Count(out.String(), `"level":"error"`); n != 3 {
		t.Errorf("logged as\n%s", out.String())
	}
}

func TestServerLinesCarryNoClient(t *testing.T) {
	var out strings.Builder
	lines := serverLines{zerolog.New(&out)}
	_, _ = lines.Write([]byte("http: TLS handshake error from 192.0.2.7:4711: EOF\n"))
	_, _ = lines.Write([]byte("http: superfluous response.WriteHeader call\n"))
	if strings.Contains(out.String(), "192.0.2.7") || !strings.Contains(out.String(), "superfluous") {
		t.Errorf("logged\n%s", out.String())
	}
}
