package ruleset

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Watch calls changed each time a rules folder has changed and then been quiet for settle, until ctx ends: an editor
// saves in several steps, and a folder that is half written is not worth reading. It watches folders, not files, so that
// a rename over a file and the swapped `..data` of a Kubernetes volume are seen; the folder's parent too, for a folder
// that is swapped as a whole. Network file systems tell nothing: there a reload is asked for.
func Watch(ctx context.Context, dir string, settle time.Duration, changed func()) error {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return fmt.Errorf("watching the rules folder: %w", err)
	}
	defer w.Close()
	if err := w.Add(dir); err != nil {
		return fmt.Errorf("watching the rules folder: %w", err)
	}
	rewatch(w, dir)
	quiet := time.NewTimer(settle)
	quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if ok && concerns(dir, e) {
				quiet.Reset(settle)
			}
		case err := <-w.Errors: // too many events at once: something changed
			if err != nil {
				quiet.Reset(settle)
			}
		case <-quiet.C:
			rewatch(w, dir) // the folder or its cases may be new ones of the same name
			changed()
		}
	}
}

// rewatch watches what is there; what is not will be noticed by the folder above it.
func rewatch(w *fsnotify.Watcher, dir string) {
	for _, folder := range []string{dir, filepath.Join(dir, "cases"), filepath.Dir(dir)} {
		_ = w.Add(folder)
	}
}

// concerns reports whether an event may change the rules: one below the folder, or about the folder itself.
func concerns(dir string, e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	inside, err := filepath.Rel(dir, e.Name)
	if err != nil || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		return false
	}
	name := filepath.Base(e.Name)
	return !strings.HasSuffix(name, "~") && !strings.HasSuffix(name, ".swp")
}
