package ruleset

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStoreKeepsWhatWasActivated(t *testing.T) {
	dir := t.TempDir()
	s, err := OpenStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Active(); !errors.Is(err, ErrNoActivation) {
		t.Errorf("a new store has an activation: %v", err)
	}
	for _, hash := range []string{"sha256:aa", "sha256:bb", "sha256:aa"} {
		files := map[string][]byte{"cards.yaml": []byte(hash), "cases/a.yaml": []byte("cases: []")}
		if err := s.Activate(files, Activation{Hash: hash, By: "start"}); err != nil {
			t.Fatal(err)
		}
	}
	s, _ = OpenStore(dir) // as after a restart
	if a, err := s.Active(); err != nil || a.Hash != "sha256:aa" {
		t.Errorf("active is %+v, %v", a, err)
	}
	if all, _ := s.History(); len(all) != 3 {
		t.Errorf("history has %d rows", len(all))
	}
	kept, err := s.Files("sha256:bb")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := fs.ReadFile(kept, "cards.yaml"); err != nil || string(text) != "sha256:bb" {
		t.Errorf("kept file: %q, %v", text, err)
	}
}

func TestTornActivationNeverWasInForce(t *testing.T) {
	s, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Activate(nil, Activation{Hash: "sha256:aa"}); err != nil {
		t.Fatal(err)
	}
	f, _ := os.OpenFile(s.log(), os.O_WRONLY|os.O_APPEND, 0)
	_, _ = f.WriteString(`{"hash":"sha256:b`)
	f.Close()
	if a, err := s.Active(); err != nil || a.Hash != "sha256:aa" {
		t.Errorf("active is %+v, %v", a, err)
	}
}

func TestActivationAfterATornOneIsRead(t *testing.T) {
	t.Parallel()
	s, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(s.log(), []byte(`{"hash":"sha256:aa"}`+"\n"+`{"hash":"sha2`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Activate(nil, Activation{Hash: "sha256:bb"}); err != nil {
		t.Fatal(err)
	}
	if all, err := s.History(); err != nil || len(all) != 2 || all[1].Hash != "sha256:bb" {
		t.Errorf("history %+v, %v", all, err)
	}
}

func TestKeptSetThatWasChangedIsRefused(t *testing.T) {
	t.Parallel()
	s, err := OpenStore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	set := shipped(t)
	if err := s.Activate(set.Files(), Activation{Hash: set.Hash()}); err != nil {
		t.Fatal(err)
	}
	kept, err := s.Load(set.Hash(), Options{Now: today})
	if err != nil || kept.Hash() != set.Hash() {
		t.Fatalf("kept set: %v", err)
	}
	f, err := os.OpenFile(filepath.Join(s.set(set.Hash()), "cards.yaml"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString("# more\n")
	_ = f.Close()
	if _, err := s.Load(set.Hash(), Options{Now: today}); err == nil || !strings.Contains(err.Error(), "it was changed") {
		t.Errorf("error %v", err)
	}
}
