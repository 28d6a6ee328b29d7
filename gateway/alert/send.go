package alert

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"

	"github.com/cappertrophy/panwall/gateway/config"
)

// SignatureHeader carries "sha256=" and the HMAC-SHA-256 of a webhook's body under its secret, in hexadecimal.
const SignatureHeader = "Panwall-Signature"

// sender is how d is told.
func sender(d config.Alert) (func(context.Context, Message) error, error) {
	roots, err := authorities(d.CA)
	if err != nil {
		return nil, err
	}
	switch d.Type {
	case "webhook":
		return webhook(d, roots), nil
	case "smtp":
		return mail(d, roots)
	case "exec":
		return func(ctx context.Context, m Message) error { return run(ctx, d.Command, m) }, nil
	}
	return nil, fmt.Errorf("%q is no way to tell anybody", d.Type)
}

// authorities are those of a PEM file; nil, the system's, without one.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading certificate authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("reading certificate authority %s: no certificate in it", path)
	}
	return roots, nil
}

// webhook posts the message as JSON. A redirect is not followed: the address is an agreement.
func webhook(d config.Alert, roots *x509.CertPool) func(context.Context, Message) error {
	client := &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
			Proxy:           http.ProxyFromEnvironment, DisableKeepAlives: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return func(ctx context.Context, m Message) error {
		body, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("telling a webhook: %w", err)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(body))
		if err != nil {
			return errors.New("telling a webhook: not an address")
		}
		r.Header.Set("Content-Type", "application/json")
		if !d.Secret.IsZero() {
			secret, err := d.Secret.Read()
			if err != nil {
				return err
			}
			mac := hmac.New(sha256.New, secret)
			mac.Write(body)
			r.Header.Set(SignatureHeader, "sha256="+hex.EncodeToString(mac.Sum(nil)))
		}
		answer, err := client.Do(r)
		if err != nil {
			return fmt.Errorf("telling a webhook: %w", err)
		}
		defer func() { _ = answer.Body.Close() }()
		if answer.StatusCode/100 != 2 {
			return fmt.Errorf("telling a webhook: it answers %d", answer.StatusCode)
		}
		return nil
	}
}

// run gives the message as JSON to a program's standard input. The program gets no environment of ours but PATH:
// secrets may be in the rest.
func run(ctx context.Context, command []string, m Message) error {
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("telling a program: %w", err)
	}
	program := exec.CommandContext(ctx, command[0], command[1:]...)
	program.Stdin = bytes.NewReader(append(body, '\n'))
	program.Env = []string{"PATH=" + os.Getenv("PATH")}
	program.WaitDelay = timeout
	if err := program.Run(); err != nil {
		return fmt.Errorf("telling a program: %w", err)
	}
	return nil
}
