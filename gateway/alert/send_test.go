package alert

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

var sample = Message{
	Event: Restored, Gateway: "shop.example/gw-1", At: time.Date(2026, 3, 2, 9, 14, 7, 0, time.UTC), Control: "certificates shop.example",
	Detail: "failed: the authority is away", Since: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), Seconds: 847,
}

func secret(t *testing.T, value string) config.Secret {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.ParseSecret("file:" + path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAWebhookIsSigned(t *testing.T) {
	got := make(chan Message, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte("spring"))
		mac.Write(body)
		if r.Header.Get(SignatureHeader) != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		var m Message
		_ = json.Unmarshal(body, &m)
		got <- m
	}))
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	d := config.Alert{Type: "webhook", URL: server.URL, Secret: secret(t, "spring"), CA: ca}
	if err := must(sender(d))(t.Context(), sample); err != nil {
		t.Fatal(err)
	}
	if m := <-got; m != sample {
		t.Errorf("%+v", m)
	}
	d.Secret = secret(t, "autumn")
	if err := must(sender(d))(t.Context(), sample); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("a refusal passes for told: %v", err)
	}
}

func TestAProgramGetsTheMessageAndNoSecrets(t *testing.T) {
	t.Setenv("PANWALL_REDIS_PASSWORD", "spring")
	out := filepath.Join(t.TempDir(), "out")
	d := config.Alert{Type: "exec", Command: []string{"/bin/sh", "-c", `cat >"$1"; env >>"$1"`, "tell", out}}
	if err := must(sender(d))(t.Context(), sample); err != nil {
		t.Fatal(err)
	}
	text := string(must(os.ReadFile(out)))
	if !strings.HasPrefix(text, `{"event":"control.restored","gateway":"shop.example/gw-1"`) || strings.Contains(text, "spring") {
		t.Errorf("%s", text)
	}
	d.Command = []string{"/bin/false"}
	if err := must(sender(d))(t.Context(), sample); err == nil {
		t.Error("a program that fails passes for told")
	}
}

// post office takes one letter in the shortest SMTP there is (RFC 5321) and returns it.
func postOffice(t *testing.T) (address string, letter chan string) {
	t.Helper()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	letter = make(chan string, 1)
	go func() {
		defer listener.Close()
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		var text strings.Builder
		fmt.Fprint(conn, "220 post.example\r\n")
		for data := false; ; {
			line, err := in.ReadString('\n')
			text.WriteString(line)
			switch {
			case err != nil:
				return
			case data && line != ".\r\n":
			case strings.HasPrefix(line, "DATA"):
				data = true
				fmt.Fprint(conn, "354 go on\r\n")
			case strings.HasPrefix(line, "QUIT"):
				fmt.Fprint(conn, "221 bye\r\n")
				letter <- text.String()
				return
			default:
				data = false
				fmt.Fprint(conn, "250 ok\r\n")
			}
		}
	}()
	return listener.Addr().String(), letter
}

func TestAMailIsSent(t *testing.T) {
	address, letter := postOffice(t)
	m := sample
	m.Gateway += "\r\nBcc: somebody@else.example"
	d := config.Alert{Type: "smtp", URL: "smtp://" + address, To: []string{"aida@shop.example", "bota@shop.example"}, From: "panwall@shop.example"}
	if err := must(sender(d))(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	text := <-letter
	for _, want := range []string{
		"MAIL FROM:<panwall@shop.example>", "RCPT TO:<aida@shop.example>", "RCPT TO:<bota@shop.example>",
		"Subject: panwall shop.example/gw-1  Bcc: somebody@else.example: control.restored: certificates shop.example\r\n",
		"\r\nfailed: the authority is away\r\n", "\r\nsince    2026-03-02T09:00:00Z\r\naway     14m7s\r\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter lacks %q:\n%s", want, text)
		}
	}
}

func TestAMailDoesNotCrossTheNetworkInClear(t *testing.T) {
	address, _ := postOffice(t)
	client := must(smtp.Dial(address))
	defer client.Close()
	d := config.Alert{Type: "smtp", To: []string{"aida@shop.example"}}
	if err := post(client, d, &tls.Config{ServerName: "post.example"}, false, sample); !errors.Is(err, errClear) {
		t.Errorf("a server elsewhere without TLS: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
