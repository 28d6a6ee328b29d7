package edge

import (
	"net/http"
	"strings"
	"testing"
)

func TestHoledReleases(t *testing.T) {
	for release, want := range map[string]bool{
		"go1.26.8": true, "go1.26.8 X:jsonv2": true, "go1.25.4": true, "go1.26rc1": true,
		"go1.26.9": false, "go1.26.10": false, "go1.27.0": false, "devel +abc": false,
	} {
		if holed(release) != want {
			t.Errorf("%s: %v", release, !want)
		}
	}
}

func TestHolesAreToldOnlyWhereHTTP2IsOn(t *testing.T) {
	for on, want := range map[bool]int{true: 1, false: 0} {
		var log strings.Builder
		c := local("shop.test")
		c.Listen.HTTP2 = on
		e, err := New(Options{Config: c, Handler: http.NotFoundHandler(), Storage: t.TempDir(), Logger: quietLog(&log)})
		if err != nil {
			t.Fatal(err)
		}
		e.warnOfHoles("go1.26.8")
		e.Close()
		if got := strings.Count(log.String(), "CVE-2026-97032"); got != want {
			t.Errorf("http2 %v: told %d times", on, got)
		}
	}
}
