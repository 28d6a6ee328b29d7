package config

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
)

// Size is a number of bytes, written 8MiB, 512KiB or as a plain number.
type Size int64

// ParseSize reads a size.
func ParseSize(s string) (Size, error) {
	number, factor := s, int64(1)
	for i, unit := range []string{"KiB", "MiB", "GiB"} {
		if n, ok := strings.CutSuffix(s, unit); ok {
			number, factor = n, 1<<(10*(i+1))
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is no size; write 512KiB, 8MiB, 1GiB or a number of bytes", s)
	}
	return Size(n * factor), nil
}

// Secret is a reference to a secret, file:PATH or env:NAME, never its value.
// No verb prints what it refers to.
type Secret struct{ ref string }

// ParseSecret reads a reference.
func ParseSecret(s string) (Secret, error) {
	scheme, name, ok := strings.Cut(s, ":")
	if !ok || name == "" || scheme != "file" && scheme != "env" {
		return Secret{}, fmt.Errorf("a secret is a reference, file:PATH or env:NAME, never the value itself")
	}
	return Secret{ref: s}, nil
}

// IsZero reports whether no secret was named.
func (s Secret) IsZero() bool { return s.ref == "" }

// String is the reference, which is no secret.
func (s Secret) String() string { return s.ref }

// Path is the file a file: reference names, else empty.
func (s Secret) Path() string {
	path, _ := strings.CutPrefix(s.ref, "file:")
	if path == s.ref {
		return ""
	}
	return path
}

// Read fetches the secret; one newline at its end is not part of it.
func (s Secret) Read() ([]byte, error) {
	if name, ok := strings.CutPrefix(s.ref, "env:"); ok {
		v, set := os.LookupEnv(name)
		if !set || v == "" {
			return nil, fmt.Errorf("reading secret %s: the environment variable is not set", s.ref)
		}
		return []byte(v), nil
	}
	b, err := os.ReadFile(s.Path())
	if err != nil {
		return nil, fmt.Errorf("reading secret: %w", err)
	}
	b = []byte(strings.TrimSuffix(string(b), "\n"))
	if len(b) == 0 {
		return nil, fmt.Errorf("reading secret %s: it is empty", s.ref)
	}
	return b, nil
}

// UnmarshalText reads a size.
func (s *Size) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSize(string(text))
	return err
}

// UnmarshalText reads a reference.
func (s *Secret) UnmarshalText(text []byte) (err error) {
	*s, err = ParseSecret(string(text))
	return err
}

// Choices are the sources.
func (AddressSource) Choices() []string {
	return []string{string(FromPeer), string(FromXForwardedFor), string(FromForwarded)}
}

// Choices are the issuers.
func (Issuer) Choices() []string {
	return []string{string(IssuerACME), string(IssuerInternal), string(IssuerFiles)}
}

// Choices are the modes.
func (ApplyMode) Choices() []string { return []string{string(ApplyManual), string(ApplyWatch)} }
