package gateway

import (
	"bytes"
	"errors"
	"net/url"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// containerised is what New says in an image of ours, where every folder of this test lies in the image's own layer.
func containerised(t *testing.T, unsafe bool) error {
	t.Helper()
	dir := t.TempDir()
	if !inContainerLayer("1", dir) {
		t.Skip("SKIPPED: the temporary folder is a file system of its own")
	}
	cfg, err := config.For(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}, []string{"localhost"}, "127.0.0.1:0", "", "", dir)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Storage.UnsafeEphemeral = unsafe
	g, err := New(Options{Config: cfg, Log: &bytes.Buffer{}, Now: time.Now, Getenv: func(name string) string {
		if name == "PANWALL_CONTAINER" {
			return "1"
		}
		return ""
	}})
	if err == nil {
		err = g.close()
	}
	return err
}

func TestStateThatEndsWithTheContainerStopsTheStart(t *testing.T) {
	if err := containerised(t, false); !errors.Is(err, errEphemeral) {
		t.Errorf("started with state in the image's layer: %v", err)
	}
	if err := containerised(t, true); err != nil {
		t.Errorf("unsafe_ephemeral_storage does not start: %v", err)
	}
}

func TestAnOrdinaryHostHasOneFileSystem(t *testing.T) {
	if inContainerLayer("", t.TempDir()) {
		t.Error("a host is taken for a container")
	}
}
