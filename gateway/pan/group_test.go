package pan

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever a chain is made of, the digits kept of its groups are those of the text, and their sizes are packed in their order.
func TestGroupsKeepTheirDigits(t *testing.T) {
	table := scanner(t).table
	r := rand.New(rand.NewPCG(1, 1))
	for range 20_000 {
		var b bytes.Buffer
		for range 1 + r.IntN(20) {
			for range 1 + r.IntN([...]int{2, 5, 20, 45}[r.IntN(4)]) {
				b.WriteString(pick(r, digitsOf(r, 1), digitsOf(r, 1), digitsOf(r, 1), "４", "٤", "𝟒", "\u200b"))
			}
			b.WriteString(pick(r, " ", "-", "  ", " - ", ".", "\u00a0", "–", "x", "<", "\xda", "\t", gapOfNumberZero))
		}
		text := b.Bytes()
		w := walk{text: Text{Data: text}, table: table, last: -1}
		rd := reader{text: text, values: &w.values, single: &inDocuments, seek: seeker{text: text}}
		w.fill(&rd)
		packed := uint32(0)
		for i := range w.groups[:w.n] {
			g := &w.groups[i]
			if g.before == 0 {
				packed = 0
			}
			if packed = packed<<4 | uint32(min(g.n, 15)); g.sizes != packed {
				t.Fatalf("%q: the sizes of group %d are %x, not %x", text, i, g.sizes, packed)
			}
			if want := digitValues(text[g.start:g.end]); len(want) <= mostValues && !slices.Equal(w.values.of(g, g.n), want) {
				t.Fatalf("%q: of group %d %v is kept, not %v", text, i, w.values.of(g, g.n), want)
			}
		}
	}
}

// However a chain is read, in a loop of its own for short groups, at once or character by character, its groups and what stands
// between them are the same. Chains of one group and those that hold too few digits may be passed over.
func TestGroupsAreReadAlike(t *testing.T) {
	table := scanner(t).table
	r := rand.New(rand.NewPCG(2, 1))
	long := 0
	for range 100_000 {
		var b bytes.Buffer
		atoms := []string{"1", "23", "456", "4111", "4111", "1234567", "41111111", "4", "8", " ", "  ", "\n", " \r", "\t ", "       ", "-", "--", "#", "##", "*", "...", ".", ",", "<",
			"x", "д", "\xe4", "\x93", "\xa0", "\u00a0", "–", "№", "４", "٤", "\u200b", "\xf0\x82", "\U0001f4b3", "\u2026\u2026", "\xef\xbc", "%"}
		few := 2 + r.IntN(10)
		for range 5 + r.IntN(60) {
			b.WriteString(atoms[r.IntN(len(atoms))])
			if r.IntN(8) == 0 { // a text repeats what it is made of
				few = 2 + r.IntN(10)
				r.Shuffle(len(atoms), func(i, j int) { atoms[i], atoms[j] = atoms[j], atoms[i] })
			}
			b.WriteString(atoms[r.IntN(few)])
		}
		text := b.Bytes()
		w := walk{text: Text{Data: text}, table: table, last: -1}
		single := [...]*[256]gap{&inDocuments, &inValues}[r.IntN(2)]
		rd := reader{text: text, values: &w.values, single: single, seek: seeker{text: text, cut: 1 << 10}}
		w.fill(&rd)
		if !w.ended {
			continue
		}
		got, want := longChains(w.groups[:w.n]), longChains(oneByOne(text, single))
		long += len(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%q:\n%v, one by one\n%v", text, got, want)
		}
	}
	if long < 100_000 {
		t.Errorf("only %d groups are of long chains", long)
	}
}

// oneByOne is the groups of a text, read character by character.
func oneByOne(text []byte, single *[256]gap) (groups []group) {
	rd := reader{text: text, values: new(values), single: single}
	for {
		if rd.pos, _, _ = seekDigit(text, rd.pos, len(text)); rd.pos >= len(text) {
			return groups
		}
		for rd.begun, rd.next = true, 0; rd.begun; {
			g := group{start: rd.pos, before: rd.next}
			rd.values.n = 0
			end, behind, at, size := rd.digits(&g)
			groups = append(groups, g)
			if rd.stop(at + size); behind != 0 {
				rd.gap(end, behind, at+size)
			}
		}
	}
}

// longChains is the groups of chains that may hold a number in several of them, by where they stand and what is before them.
func longChains(groups []group) (long []group) {
	for len(groups) > 0 {
		n, digits := 1, groups[0].n
		for n < len(groups) && groups[n].before != 0 {
			digits += groups[n].n
			n++
		}
		if n > 1 && digits >= shortest {
			for _, g := range groups[:n] {
				long = append(long, group{start: g.start, end: g.end, n: g.n, before: g.before})
			}
		}
		groups = groups[n:]
	}
	return long
}

func digitValues(text []byte) (values []byte) {
	for i := 0; i < len(text); {
		c, size := classAt(text, i)
		if c.isDigit() {
			values = append(values, c.value())
		}
		i += size
	}
	return values
}

// Of a run of digits too long for a number none are kept: what stands behind it in the window is no digit of it.
func TestRunsThatAreNotKept(t *testing.T) {
	s := scanner(t)
	for _, before := range []string{"9.", "9 9 ", "9-", ""} {
		for _, behind := range []string{"-9<<<<<<<<", " 9<<<<<<<<", ".9;;;;;;;;", "?", " 4111 1111 1111 1111"} {
			text := before + strings.Repeat("9", 41) + behind
			for _, whole := range []bool{false, true} {
				found := acting(s, Text{Data: []byte(text), Name: "comment", Whole: whole})
				if want := strings.Contains(behind, "1111"); want != (found == "pan:visa") || !want && found != "" {
					t.Errorf("%q, whole %t: %q", text, whole, found)
				}
			}
		}
	}
}

// gapOfNumberZero is separators whose number would be zero.
const gapOfNumberZero = "\u2449 \u29b9 \U0001f8fe"

// Separators are compared by a number; three of them whose number would be zero are a gap like any other, and no card's groups are
// lost for what follows them.
func TestGapOfNumberZero(t *testing.T) {
	s := scanner(t)
	const other = "\u2449 \u29b9 \U0001f8fd"
	for _, text := range []string{
		"4111 1111 1111 1111~5", "4111111111111111~5", "1 2 3 4111 1111 1111 1111 1 2 3 4 5~5 x", "4111 1111 1111~1111 5", "4111~1111 1111 1111",
	} {
		for _, whole := range []bool{false, true} {
			got := acting(s, Text{Data: []byte(strings.ReplaceAll(text, "~", gapOfNumberZero)), Whole: whole})
			if want := acting(s, Text{Data: []byte(strings.ReplaceAll(text, "~", other)), Whole: whole}); got != want || got != "pan:visa" {
				t.Errorf("%q, whole %t: %q, with another separator %q", text, whole, got, want)
			}
		}
	}
}
