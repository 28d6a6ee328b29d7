package limit

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestTheOrdinaryClockRefills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(t, func(o *Options) { o.Now = nil })
		if n := g.passes(10, "/bucket", "203.0.113.7") + g.passes(10, "/quota", "203.0.113.7"); n != 6 {
			t.Errorf("at first %d passed", n)
		}
		time.Sleep(2 * time.Second)
		if n := g.passes(10, "/bucket", "203.0.113.7"); n != 2 {
			t.Errorf("after two seconds %d passed", n)
		}
		time.Sleep(time.Hour)
		if n := g.passes(10, "/quota", "203.0.113.7"); n != 3 {
			t.Errorf("after an hour %d passed", n)
		}
	})
}
