package gateway

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/config"
)

// openAudit opens the redaction log and with it says which binary, configuration and rules begin to run.
func (g *Gateway) openAudit(c *config.Config) error {
	key, err := auditKey(c.Audit.Key, c.Audit.Origin)
	if err != nil {
		return err
	}
	g.audit, err = audit.Open(audit.Options{
		Dir: c.Audit.Dir, Origin: c.Audit.Origin, Key: key, Retain: c.Audit.Retain,
		Version: g.options.Version, Binary: binaryHash(), Config: configHash(c), Rules: g.rules.Load().Hash(),
		Anchors: c.Audit.Anchors, Copies: c.Audit.Copies, Now: g.now, Log: g.log,
		Patience:  g.patience(c),
		OnFailure: func(err error) { g.raise(problemAudit, err) },
		OnRestored: func(time.Duration) {
			g.settle(problemAudit)
			g.untold.rouse()
		},
		OnControl: g.offhostTells,
	})
	if err != nil {
		return fmt.Errorf("opening the redaction log in %s: %w", c.Audit.Dir, err)
	}
	return nil
}

// auditKey reads the signing key; a file that is named but not there yet is made at the first start. Without a name the
// log keeps its key in its own folder.
func auditKey(secret config.Secret, origin string) ([]byte, error) {
	if secret.IsZero() {
		return nil, nil
	}
	key, err := secret.Read()
	if secret.Path() == "" || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	private, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, fmt.Errorf("making the audit key: %w", err)
	}
	f, err := os.OpenFile(secret.Path(), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("making the audit key: %w", err)
	}
	_, err = f.WriteString(private + "\n")
	return []byte(private), errors.Join(err, f.Sync(), f.Close())
}

// binaryHash is "sha256:" and the hash of the running program; "unknown" where it cannot be read.
func binaryHash() string {
	path, err := os.Executable()
	if err != nil {
		return "unknown"
	}
	f, err := os.Open(path)
	if err != nil {
		return "unknown"
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "unknown"
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// configHash is the hash of what the configuration means; a secret counts by its reference.
func configHash(c *config.Config) string {
	text, err := json.Marshal(c)
	if err != nil {
		return "unknown"
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// note writes a control record; a log that is down has raised its own alarm already.
func (g *Gateway) note(ctx context.Context, c audit.Control) {
	if err := g.audit.Note(ctx, c); err != nil {
		g.log.Error().Err(err).Str("record", string(c.Type)).Msg("the record could not be written")
	}
}

// closeAudit tells the log what it was not told yet and closes it.
func (g *Gateway) closeAudit() error {
	ctx, cancel := context.WithTimeout(context.Background(), closePatience)
	defer cancel()
	return errors.Join(g.untold.tell(ctx, g.audit.Note), g.audit.Close())
}

// closePatience is how long the last records of controls may take.
const closePatience = 5 * time.Second
