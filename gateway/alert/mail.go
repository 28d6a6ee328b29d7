package alert

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/smtp"
	"net/url"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

var errClear = errors.New("telling by mail: the server offers no TLS, and only one on this machine may go without")

// mail sends a message through the server at d.URL: smtps is TLS from the start (RFC 8314), smtp must be raised to TLS
// (RFC 3207) unless the server is on this machine.
func mail(d config.Alert, roots *x509.CertPool) (func(context.Context, Message) error, error) {
	u, err := url.Parse(d.URL)
	if err != nil || u.Host == "" {
		return nil, errors.New("telling by mail: not an address")
	}
	host := u.Hostname()
	port := cmp.Or(u.Port(), map[string]string{"smtps": "465"}[u.Scheme], "587")
	conf := &tls.Config{RootCAs: roots, ServerName: host, MinVersion: tls.VersionTLS12}
	return func(ctx context.Context, m Message) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(host, port))
		if err != nil {
			return fmt.Errorf("telling by mail: %w", err)
		}
		defer func() { _ = conn.Close() }()
		if deadline, ok := ctx.Deadline(); ok {
			_ = conn.SetDeadline(deadline)
		}
		if u.Scheme == "smtps" {
			conn = tls.Client(conn, conf)
		}
		client, err := smtp.NewClient(conn, host)
		if err != nil {
			return fmt.Errorf("telling by mail: %w", err)
		}
		if err := post(client, d, conf, u.Scheme == "smtps", m); err != nil {
			return fmt.Errorf("telling by mail: %w", err)
		}
		return nil
	}, nil
}

func post(client *smtp.Client, d config.Alert, conf *tls.Config, sealed bool, m Message) error {
	if !sealed {
		if offered, _ := client.Extension("STARTTLS"); offered {
			if err := client.StartTLS(conf); err != nil {
				return err
			}
		} else if ip := net.ParseIP(conf.ServerName); conf.ServerName != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return errClear
		}
	}
	from := sentBy(d)
	if !d.Secret.IsZero() {
		password, err := d.Secret.Read()
		if err != nil {
			return err
		}
		if err := client.Auth(smtp.PlainAuth("", cmp.Or(d.User, from), string(password), conf.ServerName)); err != nil {
			return err
		}
	}
	if err := client.Mail(from); err != nil {
		return err
	}
	for _, to := range d.To {
		if err := client.Rcpt(to); err != nil {
			return err
		}
	}
	body, err := client.Data()
	if err != nil {
		return err
	}
	if _, err := body.Write(letter(from, d.To, m)); err != nil {
		return err
	}
	return errors.Join(body.Close(), client.Quit())
}

func sentBy(d config.Alert) string { return cmp.Or(d.From, d.To[0]) }

// letter is the message as a mail (RFC 5322).
func letter(from string, to []string, m Message) []byte {
	var b bytes.Buffer
	_, domain, _ := strings.Cut(from, "@")
	subject := "panwall " + m.Gateway + ": " + m.Event
	if m.Control != "" {
		subject += ": " + m.Control
	}
	for _, line := range []string{
		"From: " + from,
		"To: " + strings.Join(to, ", "),
		"Subject: " + mime.QEncoding.Encode("utf-8", oneLine(subject)),
		"Date: " + m.At.UTC().Format(time.RFC1123Z),
		"Message-ID: <" + rand.Text() + "@" + domain + ">",
		"Auto-Submitted: auto-generated", // RFC 3834: no out-of-office answers
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=utf-8",
		"",
		oneLine(m.Detail),
		"",
		"gateway  " + oneLine(m.Gateway),
		"time     " + m.At.UTC().Format(time.RFC3339),
	} {
		b.WriteString(line + "\r\n")
	}
	if !m.Since.IsZero() {
		b.WriteString("since    " + m.Since.UTC().Format(time.RFC3339) + "\r\n")
	}
	if m.Seconds > 0 {
		b.WriteString("away     " + (time.Duration(m.Seconds) * time.Second).String() + "\r\n")
	}
	if m.Missed > 0 {
		fmt.Fprintf(&b, "\r\n%d messages before this one could not be sent.\r\n", m.Missed)
	}
	b.WriteString("\r\nWhat is wrong right now: panwall status. What happened: panwall audit show.\r\n")
	return b.Bytes()
}

// oneLine keeps a header from being ended early.
func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }
