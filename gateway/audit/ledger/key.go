package ledger

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Key signs a log's checkpoints. It cannot be printed.
type Key struct {
	name    string
	private ed25519.PrivateKey
}

// NewKey makes a key for the log named origin.
func NewKey(origin string) (*Key, error) {
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making signing key: %w", err)
	}
	return &Key{origin, private}, nil
}

// algEd25519 is the signature type of C2SP signed-note for Ed25519.
const algEd25519 = 1

// ParseKey reads a key as Encode writes it: PRIVATE+KEY+name+hash+base64, the form of golang.org/x/mod/sumdb/note.
func ParseKey(encoded []byte) (*Key, error) {
	text := strings.TrimSpace(string(encoded))
	signer, err := note.NewSigner(text) // checks the shape and that the hash belongs to the key
	if err != nil {
		return nil, errors.New("reading signing key: not a note signing key (PRIVATE+KEY+name+hash+base64)")
	}
	seed, err := base64.StdEncoding.DecodeString(strings.SplitN(text, "+", 5)[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize || seed[0] != algEd25519 {
		return nil, errors.New("reading signing key: not an Ed25519 key")
	}
	return &Key{signer.Name(), ed25519.NewKeyFromSeed(seed[1:])}, nil
}

// Name is whose key it is.
func (k *Key) Name() string { return k.name }

// Encode is the key as ParseKey reads it. It is a secret.
func (k *Key) Encode() []byte {
	body := append([]byte{algEd25519}, k.private.Seed()...)
	return fmt.Appendf(nil, "PRIVATE+KEY+%s+%08x+%s\n", k.name, keyHash(k.name, k.public()), base64.StdEncoding.EncodeToString(body))
}

// Signer signs in the name of origin: the key's own, or that of a later epoch.
func (k *Key) Signer(origin string) note.Signer { return signer{origin, k} }

// Verifier is the verifier key that goes with the key, for the log named origin.
func (k *Key) Verifier(origin string) string {
	v, err := note.NewEd25519VerifierKey(origin, k.public())
	if err != nil {
		panic("audit: an Ed25519 key has a verifier: " + err.Error())
	}
	return v
}

// Sign signs any message.
func (k *Key) Sign(message []byte) []byte { return ed25519.Sign(k.private, message) }

// String never shows the key.
func (k *Key) String() string { return "signing key of " + k.name }

// Format never shows the key, whatever the verb.
func (k *Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(k.String())) }

func (k *Key) public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// keyHash is the key ID of C2SP signed-note.
func keyHash(name string, public ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n\x01"), public...))
	return binary.BigEndian.Uint32(sum[:])
}

type signer struct {
	name string
	key  *Key
}

func (s signer) Name() string                    { return s.name }
func (s signer) KeyHash() uint32                 { return keyHash(s.name, s.key.public()) }
func (s signer) Sign(msg []byte) ([]byte, error) { return s.key.Sign(msg), nil }

// VerifierFor turns a verifier key into that of the same key under the name of another epoch.
func VerifierFor(encoded, origin string) (note.Verifier, error) {
	public, _, err := parseVerifier(encoded)
	if err != nil {
		return nil, err
	}
	renamed, err := note.NewEd25519VerifierKey(origin, public)
	if err != nil {
		return nil, fmt.Errorf("reading verifier key: %w", err)
	}
	return note.NewVerifier(renamed)
}

func parseVerifier(encoded string) (ed25519.PublicKey, string, error) {
	encoded = strings.TrimSpace(encoded)
	if _, err := note.NewVerifier(encoded); err != nil {
		return nil, "", fmt.Errorf("reading verifier key: %w", err)
	}
	parts := strings.SplitN(encoded, "+", 3)
	body, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(body) != 1+ed25519.PublicKeySize {
		return nil, "", errors.New("reading verifier key: not an Ed25519 key")
	}
	return body[1:], parts[0], nil
}

// VerifiersOfNote are the verifiers of keys in the name that a note's first line has, if that is the keys' own name or an
// epoch of it.
func VerifiersOfNote(keys []string, signed []byte) (Keyring, error) {
	_, base, err := parseVerifier(keys[0])
	if err != nil {
		return nil, err
	}
	origin, _, _ := strings.Cut(string(signed), "\n")
	if EpochOf(base, origin) == 0 {
		return nil, fmt.Errorf("%w: it is of another log than the key", ErrCheckpoint)
	}
	return NewKeyring(keys, origin)
}
