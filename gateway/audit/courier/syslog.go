package courier

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/ledger"
)

// syslogAnchor sends checkpoints as RFC 5424 messages over TLS (RFC 5425).
type syslogAnchor struct {
	address string
	tls     *tls.Config
}

// Name is the server's URL.
func (a *syslogAnchor) Name() string { return "syslog+tls://" + a.address }

// priority is facility 13 (log audit), severity 5 (notice): RFC 5424 section 6.2.1.
const priority = 13*8 + 5

// Put sends a checkpoint. Syslog has no acknowledgement: nil means that the server's machine took the bytes.
func (a *syslogAnchor) Put(ctx context.Context, signed []byte) error {
	message, err := syslogMessage(signed, time.Now())
	if err != nil {
		return err
	}
	conn, err := (&tls.Dialer{Config: a.tls}).DialContext(ctx, "tcp", a.address)
	if err != nil {
		return fmt.Errorf("calling syslog: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	_, err = fmt.Fprintf(conn, "%d %s", len(message), message) // octet counting, RFC 5425 section 4.3
	if err = errors.Join(err, conn.Close()); err != nil {
		return fmt.Errorf("sending to syslog: %w", err)
	}
	return nil
}

// Last cannot be answered.
func (a *syslogAnchor) Last(context.Context) ([]byte, error) { return nil, ErrForgets }

// syslogMessage tells a checkpoint in structured data, from which the note can be put together again: collectors
// mangle line breaks.
func syslogMessage(signed []byte, now time.Time) (string, error) {
	cp, err := ledger.ParseCheckpoint(string(signed))
	if err != nil {
		return "", err
	}
	_, signatures, _ := strings.Cut(string(signed), "\n\n")
	host, err := os.Hostname()
	if err != nil {
		host = "-"
	}
	return fmt.Sprintf(`<%d>1 %s %s panwall %d checkpoint [checkpoint@32473 origin="%s" size="%d" root="%s" signatures="%s"] checkpoint over %d records`,
		priority, now.UTC().Format(time.RFC3339), host, os.Getpid(), quote(cp.Origin), cp.Size,
		base64.StdEncoding.EncodeToString(cp.Root[:]), base64.StdEncoding.EncodeToString([]byte(signatures)), cp.Size), nil
}

// quote escapes a value of structured data: RFC 5424 section 6.3.3.
func quote(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `]`, `\]`).Replace(s)
}
