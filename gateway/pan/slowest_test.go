package pan

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cappertrophy/panwall/gateway/internal/fuzzed"
)

// atoms is what the search for the slowest text builds from: a # is a random digit, and numbers are made anew each time.
var atoms = []func(r *rand.Rand, b *bytes.Buffer){
	number("4", 16, 0), number("4", 16, 0), number("51", 16, 0), number("2200", 16, 0), number("34", 15, 0), number("36", 14, 0),
	number("4", 19, 0), number("62", 19, 0), number("57", 15, 0), number("50", 12, 0), number("6759", 12, 0), number("4", 13, 0),
	number("4", 16, 1), number("9860", 16, 1), number("62", 17, 1), number("01", 18, 1),
	inFours(" "), inFours("-"), inFours(","), inFours("\t"), inFours("/"), inFours("."), inFours("; "),
	literal("#"), literal("##"), literal("###"), literal("####"), literal("#####"), literal("######"), literal("########"), literal("4###"),
	literal("############"), literal("####################"), literal(strings.Repeat("#", 33)), literal("1228"), literal("12/28"), literal("0"), literal("01"), literal("#### "),
	literal(" "), literal("  "), literal("-"), literal("."), literal(","), literal("/"), literal(";"), literal(":"), literal("_"), literal("\t"), literal("\n"),
	literal("|"), literal("="), literal("&"), literal("^"), literal("D"), literal("#"), literal("*"), literal("%"), literal("("), literal(")"), literal("[0]"),
	literal("\""), literal("'"), literal("\\"), literal("\\n"), literal("<"), literal(">"), literal("{"), literal("}"), literal("E15"),
	literal("a"), literal("Z"), literal("cc"), literal("KZ"), literal("ж"), literal("Ә"), literal("é"), literal("aB"), literal("abcdefghijklmnop"),
	literal("card "), literal("карта "), literal("id "), literal("номер "), literal("заказ "), literal("счет "), literal("order "), literal("number: "), literal("gift "),
	literal("\"k\":\""), literal("k="), literal("id="), literal("<id>"), literal("i:"), literal("s:16:\""), literal("\";"), literal("(01)"), literal("s/n "), literal("https://x.com/"),
	literal("_n.jpg"), literal("IMG_"), literal("exp "), literal("cvv "), literal("12/28 "), literal("AAAA^"),
	literal("４"), literal("٤"), literal("\u200b"), literal("\u00a0"), literal("–"), literal("💳"), literal("\xa0"), literal("\xd0"), literal("\xff"), literal("\x82"), literal("\x00"), literal("𝟒"), literal("①"),
}

func number(prefix string, n int, off byte) func(*rand.Rand, *bytes.Buffer) {
	return func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(made(r, prefix, n, off)) }
}

func inFours(between string) func(*rand.Rand, *bytes.Buffer) {
	return func(r *rand.Rand, b *bytes.Buffer) {
		n := made(r, "4", 16, 0)
		b.WriteString(strings.Join([]string{n[:4], n[4:8], n[8:12], n[12:]}, between))
	}
}

func literal(s string) func(*rand.Rand, *bytes.Buffer) {
	return func(r *rand.Rand, b *bytes.Buffer) {
		for i := range len(s) {
			if s[i] == '#' && s != "#" {
				b.WriteByte('0' + byte(r.IntN(10)))
			} else {
				b.WriteByte(s[i])
			}
		}
	}
}

// pieces is one piece behind the other.
func pieces(all ...func(*rand.Rand, *bytes.Buffer)) func(*rand.Rand, *bytes.Buffer) {
	return func(r *rand.Rand, b *bytes.Buffer) {
		for _, piece := range all {
			piece(r, b)
		}
	}
}

// recipe is a text that repeats a few atoms, as the value of a field or as a document.
type recipe struct {
	name  string
	whole bool
	atoms []int
	cost  time.Duration // of a mebibyte
}

func (rc recipe) piece(r *rand.Rand, b *bytes.Buffer) {
	for _, a := range rc.atoms {
		atoms[a](r, b)
	}
}

func (rc recipe) String() string {
	var b bytes.Buffer
	rc.piece(rand.New(rand.NewPCG(1, 1)), &b)
	return fmt.Sprintf("%.0f MB/s: name %q, whole %t: %q %v", float64(1<<20)/rc.cost.Seconds()/1e6, rc.name, rc.whole, b.String(), rc.atoms)
}

// measure takes the least of some tries: what else runs on the machine only ever adds. It gives back the room for what is
// found, which a scan in hand has had before too.
func (rc *recipe) measure(s *Scanner, found []Match, size, tries int) []Match {
	text := Text{Data: filledTo(size, 1, rc.piece), Name: rc.name, Whole: rc.whole}
	rc.cost = time.Hour
	for range tries {
		began := cpuTime()
		found = s.Scan(found[:0], text)
		rc.cost = min(rc.cost, (cpuTime()-began)*time.Duration((1<<20)/size))
	}
	return found
}

