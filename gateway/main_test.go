package gateway_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/pan"
)

func TestMain(m *testing.M) {
	if to := os.Getenv(bareProxy); to != "" {
		runBareProxy(to)
	}
	var err error
	if buildDir, err = os.MkdirTemp("", "panwall-e2e-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(buildDir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			println(err.Error())
			code = 1
		}
	}
	os.Exit(code)
}

// guard fails a test whose log, page or error text holds a card number. It never prints what it found.
func guard(t testing.TB, what, text string) {
	t.Helper()
	table, err := pan.NewTable()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range pan.NewScanner(table).Scan(nil, pan.Text{Data: []byte(text)}) {
		if m.Kind != finding.Cryptogram && m.Confidence.Acts() {
			t.Errorf("%s holds a card number at byte %d (%s)", what, m.Start, m.Brand)
		}
	}
}
