package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// memory is stored hashes in memory.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		out[i] = m[x]
	}
	return out, nil
}

func TestAFrontierAgreesWithTheWholeTree(t *testing.T) {
	var f Frontier
	var all memory
	for n := range int64(300) {
		leaf := tlog.RecordHash(fmt.Appendf(nil, "record %d", n))
		want, err := tlog.StoredHashesForRecordHash(n, leaf, all)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Add(leaf)
		if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("record %d: stored hashes differ: %v", n, err)
		}
		all = append(all, want...)
		root, err := tlog.TreeHash(n+1, all)
		if err != nil || f.Root() != root {
			t.Fatalf("record %d: roots differ: %v", n, err)
		}
		loaded, err := LoadFrontier(n+1, all)
		if err != nil || loaded.Root() != root {
			t.Fatalf("record %d: the loaded frontier differs: %v", n, err)
		}
		parsed, err := ParseEdge(f.Edge())
		if err != nil || parsed.Root() != root || parsed.Size() != n+1 {
			t.Fatalf("record %d: the parsed edge differs: %v", n, err)
		}
	}
}

func key(t testing.TB, origin string) *Key {
	t.Helper()
	k, err := NewKey(origin)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestCheckpointsAreNotesThatOthersCanOpen(t *testing.T) {
	k := key(t, "shop.example/gw-1")
	cp := Checkpoint{Origin: "shop.example/gw-1", Size: 42, Root: tlog.RecordHash([]byte("x"))}
	signed, err := cp.Sign(k.Signer(cp.Origin))
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(k.Verifier(cp.Origin))
	if err != nil {
		t.Fatal(err)
	}
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(n.Text, "\n"); len(lines) != 4 || lines[0] != cp.Origin || lines[1] != "42" {
		t.Errorf("the text is %q", n.Text)
	}
	if back, err := OpenCheckpoint(signed, note.VerifierList(verifier)); err != nil || back != cp {
		t.Errorf("read back as %+v, %v", back, err)
	}
}

func TestWhatIsNoCheckpoint(t *testing.T) {
	root := "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
	for claim, text := range map[string]string{
		"nothing":             "",
		"no origin":           "\n1\n" + root + "\n",
		"a negative size":     "o\n-1\n" + root + "\n",
		"a size with a zero":  "o\n01\n" + root + "\n",
		"a short root":        "o\n1\nAAAA\n",
		"a root not base64":   "o\n1\n*\n",
		"no LF after line 3":  "o\n1\n" + root,
		"a size with a space": "o\n1 \n" + root + "\n",
	} {
		if cp, err := ParseCheckpoint(text); !errors.Is(err, ErrCheckpoint) {
			t.Errorf("%s: %+v, %v", claim, cp, err)
		}
	}
}

func TestAKeyKeepsToItself(t *testing.T) {
	k := key(t, "shop.example/gw-1")
	back, err := ParseKey(k.Encode())
	if err != nil || back.Verifier("a") != k.Verifier("a") {
		t.Fatalf("read back otherwise: %v", err)
	}
	secret := strings.TrimSpace(string(k.Encode()))
	secret = secret[len(secret)-20:]
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if shown := fmt.Sprintf(verb, k); strings.Contains(shown, secret) || !strings.Contains(shown, "signing key of") {
			t.Errorf("%s shows %s", verb, shown)
		}
	}
	for claim, text := range map[string]string{
		"nothing": "", "a verifier key": k.Verifier("a"), "another hash": strings.Replace(string(k.Encode()), "gw-1", "gw-2", 1),
	} {
		if _, err := ParseKey([]byte(text)); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

// notes are n signed checkpoints as a checkpoints file has them.
func notes(t testing.TB, n int) []byte {
	t.Helper()
	k := key(t, "o")
	var all []byte
	for i := range n {
		signed, err := Checkpoint{Origin: "o", Size: int64(i + 1)}.Sign(k.Signer("o"))
		if err != nil {
			t.Fatal(err)
		}
		all = append(append(all, signed...), '\n')
	}
	return all
}

func TestTheLastWholeNoteIsFoundWhereverAFileEnds(t *testing.T) {
	all := notes(t, 3)
	third := bytes.LastIndex(all, []byte("o\n3\n"))
	for end := range len(all) + 1 {
		signed, after := LastNote(all[:end])
		want := ""
		switch {
		case end == len(all):
			want = "o\n3\n"
		case end >= third:
			want = "o\n2\n"
		case end >= third/2:
			want = "o\n1\n"
		}
		if !strings.HasPrefix(string(signed), want) || (want == "") != (signed == nil) {
			t.Fatalf("a file that ends after %d of %d bytes: %q", end, len(all), signed)
		}
		if string(all[:end-after]) != string(notesBefore(all, signed)) {
			t.Fatalf("a file that ends after %d bytes: %d bytes after the last note", end, after)
		}
	}
}

// notesBefore is the file up to and with the note signed.
func notesBefore(all, signed []byte) []byte {
	if signed == nil {
		return nil
	}
	return all[:bytes.Index(all, signed)+len(signed)+1]
}

func TestAProofHoldsOnlyAsItIs(t *testing.T) {
	k := key(t, "o")
	verifier, err := note.NewVerifier(k.Verifier("o"))
	if err != nil {
		t.Fatal(err)
	}
	var f Frontier
	var all memory
	for n := range 20 {
		hashes, err := f.Add(tlog.RecordHash(fmt.Appendf(nil, "record %d", n)))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, hashes...)
	}
	signed, err := Checkpoint{"o", f.Size(), f.Root()}.Sign(k.Signer("o"))
	if err != nil {
		t.Fatal(err)
	}
	path, err := tlog.ProveRecord(20, 7, all)
	if err != nil {
		t.Fatal(err)
	}
	good := Proof{Index: 7, Line: []byte("record 7"), Hashes: path, Checkpoint: signed}
	back, err := ParseProof(good.Format())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := back.Check(note.VerifierList(verifier)); err != nil {
		t.Fatal(err)
	}
	for claim, change := range map[string]func(*Proof){
		"another record":  func(p *Proof) { p.Line = []byte("record 8") },
		"another place":   func(p *Proof) { p.Index = 8 },
		"a place outside": func(p *Proof) { p.Index = 20 },
		"a hash less":     func(p *Proof) { p.Hashes = p.Hashes[1:] },
		"another hash":    func(p *Proof) { p.Hashes = append(tlog.RecordProof{{1}}, p.Hashes[1:]...) },
		"another note":    func(p *Proof) { p.Checkpoint = bytes.Replace(p.Checkpoint, []byte("20"), []byte("21"), 1) },
	} {
		p := good
		change(&p)
		if _, err := p.Check(note.VerifierList(verifier)); !errors.Is(err, ErrProof) {
			t.Errorf("%s: %v", claim, err)
		}
	}
}

func TestNamesLeadNowhereElse(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink("/etc/passwd", dir+"/log-000001.jsonl"); err != nil {
		t.Fatal(err)
	}
	folder, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../x", "/etc/passwd", "log-000001.jsonl"} {
		if f, err := folder.Open(name, os.O_RDONLY, 0); err == nil {
			_ = f.Close()
			t.Errorf("%s was opened", name)
		}
	}
}
