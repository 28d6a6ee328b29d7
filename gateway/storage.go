package gateway

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cappertrophy/panwall/gateway/config"
)

// errEphemeral stops a start whose certificates, rules and redaction log would end with the container.
var errEphemeral = errors.New("it lies in the container's own layer and would be lost with it\n" +
	"  hint: mount a volume there, or set storage.unsafe_ephemeral_storage to try panwall out")

// openStorage makes the folders of storage and the audit log. Without a folder, which only unsafe_ephemeral_storage
// allows, both live in a temporary one that is removed at the end.
func (g *Gateway) openStorage(c *config.Config) error {
	if c.Storage.Dir == "" {
		if !c.Storage.UnsafeEphemeral {
			return errors.New("storage.dir is empty")
		}
		dir, err := os.MkdirTemp("", "panwall-")
		if err != nil {
			return fmt.Errorf("making a temporary storage: %w", err)
		}
		g.temporary = dir
		c.Storage.Dir = dir
	}
	if c.Audit.Dir == "" {
		c.Audit.Dir = filepath.Join(c.Storage.Dir, "audit")
	}
	for _, dir := range []string{c.Storage.Dir, c.Audit.Dir} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("making the storage folder: %w", err)
		}
		if !c.Storage.UnsafeEphemeral && inContainerLayer(g.getenv("PANWALL_CONTAINER"), dir) {
			return fmt.Errorf("keeping state in %s: %w", dir, errEphemeral)
		}
	}
	if c.Storage.UnsafeEphemeral {
		g.log.Warn().Str("option", "unsafe_ephemeral_storage").Str("dir", c.Storage.Dir).
			Msg("certificates, rules and the redaction log may be lost with this machine")
	}
	return nil
}

// inContainerLayer reports whether dir is on the same file system as the root of the image. Only our own image says
// that it is one (PANWALL_CONTAINER): on an ordinary host one file system for everything is usual.
func inContainerLayer(marker, dir string) bool {
	if marker == "" {
		return false
	}
	root, err := os.Stat("/")
	if err != nil {
		return false
	}
	at, err := os.Stat(dir)
	return err == nil && sameFileSystem(root, at)
}

// reused keeps the folders of the start for a configuration that is read anew: a reload does not move state.
func (g *Gateway) reused(c *config.Config) {
	running := g.house.Load().config
	c.Storage, c.Audit.Dir = running.Storage, running.Audit.Dir
	c.Log.AccessDir, c.Log.AccessRetain = running.Log.AccessDir, running.Log.AccessRetain
}
