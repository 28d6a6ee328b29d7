package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"
)

// Defences that stand beside others: without these tests nobody would miss them.
func TestDefencesBesideOthers(t *testing.T) {
	g := newRig(t, shipped(t), Options{})
	encoded := base64.StdEncoding.EncodeToString([]byte("card " + visa))
	for claim, raw := range map[string]string{
		"a transfer encoding that nobody reads": parts("--XX\nContent-Disposition: form-data; name=\"n\"\nContent-Transfer-Encoding: x-uuencode\n\nclean\n--XX--\n"),
		"an encoded number in the preamble":     parts(encoded + "\n--XX\nContent-Disposition: form-data; name=\"n\"\n\nclean\n--XX--\n"),
		"an encoded number in the epilogue":     parts("--XX\nContent-Disposition: form-data; name=\"n\"\n\nclean\n--XX--\n" + encoded),
		"an archive of very many entries":       post("application/zip", archive(t, entries(1001))),
		"archives in archives in archives": post("application/zip", archive(t, map[string]string{"a.zip": archive(t, map[string]string{
			"b.zip": archive(t, map[string]string{"c.zip": archive(t, map[string]string{"d.txt": "clean"})}),
		})})),
	} {
		if a := g.send(t, raw); len(a.forwarded) > 0 || a.status < 400 || a.status > 499 {
			t.Errorf("%s: answered %d", claim, a.status)
		}
	}
}

func entries(n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprintf("%d.txt", i)] = "clean"
	}
	return all
}

func archive(t *testing.T, files map[string]string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range files {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
