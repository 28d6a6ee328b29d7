package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/cappertrophy/panwall/gateway/ruleset/cases"
	"github.com/cappertrophy/panwall/gateway/trial"
)

type replayCmd struct {
	Rules   string   `required:"" type:"path" placeholder:"DIR" help:"The new rules."`
	Config  string   `type:"path" placeholder:"FILE" help:"panwall.yaml: names the site's time zone, in which days end."`
	Against string   `type:"path" placeholder:"DIR" help:"The old rules; without them those inside the binary."`
	Files   []string `arg:"" type:"path" help:"Raw HTTP requests, HAR archives, or files of cases."`
}

// replayed is one request to be put to both sets.
type replayed struct {
	name   string
	client netip.Addr
	make   func() (*http.Request, error) // anew for each set: an inspection reads the body
}

// Run puts every request to both rule sets and prints only what comes out differently; it exits 1 when anything does.
// Files are read, never copied.
func (c *replayCmd) Run(a *app) error {
	e := edited{Config: c.Config}
	_, o, err := e.options(a)
	if err != nil {
		return a.faults(err)
	}
	new, err := loadRules(c.Rules, o)
	if err != nil {
		return a.faults(err)
	}
	old, err := loadRules(c.Against, o)
	if err != nil {
		return a.faults(err)
	}
	before, after := trial.New(old, a.Now()), trial.New(new, a.Now())
	requests, different := 0, 0
	for _, path := range c.Files {
		rs, err := readRequests(path)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		for _, r := range rs {
			requests++
			differs, err := c.compare(a, before, after, r)
			if err != nil {
				return fmt.Errorf("replaying %s: %w", r.name, err)
			}
			if differs {
				different++
			}
		}
	}
	fmt.Fprintf(a.Stdout, "%d requests, %d come out differently\n", requests, different)
	if different > 0 {
		return exitError(exitFailure)
	}
	return nil
}

func (c *replayCmd) compare(a *app, before, after *trial.Trial, r replayed) (bool, error) {
	was, err := hear(before, r)
	if err != nil {
		return false, err
	}
	is, err := hear(after, r)
	if err != nil || was == is {
		return false, err
	}
	fmt.Fprintf(a.Stdout, "%s\n  - %s\n  + %s\n", r.name, was, is)
	return true, nil
}

// hear is what comes of a request, in one line without a digit of any number.
func hear(t *trial.Trial, r replayed) (string, error) {
	request, err := r.make()
	if err != nil {
		return "", err
	}
	h, err := t.Hear(request, r.client)
	if err != nil {
		return "", err
	}
	o := t.Outcome(h)
	line := o.Action
	if o.Code != "" {
		line += " (" + o.Code + ")"
	}
	for _, f := range o.Findings {
		line += fmt.Sprintf("; %s %s in %s: %s by %s", f.Brand, f.Kind, f.At, f.Action, or(f.Exemption, f.Rule))
	}
	return line + "; page " + o.Page + "; limits " + orNothing(strings.Join(o.Limits, ", ")), nil
}

func readRequests(path string) ([]replayed, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxRequest {
		return nil, fmt.Errorf("is larger than %d MiB", maxRequest>>20)
	}
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	switch filepath.Ext(path) {
	case ".har":
		return readHAR(path, src)
	case ".yaml":
		return readCases(path, src)
	default:
		client := netip.AddrFrom4([4]byte{203, 0, 113, 7})
		return []replayed{{path, client, func() (*http.Request, error) { return http.ReadRequest(bufio.NewReader(bytes.NewReader(src))) }}}, nil
	}
}

func readCases(path string, src []byte) ([]replayed, error) {
	f, d := cases.Read(path, src)
	if err := d.Faults().Err(); err != nil {
		return nil, err
	}
	rs := make([]replayed, len(f.Cases))
	for i := range f.Cases {
		c := &f.Cases[i]
		rs[i] = replayed{path + " " + c.ID, c.Client(), c.Read}
	}
	return rs, nil
}

// har is the part of an HTTP archive (HAR 1.2) that holds requests.
type har struct {
	Log struct {
		Entries []struct {
			Request struct {
				Method  string
				URL     string
				Headers []struct{ Name, Value string }
				Post    *struct {
					Text     string
					Encoding string
				} `json:"postData"`
			}
		}
	}
}

func readHAR(path string, src []byte) ([]replayed, error) {
	var h har
	if err := json.Unmarshal(src, &h); err != nil {
		return nil, fmt.Errorf("not an HTTP archive")
	}
	client := netip.AddrFrom4([4]byte{203, 0, 113, 7})
	var rs []replayed
	for i := range h.Log.Entries {
		e := &h.Log.Entries[i].Request
		body := ""
		if e.Post != nil {
			body = e.Post.Text
			if e.Post.Encoding == "base64" {
				raw, err := base64.StdEncoding.DecodeString(body)
				if err != nil {
					return nil, fmt.Errorf("entry %d: its body is not base64", i+1)
				}
				body = string(raw)
			}
		}
		header := make(http.Header)
		for _, field := range e.Headers {
			if name := strings.ToLower(field.Name); !strings.HasPrefix(name, ":") && name != "host" && name != "content-length" && name != "content-encoding" {
				header.Add(field.Name, field.Value)
			}
		}
		rs = append(rs, replayed{fmt.Sprintf("%s entry %d", path, i+1), client, func() (*http.Request, error) {
			return harRequest(e.Method, e.URL, header.Clone(), body)
		}})
	}
	return rs, nil
}

// harRequest is the request as the server would have read it.
func harRequest(method, address string, header http.Header, body string) (*http.Request, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("its address cannot be read")
	}
	r, err := http.NewRequest(method, address, io.NopCloser(strings.NewReader(body)))
	if err != nil {
		return nil, fmt.Errorf("its method cannot be read")
	}
	r.Header, r.Host, r.RequestURI, r.ContentLength = header, u.Host, u.RequestURI(), int64(len(body))
	return r, nil
}
