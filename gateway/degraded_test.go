package gateway_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// edit writes a file of a rules folder.
func edit(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// emptied removes what is in a folder: what a mount that did not come up leaves.
func emptied(t *testing.T, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
}

// faultyFolders are what can be wrong with a folder at a start, and what the log then says of it.
var faultyFolders = map[string]struct {
	spoil func(t *testing.T, dir string)
	want  string
}{
	"a faulty file": {func(t *testing.T, dir string) { edit(t, dir, "cards.yaml", "version: 1\nrulez: []\n") }, "cards.yaml:2:1: rulez: unknown key"},
	"an empty file": {func(t *testing.T, dir string) { edit(t, dir, "cards.yaml", "") }, "cards.yaml: is empty"},
	"a case that does not hold": {func(t *testing.T, dir string) {
		edit(t, dir, "cases/mine.yaml", "version: 1\ncases: [{id: mine, request: {target: /}, expect: {action: block}}]\n")
	}, "cases/mine.yaml:2: mine: action is"},
	"a missing file":  {func(t *testing.T, dir string) { _ = os.Remove(filepath.Join(dir, "pages.yaml")) }, "pages.yaml: is missing"},
	"no folder":       {func(t *testing.T, dir string) { _ = os.RemoveAll(dir) }, "the rules folder cannot be read"},
	"an empty mount":  {emptied, "the rules folder is empty"},
	"a newer format":  {func(t *testing.T, dir string) { edit(t, dir, "limits.yaml", "version: 2\nlimits: []\n") }, "format 2 is newer than this panwall reads (1)"},
	"an older format": {func(t *testing.T, dir string) { edit(t, dir, "limits.yaml", "version: 0\nlimits: []\n") }, "there never was a format 0"},
}

// TestAFaultyFolderAtAStartRunsTheSetActivatedLast is promise 7: visitors are served under the rules that ran before the
// stop, and everybody who watches is told.
func TestAFaultyFolderAtAStartRunsTheSetActivatedLast(t *testing.T) {
	for claim, tt := range faultyFolders {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			dir, data, shop := rulesFolder(t), t.TempDir(), shoptest.NewRecorder(t)
			args := []string{"--to", shop.URL(), "--host", "localhost", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rules", dir, "--data", data}
			first := serve(t, args...)
			first.signal(syscall.SIGTERM)
			first.exit()
			tt.spoil(t, dir)
			second := serve(t, args...)
			if s := second.status(); s.Rules.Hash != first.rules || !s.Rules.Degraded || s.Rules.Failed == nil {
				t.Errorf("started as %+v", s.Rules)
			}
			if !strings.Contains(second.logged(), tt.want) {
				t.Errorf("the log does not say %q:\n%s", tt.want, second.logged())
			}
			code, body, err := admin.NewClient(second.admin).Get(t.Context(), "/readyz")
			if err != nil || code != http.StatusOK || !strings.Contains(string(body), "degraded") {
				t.Errorf("readyz says %d %s %v", code, body, err)
			}
			if got := second.post(t, "/contact", "comment="+card); got != http.StatusUnprocessableEntity {
				t.Errorf("a card is answered %d", got)
			}
			second.signal(syscall.SIGTERM)
			second.exit()
			if out, _ := run(t, "audit", "show", "--json", filepath.Join(data, "audit")); !strings.Contains(out, `"type":"control.failed"`) {
				t.Errorf("no record of the fault:\n%s", out)
			}
		})
	}
}

func TestAFaultyFolderAtTheFirstStartIsExit1(t *testing.T) {
	for claim, tt := range faultyFolders {
		t.Run(claim, func(t *testing.T) {
			t.Parallel()
			dir := rulesFolder(t)
			tt.spoil(t, dir)
			out, code := run(t, "serve", "--to", "http://127.0.0.1:1", "--host", "localhost", "--listen", "127.0.0.1:0", "--rules", dir, "--data", t.TempDir())
			if code != 1 || !strings.Contains(out, tt.want) {
				t.Errorf("exit %d, want %q:\n%s", code, tt.want, out)
			}
		})
	}
}

