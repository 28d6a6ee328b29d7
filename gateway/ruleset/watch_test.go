package ruleset

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatchSeesEveryWayOfSaving(t *testing.T) {
	t.Parallel()
	write := func(t *testing.T, path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, save := range map[string]func(t *testing.T, dir string){
		"writing in place": func(t *testing.T, dir string) { write(t, filepath.Join(dir, "cards.yaml"), "version: 1") },
		"renaming over": func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, "new"), "version: 1")
			must(t, os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "cards.yaml")))
		},
		"a case":   func(t *testing.T, dir string) { write(t, filepath.Join(dir, "cases", "a.yaml"), "version: 1") },
		"removing": func(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "cards.yaml"))) },
		"swapping ..data": func(t *testing.T, dir string) {
			must(t, os.Symlink("cases", filepath.Join(dir, "..data_tmp")))
			must(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
		},
		"swapping the folder": func(t *testing.T, dir string) {
			must(t, os.Rename(dir, dir+".old"))
			must(t, os.MkdirAll(filepath.Join(dir, "cases"), 0o755))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "rules")
			must(t, os.MkdirAll(filepath.Join(dir, "cases"), 0o755))
			write(t, filepath.Join(dir, "cards.yaml"), "version: 1")
			ctx, stop := context.WithCancel(t.Context())
			seen, done := make(chan struct{}, 16), make(chan error, 1)
			go func() { done <- Watch(ctx, dir, 20*time.Millisecond, func() { seen <- struct{}{} }) }()
			// The watch has begun when a first change is seen; until then it is made again.
			begun(t, seen, func() { write(t, filepath.Join(dir, "begin.yaml"), "x") })
			save(t, dir)
			await(t, seen)
			if name == "swapping the folder" { // the new folder is watched too
				write(t, filepath.Join(dir, "cases", "b.yaml"), "version: 1")
				await(t, seen)
			}
			stop()
			if err := <-done; err != nil {
				t.Errorf("watch ended: %v", err)
			}
		})
	}
}

func begun(t *testing.T, seen chan struct{}, change func()) {
	t.Helper()
	for range 100 {
		change()
		select {
		case <-seen:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Fatal("the watch never began")
}

func await(t *testing.T, seen chan struct{}) {
	t.Helper()
	select {
	case <-seen:
	case <-time.After(20 * time.Second):
		t.Fatal("not seen")
	}
}

func TestWatchNeedsAFolder(t *testing.T) {
	t.Parallel()
	if err := Watch(t.Context(), filepath.Join(t.TempDir(), "nowhere"), time.Second, nil); err == nil {
		t.Error("watches nothing")
	}
}
