package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/cappertrophy/panwall/gateway/internal/proof/gate"
	"github.com/cappertrophy/panwall/gateway/internal/proof/odd"
	"github.com/cappertrophy/panwall/gateway/internal/proof/shops"
	"github.com/cappertrophy/panwall/gateway/internal/shoptest"
)

// Two settings of the differential set: how many requests, and the seed they are made from.
const (
	requestsEnv = "PANWALL_PROOF_REQUESTS"
	seedEnv     = "PANWALL_PROOF_SEED"
)

// TestDifferential sends odd requests through the built gateway. What it forwards is shown, byte for byte, to shops of
// four languages and their frameworks: none may read the number hidden in it, and a clean one must read as if there were no gateway. Kept
// seeds go first.
func TestDifferential(t *testing.T) {
	count, seed := number(t, requestsEnv, 400), number(t, seedEnv, 1)
	binary, readers := gate.Build(t), shops.All(t)
	kept := seeds(t)
	var stands []*stand
	var group sync.WaitGroup
	const workers = 2
	for w := range uint64(workers) {
		s := newStand(t, binary, readers)
		s.kept = names(kept)
		stands = append(stands, s)
		group.Go(func() {
			for i := w; i < uint64(len(kept)); i += workers {
				s.check(kept[i].name, kept[i].c)
			}
			for n := w; n < count; n += workers {
				s.check(fmt.Sprintf("s%d-%d", seed, n), odd.Make(seed, n))
			}
		})
	}
	group.Wait()
	report(t, stands)
}

func number(t *testing.T, env string, otherwise uint64) uint64 {
	t.Helper()
	set := os.Getenv(env)
	if set == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(set, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", env, err)
	}
	return n
}

// stand is one gateway, the shop behind it that keeps what arrives, and the shops that read what arrived.
type stand struct {
	t       *testing.T
	sender  *gate.Sender
	tap     *shoptest.Recorder
	readers []*shops.Shop
	counts  map[string]int
	failed  map[string]int  // by what is wrong with what
	kept    map[string]bool // cases that are seeds already
}

func newStand(t *testing.T, binary string, readers []*shops.Shop) *stand {
	t.Helper()
	tap := shoptest.NewRecorder(t)
	s := &stand{
		t: t, tap: tap, readers: readers, counts: map[string]int{}, failed: map[string]int{},
		sender: gate.Start(t, binary, tap.URL()).NewSender(),
	}
	t.Cleanup(s.sender.Close)
	return s
}

// mostAlike is how many failures of one kind are made small and kept.
const mostAlike = 3

// check sends one case and holds it against the promises.
func (s *stand) check(name string, c *odd.Case) {
	wrong := s.wrong(c)
	if wrong == nil {
		return
	}
	kind := wrong.kind + ": " + strings.Join(c.Quirk, ", ")
	if s.failed[kind]++; s.failed[kind] > mostAlike || len(s.failed) > 40 {
		return
	}
	if !s.kept[name] && !wrong.ours {
		small := s.shrink(c, wrong.kind)
		small.Shop = wrong.kind
		keep(s.t, name, small)
	}
	s.t.Errorf("%s: %s at %s (%s)", name, wrong.kind, wrong.place, c.About())
}

// shrink makes a failing case small, asking only the shop that it is about.
func (s *stand) shrink(c *odd.Case, kind string) *odd.Case {
	one := *s
	one.counts = map[string]int{}
	one.readers = slices.DeleteFunc(slices.Clone(s.readers), func(r *shops.Shop) bool { return !strings.Contains(kind, r.Name+" ") })
	return odd.Shrink(c, 150, func(d *odd.Case) bool {
		again := one.wrong(d)
		return again != nil && again.kind == kind
	})
}

// disagreement is a promise broken. It never holds what was read.
type disagreement struct {
	kind, place string
	ours        bool // the proof itself failed
}

// wrong sends a case and gives the promise it breaks, nil if there is none.
func (s *stand) wrong(c *odd.Case) *disagreement {
	status := s.sender.Send(c.Front())
	arrived, partial := s.tap.Take()
	switch {
	case len(partial) > 0:
		return &disagreement{kind: "half a request reached the shop", place: "wire"}
	case len(arrived) > 1:
		return &disagreement{kind: "one request became several", place: "wire"}
	case status == 0 || status >= http.StatusInternalServerError && status != http.StatusNotImplemented:
		return &disagreement{kind: "no verdict, " + strconv.Itoa(status), place: "answer"}
	case len(arrived) > 0 && status != http.StatusOK:
		return &disagreement{kind: "refused and forwarded", place: "answer"}
	case len(arrived) == 0 && status == http.StatusOK:
		return &disagreement{kind: "accepted and not forwarded", place: "answer"}
	case c.Number == "" && status == http.StatusUnprocessableEntity:
		return &disagreement{kind: "false alarm", place: "answer"}
	}
	s.count(c, status)
	if len(arrived) == 0 {
		return nil
	}
	if c.Number == "" {
		return s.compare(c, arrived[0].Raw)
	}
	return s.leak(c, arrived[0].Raw)
}

