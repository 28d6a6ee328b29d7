package gateway_test

import (
	"bytes"
	"crypto/sha256"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// lines are plain words, n bytes of them and the given last line.
func lines(n int, last string) string {
	const line = "кубок серебряный, 14 990 тг, на складе 12\n"
	return strings.Repeat(line, n/len(line)) + last + "\n"
}

// streamingRules are the shipped rules with one route that takes large files.
func streamingRules(t *testing.T) string {
	t.Helper()
	dir := rulesFolder(t)
	path := filepath.Join(dir, "cards.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	row := "bodies:\n  - {id: import, about: stock lists, where: {paths: [/admin/import]}, large: stream, max: 64MiB}\n"
	edited := strings.Replace(string(text), "\nbodies: []\n", "\n"+row, 1)
	if edited == string(text) {
		t.Fatal("the shipped cards.yaml has no empty bodies list")
	}
	if err := os.WriteFile(path, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// upload posts a file as a browser does and gives the status; zero when the connection was cut.
func upload(t *testing.T, g *running, target, content string) int {
	t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("kind", "stock")
	part, _ := form.CreateFormFile("list", "stock.txt")
	_, _ = io.WriteString(part, content)
	_ = form.Close()
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://localhost"+target, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	answer, err := g.client(false).Do(r)
	if err != nil {
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}

func TestLargeUploadsStreamWhereARuleSaysSo(t *testing.T) {
	const size = 20 << 20
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL(), "--rules", streamingRules(t))
	if status := upload(t, g, "/elsewhere", lines(size, "end")); status != http.StatusRequestEntityTooLarge && status != 0 {
		t.Errorf("a large upload nobody allows was answered %d", status)
	}
	if n := len(shop.Requests()); n != 0 {
		t.Fatalf("%d requests reached the shop", n)
	}
	clean := lines(size, "end")
	if status := upload(t, g, "/admin/import", clean); status != http.StatusOK {
		t.Fatalf("a clean upload was answered %d", status)
	}
	if q := shop.Next(t); !bytes.Contains(q.Body, []byte(clean)) {
		t.Errorf("a clean upload arrived changed: %x", sha256.Sum256(q.Body))
	}
	if status := upload(t, g, "/admin/import", lines(size, "card "+digits)); status != http.StatusUnprocessableEntity && status != 0 {
		t.Errorf("an upload with a card was answered %d", status)
	}
	if n := len(shop.Requests()); n != 1 {
		t.Errorf("the shop saw %d whole uploads, the one with a card among them", n)
	}
	forbidden(t, "a streamed upload", shop.Received())
	g.signal(syscall.SIGTERM)
	g.exit()
	out, _ := run(t, "audit", "show", "--json", filepath.Join(g.data, "audit"))
	for line := range strings.Lines(out) {
		if !strings.Contains(line, `"type":"pan.blocked"`) {
			continue
		}
		if !strings.Contains(line, `"at":"body:file(list)"`) || strings.Contains(line, `"forwarded":0}`) {
			t.Errorf("the record does not say where, and how much had gone on: %s", line)
		}
		return
	}
	t.Errorf("there is no record of the card:\n%s", out)
}

func TestPiecesOfResumableUploadsAreRefused(t *testing.T) {
	shop := shoptest.NewRecorder(t)
	g := inFront(t, shop.URL(), "--rules", streamingRules(t))
	r, _ := http.NewRequestWithContext(t.Context(), http.MethodPut, "https://localhost/admin/import", strings.NewReader(lines(9<<20, "end")))
	r.Header.Set("Content-Range", "bytes 0-9437183/20000000")
	client := g.client(false)
	client.Timeout = time.Minute
	answer, err := client.Do(r)
	if err == nil {
		answer.Body.Close()
		if answer.StatusCode != http.StatusBadRequest {
			t.Errorf("answered %d", answer.StatusCode)
		}
	}
	if n := len(shop.Requests()); n != 0 {
		t.Errorf("%d pieces reached the shop", n)
	}
}
