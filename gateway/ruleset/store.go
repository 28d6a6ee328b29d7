package ruleset

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Store keeps every activated set under its hash, and who activated which when: a faulty folder then never leaves the
// gateway without rules, and an edit can be undone years later.
//
//	<dir>/sets/<hash>/cards.yaml …   the effective files of one set
//	<dir>/activations.jsonl          one Activation a line; the last one is in force
type Store struct{ dir string }

// Activation is one moment at which a set was put in force.
type Activation struct {
	Hash       string    `json:"hash"`
	At         time.Time `json:"at"`
	By         string    `json:"by"` // user at the other end of the socket, "signal" or "start"
	Ticket     string    `json:"ticket,omitempty"`
	Reason     string    `json:"reason,omitempty"`
	ApprovedBy string    `json:"approved_by,omitempty"`
}

// ErrNoActivation means that no set was ever put in force here.
var ErrNoActivation = errors.New("no rule set was ever activated here")

// OpenStore opens the store in dir and makes it if it is not there.
func OpenStore(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "sets"), 0o700); err != nil {
		return nil, fmt.Errorf("making the store of rule sets: %w", err)
	}
	return &Store{dir: dir}, nil
}

// Activate keeps the effective files of a set and then notes that it is in force. It returns when both are on disk:
// a crash in between leaves the earlier set in force.
func (s *Store) Activate(files map[string][]byte, a Activation) error {
	if err := s.keep(files, a.Hash); err != nil {
		return fmt.Errorf("keeping rule set %s: %w", a.Hash, err)
	}
	line, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("noting the activation: %w", err)
	}
	f, err := os.OpenFile(s.log(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("noting the activation: %w", err)
	}
	if err = cutTorn(f); err == nil {
		_, err = f.Write(append(line, '\n'))
	}
	if err = errors.Join(err, f.Sync(), f.Close(), syncFolder(s.dir)); err != nil {
		return fmt.Errorf("noting the activation: %w", err)
	}
	return nil
}

// cutTorn takes away a last line that a crash left without its end, or the next would go on with it.
func cutTorn(f *os.File) error {
	text, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	if whole := bytes.LastIndexByte(text, '\n') + 1; whole < len(text) {
		return f.Truncate(int64(whole))
	}
	return nil
}

// syncFolder makes a folder's new names last: without it a crash may take back a rename that was reported done.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// keep writes a set beside its place and renames it there, so that a folder with a hash for a name is always whole.
func (s *Store) keep(files map[string][]byte, hash string) error {
	at := s.set(hash)
	if _, err := os.Stat(at); err == nil {
		return nil
	}
	draft, err := os.MkdirTemp(s.dir, "draft-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(draft)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := writeSynced(filepath.Join(draft, filepath.FromSlash(name)), files[name]); err != nil {
			return err
		}
	}
	if err := os.Rename(draft, at); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(at))
}

func writeSynced(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// Active is the activation in force; ErrNoActivation if there never was one.
func (s *Store) Active() (Activation, error) {
	all, err := s.History()
	if err != nil {
		return Activation{}, err
	}
	if len(all) == 0 {
		return Activation{}, ErrNoActivation
	}
	return all[len(all)-1], nil
}

// History is every activation, the first one first. A torn last line, from a crash while it was written, never was in
// force and is passed over.
func (s *Store) History() ([]Activation, error) {
	text, err := os.ReadFile(s.log())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the activations: %w", err)
	}
	whole := text[:bytes.LastIndexByte(text, '\n')+1]
	var all []Activation
	for line := range bytes.Lines(whole) {
		var a Activation
		if err := json.Unmarshal(line, &a); err != nil {
			return nil, fmt.Errorf("reading the activations: line %d: %w", len(all)+1, err)
		}
		all = append(all, a)
	}
	return all, nil
}

// Load reads the kept set with this hash. One that does not have it any more was changed by somebody, and is refused.
func (s *Store) Load(hash string, opts Options) (*Set, error) {
	files, err := s.Files(hash)
	if err != nil {
		return nil, err
	}
	set, err := Load(files, opts)
	if err != nil {
		return nil, fmt.Errorf("reading kept rule set %s: %w", hash, err)
	}
	if set.Hash() != hash {
		return nil, fmt.Errorf("reading kept rule set %s: it was changed, and is %s now", hash, set.Hash())
	}
	return set, nil
}

// Files is the kept set with this hash.
func (s *Store) Files(hash string) (fs.FS, error) {
	if _, err := os.Stat(s.set(hash)); err != nil {
		return nil, fmt.Errorf("opening kept rule set %s: %w", hash, err)
	}
	return os.DirFS(s.set(hash)), nil
}

func (s *Store) log() string { return filepath.Join(s.dir, "activations.jsonl") }

func (s *Store) set(hash string) string {
	return filepath.Join(s.dir, "sets", filepath.Base(strings.TrimPrefix(hash, "sha256:")))
}
