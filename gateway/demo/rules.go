package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/cappertrophy/panwall/rules"
)

// WriteRules writes the shipped rules to dir with one more payment window: the demo's own, at payOrigin. It is the
// edit that a security team makes for a new provider: a row in widgets.yaml, its name in pages.yaml.
func WriteRules(dir, payOrigin string) error {
	err := fs.WalkDir(rules.Shipped, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(rules.Shipped, name)
		if err != nil {
			return err
		}
		if text, err = withWindow(name, text, payOrigin); err != nil {
			return err
		}
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			return err
		}
		return os.WriteFile(at, text, 0o644)
	})
	if err != nil {
		return fmt.Errorf("writing the demo's rules: %w", err)
	}
	return nil
}

const window = `
  - id: demo-window
    about: the stand-in payment window of panwall demo
    source: panwall demo
    date: 2026-11-22
    csp:
      frame-src: [%[1]s]
    permissions:
      payment: [%[1]s]
`

var errNoWidgets = errors.New("pages.yaml names no widgets")

func withWindow(name string, text []byte, payOrigin string) ([]byte, error) {
	switch name {
	case "widgets.yaml":
		return fmt.Appendf(text, window, payOrigin), nil
	case "pages.yaml":
		edited := bytes.Replace(text, []byte("\n    widgets: ["), []byte("\n    widgets: [demo-window, "), 1)
		if bytes.Equal(edited, text) {
			return nil, errNoWidgets
		}
		return edited, nil
	default:
		return text, nil
	}
}
