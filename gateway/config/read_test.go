package config

import (
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the faults found into the files under testdata/bad")

// TestEveryMistakeIsTold reads one file per mistake; the faults expected stand in its first lines, after `# want: `.
func TestEveryMistakeIsTold(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 25 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, body := splitWant(string(src))
			_, _, err = Parse(filepath.Base(path), []byte(body))
			if err == nil {
				t.Fatal("read without a fault")
			}
			if *update {
				writeWant(t, path, err.Error(), body)
			} else if err.Error() != want {
				t.Errorf("faults:\n%s\nwant:\n%s", err, want)
			}
		})
	}
}

func splitWant(src string) (want, body string) {
	var lines []string
	for strings.HasPrefix(src, "# want: ") {
		line, rest, _ := strings.Cut(src, "\n")
		lines, src = append(lines, strings.TrimPrefix(line, "# want: ")), rest
	}
	return strings.Join(lines, "\n"), src
}

func writeWant(t *testing.T, path, faults, body string) {
	t.Helper()
	head := "# want: " + strings.ReplaceAll(faults, "\n", "\n# want: ") + "\n"
	if err := os.WriteFile(path, []byte(head+body), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestShippedConfigurationsAreRead(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"panwall.yaml", "development.yaml", "container.yaml"} {
		c, warnings, err := Read(filepath.Join("../../configs", name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Log(name, warnings)
		if c.Sites[0].Location().String() != "Asia/Almaty" || c.Sites[0].Upstream.Timeout != time.Minute {
			t.Errorf("%s: site %+v", name, c.Sites[0])
		}
	}
}

func TestDefaultsAreSafe(t *testing.T) {
	t.Parallel()
	c, warnings, err := Parse("f", []byte("sites: [{hosts: [Shop.kz], upstream: {urls: [\"http://10.0.0.2\"]}}]"))
	if err != nil {
		t.Fatal(err)
	}
	if c.TLS.Issuer != IssuerACME || c.Rules.Apply != ApplyManual || !c.Listen.HTTP2 || c.ClientAddress.From != FromPeer || len(c.Unsafe()) != 0 {
		t.Errorf("defaults %+v", c)
	}
	if c.Sites[0].Hosts[0] != "shop.kz" || c.Audit.Origin != "shop.kz/gw-1" || c.Audit.Retain != 400*24*time.Hour {
		t.Errorf("completed %+v", c)
	}
	if len(warnings) != 3 { // e-mail, anchors, contact
		t.Errorf("warnings %v", warnings)
	}
}

func TestUnsafeOptionsAreNamed(t *testing.T) {
	t.Parallel()
	src := "sites: [{hosts: [shop.kz], upstream: {urls: [\"http://127.0.0.1\"]}}]\nstorage: {unsafe_ephemeral_storage: true}\ntls: {issuer: internal}"
	c, warnings, err := Parse("f", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Unsafe(); len(got) != 1 || got[0] != "storage.unsafe_ephemeral_storage" {
		t.Errorf("unsafe %q", got)
	}
	var keys []string
	for _, w := range warnings {
		keys = append(keys, w.Key)
	}
	if got := strings.Join(keys, " "); got != "storage.unsafe_ephemeral_storage tls.issuer audit.anchors sites.upstream sites.contact" {
		t.Errorf("warnings %s", got)
	}
}

func TestSecretsAreNeverPrintedFromTheFile(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("testdata/bad/secret-in-the-file.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, body := splitWant(string(src))
	if _, _, err := Parse("f", []byte(body)); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("fault %v", err)
	}
}

func TestForServesAnyHost(t *testing.T) {
	t.Parallel()
	to := &url.URL{Scheme: "http", Host: "127.0.0.1:8080"}
	c, err := For(to, nil, "", "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	if c.TLS.Issuer != IssuerInternal || len(c.Sites[0].Hosts) != 0 || c.Listen.HTTPS[0] != "127.0.0.1:8443" || !c.Storage.UnsafeEphemeral {
		t.Errorf("configuration %+v", c)
	}
	for name, u := range map[string]*url.URL{
		"a path":      {Scheme: "http", Host: "a", Path: "/shop"},
		"no scheme":   {Host: "a"},
		"no host":     {Scheme: "http"},
		"a password":  {Scheme: "http", Host: "a", User: url.UserPassword("u", "p")},
		"file scheme": {Scheme: "file", Path: "/etc"},
	} {
		if _, err := For(u, nil, "", "", "", ""); err == nil {
			t.Errorf("%s: no fault", name)
		}
	}
	if _, err := For(to, []string{"shop.kz:443"}, "", "", "", ""); err == nil {
		t.Error("a host with a port: no fault")
	}
}

func TestLocationIsTheSiteWhoseDayEndsFirst(t *testing.T) {
	t.Parallel()
	src := "sites: [{hosts: [a.kz], upstream: {urls: [\"http://10.0.0.2\"]}}, {hosts: [b.kz], upstream: {urls: [\"http://10.0.0.2\"]}, timezone: Asia/Almaty}]"
	c, _, err := Parse("f", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Location(time.Unix(0, 0)).String(); got != "Asia/Almaty" {
		t.Errorf("location %s", got)
	}
}
