package ledger

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Chain is the verifier keys that a log was signed with, oldest first, as key.pub has them: the first on a line by
// itself, every later one with the signature of the one before it and its own, so that whoever trusts one of them can
// trust the others.
type Chain []Link

// Link is one key of a chain.
type Link struct {
	Key      string // verifier key
	Old, New []byte // signatures of both keys under the succession; nil for the first
}

// ErrChain means that a file of keys is not a chain.
var ErrChain = errors.New("not a chain of verifier keys")

// ParseChain reads a chain. Its signatures are checked where they are needed, by Trusted.
func ParseChain(text []byte) (Chain, error) {
	var c Chain
	for line := range strings.Lines(strings.TrimSpace(string(text)) + "\n") {
		fields := strings.Fields(line)
		if len(fields) != 1 && len(fields) != 3 || (len(fields) == 1) != (len(c) == 0) {
			return nil, fmt.Errorf("reading verifier key: %w", ErrChain)
		}
		link := Link{Key: fields[0]}
		if _, _, err := parseVerifier(link.Key); err != nil {
			return nil, err
		}
		if len(fields) == 3 {
			var err1, err2 error
			link.Old, err1 = base64.StdEncoding.DecodeString(fields[1])
			link.New, err2 = base64.StdEncoding.DecodeString(fields[2])
			if err1 != nil || err2 != nil {
				return nil, fmt.Errorf("reading verifier key: %w", ErrChain)
			}
		}
		c = append(c, link)
	}
	return c, nil
}

// Format writes the chain.
func (c Chain) Format() []byte {
	var b strings.Builder
	for _, l := range c {
		b.WriteString(l.Key)
		if l.Old != nil {
			b.WriteString(" " + base64.StdEncoding.EncodeToString(l.Old) + " " + base64.StdEncoding.EncodeToString(l.New))
		}
		b.WriteString("\n")
	}
	return []byte(b.String())
}

// Last is the key that signs now.
func (c Chain) Last() string { return c[len(c)-1].Key }

// Succeed appends the key next, vouched for by the key current, which is the last, and vouching for it.
func (c Chain) Succeed(current, next *Key) Chain {
	key := next.Verifier(current.Name())
	text := succession(c.Last(), key)
	return append(c[:len(c):len(c)], Link{Key: key, Old: current.Sign(text), New: next.Sign(text)})
}

func succession(old, next string) []byte {
	return []byte("panwall key succession\n" + old + "\n" + next + "\n")
}

// Trusted are the keys of the chain that the key given leads to, oldest first: later ones it vouches for and earlier
// ones that it, or one it leads to, vouches for. A key outside the chain leads to itself alone.
func (c Chain) Trusted(given string) []string {
	given = strings.TrimSpace(given)
	trusted := []string{given}
	at := -1
	for i, l := range c {
		if l.Key == given {
			at = i
		}
	}
	if at < 0 {
		return trusted
	}
	for i := at + 1; i < len(c) && signedBy(c[i-1].Key, succession(c[i-1].Key, c[i].Key), c[i].Old); i++ {
		trusted = append(trusted, c[i].Key)
	}
	for i := at; i > 0 && signedBy(c[i].Key, succession(c[i-1].Key, c[i].Key), c[i].New); i-- {
		trusted = slices.Insert(trusted, 0, c[i-1].Key)
	}
	return trusted
}

func signedBy(key string, text, signature []byte) bool {
	public, _, err := parseVerifier(key)
	return err == nil && len(signature) == ed25519.SignatureSize && ed25519.Verify(public, text, signature)
}

// Keyring finds verifiers by name and hash.
type Keyring []note.Verifier

// NewKeyring is the verifiers of keys in the name of origin.
func NewKeyring(keys []string, origin string) (Keyring, error) {
	ring := make(Keyring, len(keys))
	for i, key := range keys {
		var err error
		if ring[i], err = VerifierFor(key, origin); err != nil {
			return nil, err
		}
	}
	return ring, nil
}

// Verifier finds a key by the name and hash in a signature.
func (k Keyring) Verifier(name string, hash uint32) (note.Verifier, error) {
	for _, v := range k {
		if v.Name() == name && v.KeyHash() == hash {
			return v, nil
		}
	}
	return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
}

// ReadChain reads the chain of the log in folder.
func ReadChain(root Folder) (Chain, error) {
	text, err := ReadFile(root, PublicKeyName)
	if err != nil {
		return nil, fmt.Errorf("reading verifier key: %w", err)
	}
	return ParseChain(text)
}

// Newest is the place in the ring of the newest key that signed a note; -1 if none did.
func (k Keyring) Newest(signed []byte) int {
	n, err := note.Open(signed, k)
	if err != nil {
		return -1
	}
	for i := len(k) - 1; i >= 0; i-- {
		for _, s := range n.Sigs {
			if s.Hash == k[i].KeyHash() {
				return i
			}
		}
	}
	return -1
}

// Place is where in the ring a key is, under whatever name of the log; -1 if it is not there.
func (k Keyring) Place(key string) int {
	if len(k) == 0 {
		return -1
	}
	public, err := VerifierFor(key, k[0].Name())
	if err != nil {
		return -1
	}
	return slices.IndexFunc(k, func(v note.Verifier) bool { return v.KeyHash() == public.KeyHash() })
}

// keys are all keys of the chain.
func (c Chain) keys() []string {
	keys := make([]string, len(c))
	for i, l := range c {
		keys[i] = l.Key
	}
	return keys
}