// mutated is a recipe with one or two atoms changed, added or taken away.
func (rc recipe) mutated(r *rand.Rand) recipe {
	m := recipe{name: rc.name, whole: rc.whole, atoms: slices.Clone(rc.atoms)}
	for range 1 + r.IntN(2) {
		i := r.IntN(len(m.atoms))
		switch r.IntN(6) {
		case 0:
			m.name = pick(r, "", "comment", "yclid", "card_number", "card_id", "iban")
			m.whole = r.IntN(2) == 0
		case 1:
			m.atoms = slices.Insert(m.atoms, i, r.IntN(len(atoms)))
		case 2:
			if len(m.atoms) > 1 {
				m.atoms = slices.Delete(m.atoms, i, i+1)
			}
		default:
			m.atoms[i] = r.IntN(len(atoms))
		}
	}
	return m
}

// TestFoundTexts times what the fuzzers kept, each repeated to a text of its own: twice the text must take twice the time.
// With PANWALL_SLOWEST set it times those of this machine's cache too, and says how fast the slowest are.
func TestFoundTexts(t *testing.T) {
	_, search := os.LookupEnv("PANWALL_SLOWEST")
	s := scanner(t)
	var found []Match
	type timed struct {
		input      fuzzed.Input
		one, eight time.Duration // of 64 KiB, of 512 KiB
	}
	room := make([]byte, 0, 8<<20) // the collector's time would count
	scan := func(in fuzzed.Input, size, tries int) time.Duration {
		data := room[:copy(room[:size], in.Bytes[0])]
		for len(data) < size {
			data = room[:len(data)+copy(room[len(data):size], data)]
		}
		best := time.Hour
		for range tries {
			began := cpuTime()
			found = s.Scan(found[:0], Text{Data: data, Name: in.Strings[0], Whole: true})
			found = s.Scan(found[:0], Text{Data: data, Name: in.Strings[0]})
			best = min(best, (cpuTime()-began)/2)
		}
		return best
	}
	var all []timed
	for _, target := range []string{"FuzzScan", "FuzzMask"} {
		for _, in := range fuzzed.Inputs(t, "gateway/pan", target, search) {
			if len(in.Bytes[0]) == 0 {
				continue
			}
			one, eight := scan(in, 64<<10, 3), scan(in, 512<<10, 3)
			if eight > 24*one {
				t.Errorf("%.80q under %.80q: %v for one part, %v for eight", in.Bytes[0], in.Strings[0], one, eight)
			}
			all = append(all, timed{in, one, eight})
		}
	}
	slowest := func() { slices.SortFunc(all, func(a, b timed) int { return int(b.eight - a.eight) }) }
	slowest()
	for i := range all[:min(len(all), 100)] {
		if search { // what disturbed one of them is no cost of its own
			all[i].eight = min(all[i].eight, scan(all[i].input, 512<<10, 20))
		}
	}
	slowest()
	for _, one := range all[:min(len(all), 5)] {
		t.Logf("%.0f MB/s: %.80q under %.80q", float64(512<<10)/one.eight.Seconds()/1e6, one.input.Bytes[0], one.input.Strings[0])
		for _, size := range []int{1, 2, 4, 8} {
			if search {
				t.Logf("    %d MiB: %v", size, scan(one.input, size<<20, 5))
			}
		}
	}
}

// TestSlowestText looks for the text that takes longest to scan: PANWALL_SLOWEST=5m is how long it looks. What it finds
// stands among the hard texts of the benchmarks.
func TestSlowestText(t *testing.T) {
	until, seed := time.Second, uint64(1) // the same texts in every short run
	if search, err := time.ParseDuration(os.Getenv("PANWALL_SLOWEST")); err == nil {
		until, seed = search, uint64(time.Now().UnixNano())
	}
	s := scanner(t)
	r := rand.New(rand.NewPCG(seed, 1))
	defer debug.SetGCPercent(debug.SetGCPercent(1000)) // the collector's time would count
	const kept = 24
	var best []recipe
	var found []Match
	settle := func() {
		slices.SortFunc(best, func(a, b recipe) int { return int(b.cost - a.cost) })
	}
	for began, i := time.Now(), 0; time.Since(began) < until; i++ {
		next := recipe{name: "comment", atoms: []int{r.IntN(16), r.IntN(len(atoms)), r.IntN(len(atoms))}}
		if len(best) == kept && i%8 != 0 {
			again := &best[r.IntN(kept)] // the slowest are those that something disturbed
			before := again.cost
			found = again.measure(s, found, 1<<19, 1)
			again.cost = min(again.cost, before)
			next = *again
		}
		next = next.mutated(r)
		found = next.measure(s, found, 1<<16, 2)
		if settle(); len(best) == kept && next.cost < best[kept-1].cost {
			continue
		}
		found = next.measure(s, found, 1<<19, 3)
		best = append(best, next)
		settle()
		best = slices.CompactFunc(best, func(a, b recipe) bool { return slices.Equal(a.atoms, b.atoms) })
		best = best[:min(len(best), kept)]
	}
	for _, rc := range best {
		t.Log(rc)
	}
}
