//go:build linux

package gateway_test

import (
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestHostileRulesAreBoundedInMemory reads folders made to cost memory in a process of their own: each is refused, and
// the process never held more than a small machine has.
func TestHostileRulesAreBoundedInMemory(t *testing.T) {
	const mostKiB = 512 << 10
	bomb := "version: 1\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
	for name, before := 'b', "a"; name < 'l'; name, before = name+1, string(name) {
		bomb += string(name) + ": &" + string(name) + " [" + strings.TrimSuffix(strings.Repeat("*"+before+",", 10), ",") + "]\n"
	}
	for claim, src := range map[string]string{
		"an alias bomb":        bomb,
		"a nesting of lists":   strings.Repeat("[", 1<<20),
		"a nesting of keys":    strings.Repeat("{a: ", 1<<18),
		"ten million bytes":    "version: 1\n#" + strings.Repeat("x", 10<<20),
		"very many small rows": "version: 1\nrules:\n" + strings.Repeat(" - {}\n", (1<<20)/6-8),
	} {
		t.Run(claim, func(t *testing.T) {
			dir := rulesFolder(t)
			edit(t, dir, "cards.yaml", src)
			cmd := exec.Command(binary(t), "check", "--rules", dir)
			_ = cmd.Run()
			if code := cmd.ProcessState.ExitCode(); code != 1 {
				t.Errorf("exit %d", code)
			}
			used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
			t.Logf("%d MiB, %v of work", used>>10, cmd.ProcessState.UserTime())
			if used > mostKiB {
				t.Errorf("took %d MiB", used>>10)
			}
		})
	}
}
