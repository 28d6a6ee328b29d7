package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run panwall as a program of its own: a child of this test binary.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"panwall": main})
}

// TestScripts runs every script of testdata/script: one behaviour of the command line each.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir) // nothing of the developer's own
			return os.MkdirAll(e.WorkDir+"/tmp", 0o700)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"guard": guardOutput, "auditlog": writeAuditLog, "shop": shop, "gateway": startGateway, "ask": ask, "paste": paste,
		},
	})
}

// guardOutput fails a script whose program printed a card number: guard.
func guardOutput(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: guard")
	}
	for _, name := range []string{"stdout", "stderr"} {
		if holdsCard(ts.ReadFile(name)) {
			ts.Fatalf("%s holds a card number", name)
		}
	}
}
