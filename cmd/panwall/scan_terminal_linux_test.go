package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo-terminal: its own end, to write to, and a reading of all that it showed once that end is closed.
func terminal(t *testing.T) (tty *os.File, shown func() string) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatalf("opening a pseudo-terminal: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	if err := unix.IoctlSetPointerInt(int(screen.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatalf("unlocking the pseudo-terminal: %v", err)
	}
	n, err := unix.IoctlGetInt(int(screen.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatalf("asking for the pseudo-terminal's number: %v", err)
	}
	if tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Fatalf("opening the terminal's end: %v", err)
	}
	done := make(chan string, 1)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, screen) // ends with EIO when the last end is closed
		done <- b.String()
	}()
	return tty, func() string {
		_ = tty.Close()
		return <-done
	}
}

// scanTo scans one file of 200,000 bytes with a number at its end, telling on stderr how far it is.
func scanTo(t *testing.T, stderr *os.File) (stdout string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "dump.sql")
	if err := os.WriteFile(path, []byte(strings.Repeat("lorem ipsum dolor sit amet\n", 7400)+"card 4111111111111111"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err := scanCmd{Paths: []string{path}}.Run(&app{Stdin: strings.NewReader(""), Stdout: &out, Stderr: stderr, Ctx: context.Background()})
	if exit := exitError(0); !errors.As(err, &exit) || exit != exitFailure {
		t.Errorf("the scan ended with %v", err)
	}
	return strings.ReplaceAll(out.String(), path, "dump.sql")
}

const foundInDump = "dump.sql:7401:6: pan visa, 16 digits, certain\n"

func TestScanShowsItsProgressOnATerminal(t *testing.T) {
	tty, shown := terminal(t)
	if got := scanTo(t, tty); got != foundInDump {
		t.Errorf("standard output is %q", got)
	}
	bar := shown()
	before, steps := -1, percent.FindAllStringSubmatch(bar, -1)
	for _, step := range steps {
		n, _ := strconv.Atoi(step[1])
		if n <= before || n > 100 {
			t.Errorf("%d%% behind %d%%", n, before)
		}
		before = n
	}
	if len(steps) < 2 || before < 90 {
		t.Errorf("the bar took %d steps up to %d%%: %q", len(steps), before, bar)
	}
	if cleared := bar[strings.LastIndexByte(bar, '|')+1:]; !wiped.MatchString(cleared) {
		t.Errorf("the bar is left on the screen: %q", cleared)
	}
	if strings.Contains(bar, "1111") || strings.Contains(bar, "visa") {
		t.Error("the bar tells what was found")
	}
}

var (
	percent = regexp.MustCompile(`(\d+)% \|`)
	wiped   = regexp.MustCompile(`^[^\r]*\r {40,}\r$`)
)

func TestScanShowsNoProgressInAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if got := scanTo(t, file); got != foundInDump {
		t.Errorf("standard output is %q", got)
	}
	if shown, err := os.ReadFile(file.Name()); err != nil || len(shown) > 0 {
		t.Errorf("standard error holds %q, %v", shown, err)
	}
}
