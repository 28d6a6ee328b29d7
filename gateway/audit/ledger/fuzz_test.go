package ledger

import (
	"bufio"
	"bytes"
	"testing"

	"golang.org/x/mod/sumdb/tlog"
)

func FuzzNotes(f *testing.F) {
	f.Add([]byte("o\n1\nroot\n\n— o sig\n\n"))
	f.Add([]byte("\n\n\n\n— \n\n— \n\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		signed, after := LastNote(content)
		if after < 0 || after > len(content) || len(signed) > len(content) {
			t.Fatalf("%d bytes after, note of %d, of %d", after, len(signed), len(content))
		}
		s := bufio.NewScanner(bytes.NewReader(content))
		s.Split(SplitNotes)
		total := 0
		for s.Scan() {
			total += len(s.Bytes())
			_, _ = ParseCheckpoint(string(s.Bytes()))
		}
		if total > len(content) {
			t.Fatalf("%d bytes of notes in %d", total, len(content))
		}
		_, _ = ParseEdge(content)
	})
}

// FuzzParseProof reads proofs that somebody sends. What is taken is what Format writes.
func FuzzParseProof(f *testing.F) {
	good := Proof{Index: 7, Line: []byte("record 7"), Hashes: tlog.RecordProof{{1}, {2}}, Checkpoint: []byte("o\n20\nroot\n\n— o sig\n")}
	f.Add(good.Format())
	f.Add([]byte(proofHeader + "\nextra \nindex 0\n\n"))
	f.Add([]byte(proofHeader + "\nextra \nindex +0\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if p, err := ParseProof(text); err == nil && !bytes.Equal(p.Format(), text) {
			t.Errorf("%q was read and is written %q", text, p.Format())
		}
	})
}

// FuzzParseGrowth is FuzzParseProof for proofs of growth.
func FuzzParseGrowth(f *testing.F) {
	good := Growth{Old: 7, Hashes: tlog.TreeProof{{1}, {2}}, Checkpoint: []byte("o\n20\nroot\n\n— o sig\n")}
	f.Add(good.Format())
	f.Add([]byte("old 0\n\n"))
	f.Add([]byte("old 00\n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if g, err := ParseGrowth(text); err == nil && !bytes.Equal(g.Format(), text) {
			t.Errorf("%q was read and is written %q", text, g.Format())
		}
	})
}

// FuzzParseChain reads key files as people paste them: spaces may differ, keys may not.
func FuzzParseChain(f *testing.F) {
	first, second := key(f, "o"), key(f, "o")
	chain := Chain{{Key: first.Verifier("o")}}
	f.Add(chain.Format())
	f.Add(chain.Succeed(first, second).Format())
	f.Add([]byte("\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := ParseChain(text)
		if err != nil {
			return
		}
		again, err := ParseChain(c.Format())
		if err != nil || len(again) != len(c) || again.Last() != c.Last() {
			t.Errorf("%q was read and is written %q: %v", text, c.Format(), err)
		}
		for _, link := range c {
			if len(c.Trusted(link.Key)) == 0 {
				t.Errorf("%q does not trust itself", link.Key)
			}
		}
	})
}
