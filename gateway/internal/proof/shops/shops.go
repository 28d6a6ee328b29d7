// Package shops runs small shops of several languages that answer every request with what they could read in it: every
// string and every number, decoded as shop code would. They show what a request means to the parsers that count.
package shops

import (
	"bufio"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

//go:embed shop.php
var phpSource []byte

//go:embed shop.js
var nodeSource []byte

//go:embed shop.py
var pythonSource []byte

//go:embed framework.py
var frameworkSource []byte

//go:embed telling.py
var tellingSource []byte

// Shop is a running shop.
type Shop struct {
	Name string
	Addr string // host:port it listens on, without TLS
}

// All starts the five shops; they end with the test. A language that is not installed is left out loudly, and fails the
// test where PANWALL_CI is set.
func All(t testing.TB) []*Shop {
	t.Helper()
	all := []*Shop{goShop(t)}
	if php, ok := tool(t, "php"); ok {
		all = append(all, phpShop(t, php))
	}
	if python, ok := tool(t, "python3"); ok {
		all = append(all, pythonShop(t, "python", pythonSource, python))
	}
	if exec.Command(debianPython, "-c", "import flask").Run() == nil {
		all = append(all, pythonShop(t, "flask", frameworkSource, debianPython))
	} else {
		missing(t, "python3-flask")
	}
	modules := os.Getenv("PANWALL_NODE_MODULES")
	if _, err := os.Stat(filepath.Join(modules, "express")); modules == "" || err != nil {
		missing(t, "express, busboy, multer, body-parser and qs in the folder PANWALL_NODE_MODULES names")
	} else if node, ok := tool(t, "node"); ok {
		cmd := exec.Command(node)
		cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
		all = append(all, scriptShop(t, "node", nodeSource, "shop.js", cmd))
	}
	return all
}

// debianPython is the interpreter that Debian's packages of Flask and Django belong to.
const debianPython = "/usr/bin/python3"

// pythonShop runs a shop of ours with the module that tells beside it.
func pythonShop(t testing.TB, name string, source []byte, python string) *Shop {
	t.Helper()
	beside := filepath.Dir(script(t, "telling.py", tellingSource))
	cmd := exec.Command(python)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+beside, "PYTHONDONTWRITEBYTECODE=1")
	return scriptShop(t, name, source, name+"shop.py", cmd)
}

func tool(t testing.TB, name string) (string, bool) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name)
	}
	return path, err == nil
}

func missing(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("PANWALL_CI") == "1" {
		t.Fatalf("%s: not installed", what)
	}
	t.Logf("LEFT OUT: %s: not installed", what)
}

func script(t testing.TB, name string, source []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// phpShop uses the server of the PHP command line, which wants to be told its port.
func phpShop(t testing.TB, php string) *Shop {
	t.Helper()
	addr := free(t)
	path := script(t, "shop.php", phpSource)
	cmd := exec.Command(php, "-q", "-d", "enable_post_data_reading=1", "-d", "upload_tmp_dir="+filepath.Dir(path), "-S", addr, path)
	run(t, cmd)
	listens(t, addr)
	return &Shop{Name: "php", Addr: addr}
}

// scriptShop runs a shop that prints the port it found and ends when its standard input does.
func scriptShop(t testing.TB, name string, source []byte, file string, cmd *exec.Cmd) *Shop {
	t.Helper()
	cmd.Args = append(cmd.Args, script(t, file, source))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil { // open until the process ends
		t.Fatal(err)
	}
	run(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the %s shop does not start: %v", name, err)
	}
	return &Shop{Name: name, Addr: "127.0.0.1:" + strings.TrimSpace(strings.TrimPrefix(line, "port "))}
}

func run(t testing.TB, cmd *exec.Cmd) {
	t.Helper()
	if cmd.Stdout == nil && cmd.Stderr == nil {
		cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	}
	cmd.WaitDelay = 2 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("starting a shop: %v", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
}

// String names the shop.
func (s *Shop) String() string { return fmt.Sprintf("%s at %s", s.Name, s.Addr) }