func (s *stand) count(c *odd.Case, status int) {
	kind := "clean"
	if c.Number != "" {
		kind = "with a number"
	}
	s.counts[fmt.Sprintf("%s: %d", kind, status)]++
}

// leak looks for the number in everything a shop could read.
func (s *stand) leak(c *odd.Case, forwarded []byte) *disagreement {
	for _, shop := range s.readers {
		readings, _, err := shop.Read(forwarded)
		if err != nil {
			return &disagreement{kind: "no reading by " + shop.Name, place: err.Error(), ours: true}
		}
		for _, r := range readings {
			if odd.Shows(r.Text, c.Number) {
				return &disagreement{kind: shop.Name + " reads the number" + way(r.Place), place: scrubbed(r.Place)}
			}
		}
	}
	return nil
}

// way is what shop code decoded to come to a reading, in order.
func way(place string) string {
	_, steps, decoded := strings.Cut(place, "|")
	if !decoded {
		return ""
	}
	var words []string
	for _, step := range strings.Split(steps, "|") {
		word, _, _ := strings.Cut(step, "/")
		words = append(words, strings.TrimRight(word, "#@"))
	}
	return " by " + strings.Join(words, ", ")
}

// compare holds the readings of what was forwarded against those of the request sent straight to the shop.
func (s *stand) compare(c *odd.Case, forwarded []byte) *disagreement {
	for _, shop := range s.readers {
		behind, status, err := shop.Read(forwarded)
		if err != nil {
			return &disagreement{kind: "no reading by " + shop.Name, place: err.Error(), ours: true}
		}
		alone, direct, err := shop.Read(c.Direct())
		if err != nil || direct != status {
			return &disagreement{kind: shop.Name + " answers otherwise alone", place: fmt.Sprint(status, " and ", direct)}
		}
		if at := difference(behind, alone); at != "" {
			return &disagreement{kind: shop.Name + " reads it otherwise", place: scrubbed(at)}
		}
	}
	return nil
}

// difference is the first place that two sets of readings do not share.
func difference(a, b []shops.Reading) string {
	left, right := own(a), own(b)
	for r := range left {
		if !right[r] {
			return "behind only: " + r.Place
		}
	}
	for r := range right {
		if !left[r] {
			return "alone only: " + r.Place
		}
	}
	return ""
}

// framed are the header fields that belong to the connection or to the gateway.
var framed = []string{
	"connection", "content-length", "transfer-encoding", "via", "forwarded", "x-forwarded-for", "x-forwarded-proto",
	"x-forwarded-host", "x-forwarded-port", "x-real-ip", "panwall-request-id", "accept-encoding", "te", "trailer",
}

// own is what a shop's own parsers read, without the framing.
func own(readings []shops.Reading) map[shops.Reading]bool {
	set := map[shops.Reading]bool{}
	for _, r := range readings {
		if !r.Parsed() {
			continue
		}
		name, isHeader := strings.CutPrefix(r.Place, "header:")
		name, _, _ = strings.Cut(name, "|")
		if isHeader && slices.Contains(framed, name) || r.Place == "header#" && slices.Contains(framed, r.Text) {
			continue
		}
		if isHeader { // white space around and between the words of a field is the framing's (RFC 9110 section 5.5)
			r.Text = strings.Join(strings.Fields(r.Text), " ")
		}
		set[r] = true
	}
	return set
}

// scrubbed is a place without digits: a name can be where the number is.
func scrubbed(place string) string {
	place = strings.ToValidUTF8(place, "?")
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '9'
		}
		return r
	}, place[:min(len(place), 120)])
}

func report(t *testing.T, stands []*stand) {
	t.Helper()
	all, sent := map[string]int{}, 0
	for _, s := range stands {
		for what, n := range s.counts {
			all[what] += n
			sent += n
		}
	}
	t.Logf("%d requests, of them", sent)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%8d %s", all[what], what)
	}
}

// seed is a kept case.
type seed struct {
	name string
	c    *odd.Case
}

func names(kept []seed) map[string]bool {
	all := map[string]bool{}
	for _, k := range kept {
		all[k.name] = true
	}
	return all
}

// seeds are the cases kept in testdata: each was a disagreement once.
func seeds(t *testing.T) (all []seed) {
	t.Helper()
	paths, err := filepath.Glob("testdata/seeds/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		c := new(odd.Case)
		if err := json.Unmarshal(b, c); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		all = append(all, seed{strings.TrimSuffix(filepath.Base(path), ".json"), c})
	}
	return all
}

// keep writes a failing case beside the other seeds, as go test -fuzz does.
func keep(t *testing.T, name string, c *odd.Case) {
	t.Helper()
	b, err := json.MarshalIndent(c, "", "\t")
	if err == nil {
		err = os.WriteFile(filepath.Join("testdata", "seeds", name+".json"), append(b, '\n'), 0o600)
	}
	if err != nil {
		t.Errorf("keeping a seed: %v", err)
	}
}