func TestAFaultyFolderAtTheFirstStartIsExit1WithEveryFault(t *testing.T) {
	dir := rulesFolder(t)
	for name, text := range map[string]string{"cards.yaml": "version: 1\nrulez: []\n", "limits.yaml": "version: one\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out, code := run(t, "serve", "--to", "http://127.0.0.1:1", "--host", "localhost", "--listen", "127.0.0.1:0", "--rules", dir, "--data", t.TempDir())
	if code != 1 {
		t.Errorf("exit %d", code)
	}
	for _, want := range []string{"cards.yaml:2:1", "limits.yaml:1:", "hint:"} {
		if !strings.Contains(out, want) {
			t.Errorf("the faults do not name %s:\n%s", want, out)
		}
	}
}

func TestAKeptSetThatWasChangedIsNotTrusted(t *testing.T) {
	dir, data := rulesFolder(t), t.TempDir()
	args := []string{"--to", "http://127.0.0.1:1", "--host", "localhost", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rules", dir, "--data", data}
	first := serve(t, args...)
	first.signal(syscall.SIGTERM)
	first.exit()
	kept := filepath.Join(data, "rules", "sets", strings.TrimPrefix(first.rules, "sha256:"))
	edit(t, kept, "cards.yaml", "version: 1\nrules: [{id: cryptogram, find: [cryptogram], action: report}]\n")
	emptied(t, dir)
	if out, code := run(t, append([]string{"serve"}, args...)...); code != 1 || !strings.Contains(out, "it was changed") {
		t.Errorf("exit %d:\n%s", code, out)
	}
}

// TestAMendedFolderEndsTheDegradedRun by a reload, and the log has the whole story: failed, restored, nobody's change.
func TestAMendedFolderEndsTheDegradedRun(t *testing.T) {
	dir, data, shop := rulesFolder(t), t.TempDir(), shoptest.NewRecorder(t)
	args := []string{"--to", shop.URL(), "--host", "localhost", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--rules", dir, "--data", data}
	first := serve(t, args...)
	first.signal(syscall.SIGTERM)
	first.exit()
	edit(t, dir, "limits.yaml", "version: one\n")
	second := serve(t, args...)
	edit(t, dir, "limits.yaml", "version: 1\nlimits: []\n")
	edit(t, dir, "cases/pages.yaml", "version: 1\ncases: []\n")
	second.signal(syscall.SIGHUP)
	second.waitFor(`"message":"reloaded"`)
	if s := second.status(); s.Rules.Degraded || s.Rules.Failed != nil || s.Rules.Hash == first.rules {
		t.Errorf("after the folder was mended %+v", s.Rules)
	}
	edit(t, dir, "limits.yaml", "version: one\n")
	second.signal(syscall.SIGHUP)
	second.waitFor("an edit was refused")
	second.signal(syscall.SIGTERM)
	second.exit()
	edit(t, dir, "limits.yaml", "version: 1\nlimits: []\n# edited while nothing ran\n")
	third := serve(t, args...)
	third.signal(syscall.SIGTERM)
	third.exit()
	out, _ := run(t, "audit", "show", "--json", filepath.Join(data, "audit"))
	for _, want := range []string{
		`"type":"control.failed"`, `"type":"control.restored"`, `unattributed: nobody answers by name for a change by signal`,
		`"type":"rules.changed","outcome":"failure"`, `unattributed: nobody answers by name for a change by start`,
		`limits.yaml: limit login removed; about: guesses at passwords;`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("no record says %s:\n%s", want, out)
		}
	}
}

// TestAnExpiredExemptionStopsNothing: it has no effect, its case holds as it did, and the log warns.
func TestAnExpiredExemptionStopsNothing(t *testing.T) {
	dir := rulesFolder(t)
	edit(t, dir, "exemptions.yaml", "version: 1\nexemptions:\n  - {id: loyalty, reason: r, owner: a, approved_by: b, expires: 2026-01-31, where: {paths: [/loyalty]}, at: [\"body:number\"]}\n")
	edit(t, dir, "cases/mine.yaml", "version: 1\ncases: [{id: mine, request: {target: /loyalty, form: {number: \"{visa-16}\"}}, expect: {action: report, exemption: loyalty}}]\n")
	g := inFront(t, shoptest.NewRecorder(t).URL(), "--rules", dir)
	if s := g.status(); s.Mode != "enforcing" || s.Rules.Degraded || s.Rules.Failed != nil {
		t.Errorf("started as %+v", s)
	}
	g.waitFor("loyalty ended on 2026-01-31 and has no effect")
	if got := g.post(t, "/loyalty", "number="+card); got != http.StatusUnprocessableEntity {
		t.Errorf("the field is still free: %d", got)
	}
}

// post sends a form and gives the status of the answer.
func (r *running) post(t *testing.T, target, form string) int {
	t.Helper()
	answer, err := r.client(false).Post("https://localhost"+target, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}
