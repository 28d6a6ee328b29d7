package pan

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// filled is a text of one mebibyte made of pieces.
func filled(seed uint64, piece func(r *rand.Rand, b *bytes.Buffer)) []byte {
	return filledTo(1<<20, seed, piece)
}

func filledTo(size int, seed uint64, piece func(r *rand.Rand, b *bytes.Buffer)) []byte {
	r := rand.New(rand.NewPCG(seed, seed))
	var b bytes.Buffer
	for b.Len() < size {
		piece(r, &b)
	}
	return b.Bytes()[:size]
}

// order is one order in JSON: Cyrillic names, a phone, and per item a barcode, a time stamp, a UUID.
func order(r *rand.Rand, b *bytes.Buffer) {
	fmt.Fprintf(b, `{"order_id":%d,"customer":{"name":"Айгүл Сейітқызы","phone":"+7701%07d","email":"a%d@mail.kz","city":"Алматы"},"items":[`, r.IntN(1e9), r.IntN(1e7), r.IntN(1e5))
	for range 3 {
		fmt.Fprintf(b, `{"sku":"LMP-%05d","barcode":"%s","title":"Лампа светодиодная LED E27","price":%d.00,"qty":%d,"id":"%s","ts":%s%s},`, r.IntN(1e5), ean(r), r.IntN(1e6), r.IntN(9), uuid(r), unixTime(r), digitsOf(r, 3))
	}
	b.WriteString("]}\n")
}

func failing(r *rand.Rand) string {
	return made(r, pick(r, "4", "51", "55", "2200"), 16, 1+byte(r.IntN(9)))
}

// texts is what the scanner is timed on.
var texts = map[string]func(r *rand.Rand, b *bytes.Buffer){
	"json": order,
	"russian": func(_ *rand.Rand, b *bytes.Buffer) {
		b.WriteString("Здравствуйте, подскажите, где мой заказ? ")
	},
	"form": func(r *rand.Rand, b *bytes.Buffer) {
		fmt.Fprintf(b, "name=%%D0%%90%%D0%%B9%%D0%%B3&phone=%%2B7701%07d&comment=%%D1%%81%%D0%%BF%%D0%%B0%%D1%%81%%D0%%B8%%D0%%B1%%D0%%BE+%d&id=%s&qty=%d&", r.IntN(1e7), r.IntN(1e5), uuid(r), r.IntN(99))
	},
	"binary": func(r *rand.Rand, b *bytes.Buffer) { b.WriteByte(byte(r.Uint32())) },
	"base64": func(r *rand.Rand, b *bytes.Buffer) {
		b.WriteString(base64.StdEncoding.EncodeToString(fmt.Append(nil, r.Uint64(), r.Uint64())[:9]))
	},
	"digits": func(r *rand.Rand, b *bytes.Buffer) { b.WriteByte('0' + byte(r.IntN(10))) },
	"cards16": func(r *rand.Rand, b *bytes.Buffer) {
		b.WriteString(failing(r))
		b.WriteByte(',')
	},
	"groups4": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 4) + " ") },
	"words":   func(_ *rand.Rand, b *bytes.Buffer) { b.WriteString("lorem ipsum dolor sit amet ") },
}

// hard is texts written to be slow.
var hard = map[string]func(r *rand.Rand, b *bytes.Buffer){
	"ids that pass":  func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(`"yclid":"` + made(r, "4", 16, 0) + `",`) },
	"cards":          func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(made(r, "4", 16, 0) + " ") },
	"cards in words": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("ж" + made(r, "4", 16, 0) + "ж ") },
	"single digits":  func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 1) + " ") },
	"pairs":          func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 2) + "-") },
	"mixed groups":   func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 4) + pick(r, " ", "-", ".", "/", "  ")) },
	"failing fours": func(r *rand.Rand, b *bytes.Buffer) {
		n := failing(r)
		b.WriteString(n[:4] + " " + n[4:8] + " " + n[8:12] + " " + n[12:] + ", ")
	},
	"full-width": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(strings.Repeat("４", 1+r.IntN(20)) + " ") },
	"zero-width": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 1) + "\u200b") },
	"invisible":  func(_ *rand.Rand, b *bytes.Buffer) { b.WriteString("\u200b") },
	"stripes": func(r *rand.Rand, b *bytes.Buffer) {
		b.WriteString(made(r, "4", 16, 0) + "^" + "AAAAAAAAAAAAAAAAAAAAAAAAAA ")
	},
	"packet heads":    func(_ *rand.Rand, b *bytes.Buffer) { b.WriteString("eyJUeXBlIjoi ") },
	"cryptogram tops": func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("03AAAAAAAAAA ") },
	"percent":         func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("%3" + digitsOf(r, 1)) },
	"emoji":           func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(digitsOf(r, 4) + "💳") },
	"deep words": func(r *rand.Rand, b *bytes.Buffer) {
		b.WriteString("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDE" + made(r, "4", 16, 0))
	},
	"packets":            func(_ *rand.Rand, b *bytes.Buffer) { b.WriteString("eyJUeXBlIjoiQ2xvdWRDYXJk ") },
	"identifiers alone":  func(r *rand.Rand, b *bytes.Buffer) { b.WriteString(made(r, "57", 15, 0) + " ;") },
	"short numbers":      func(r *rand.Rand, b *bytes.Buffer) { b.WriteString("и" + made(r, "50", 12, 0) + ",") },
	"rows of cards":      pieces(literal("id "), inFours(",")),
	"capitals":           pieces(literal(":"), inFours("."), literal(".ӘӘӘӘжD:")),
	"addresses":          pieces(inFours("/"), literal("id="), number("6759", 12, 0), literal("\xff/")),
	"cards of cards":     pieces(number("62", 17, 1), literal("①\xa0acccccard счет ")),
	"unseen runs":        literal("1" + strings.Repeat("\u200b", maxGap/3)),
	"longer unseen runs": literal("1" + strings.Repeat("\u200b", maxGap/3+1)),
	"unseen and blanks":  literal("1" + strings.Repeat("\u200b", maxGap/3) + "  -"),
	"lone digits":        pieces(literal(")٤12/28\u200b٤*-Z４gift ٤-٤_:"), inFours("/"), literal("#")),
	"groups unseen":      literal("#### ####\u200b\t"),
	"carets":             pieces(number("6759", 12, 0), literal("^^####:")),
	"invisible at cards": pieces(literal("01\xff"), inFours("\t"), literal("\u200b|")),
	"soup":               pieces(literal("0\x82٤\xff\xa0")),
	"soup of brackets":   pieces(literal("٤{٤\xa0:")),
	"Arabic digits": func(r *rand.Rand, b *bytes.Buffer) {
		for i, d := range made(r, "2200", 16, 0) {
			if i%4 == 0 {
				b.WriteByte('/')
			}
			b.WriteRune(d - '0' + '٠')
		}
	},
}

// hardNames is the names of the fields under which some of them are hardest; the others are comments.
var hardNames = map[string]string{"identifiers alone": "yclid", "groups unseen": "yclid", "carets": "card_number"}

// hardText is a hard text as the value of its field.
func hardText(name string, text []byte) Text {
	return Text{Data: text, Name: cmp.Or(hardNames[name], "comment"), Whole: true}
}

func BenchmarkSurvey(b *testing.B) { run(b, texts, func(text []byte) { Survey(text) }) }

// The first pass is the search for stretches to the end of the text: MayHold ends at the first it finds.
func BenchmarkFirstPass(b *testing.B) { run(b, texts, firstPass) }

func BenchmarkFirstPassWithoutAVX2(b *testing.B) {
	withoutAVX2(func() { run(b, texts, firstPass) })
}

func firstPass(text []byte) {
	s := seeker{text: text}
	for _, _, ok := s.next(); ok; _, _, ok = s.next() {
	}
}

func BenchmarkScan(b *testing.B) {
	s := scanner(b)
	var found []Match
	run(b, texts, func(text []byte) { found = s.Scan(found[:0], Text{Data: text}) })
}

func BenchmarkScanHard(b *testing.B) {
	s := scanner(b)
	var found []Match
	for name, piece := range hard {
		timed(b, name, filled(1, piece), func(text []byte) { found = s.Scan(found[:0], hardText(name, text)) })
	}
}

// BenchmarkScanGrows times the slowest hard texts in four sizes: twice the text must take twice the time.
func BenchmarkScanGrows(b *testing.B) {
	s := scanner(b)
	var found []Match
	for _, name := range []string{"cards in words", "ids that pass", "Arabic digits", "short numbers", "identifiers alone", "packets", "rows of cards", "invisible at cards"} {
		one := filled(1, hard[name])
		for _, size := range []int{1, 2, 4, 8} {
			text := bytes.Repeat(one, size)
			timed(b, fmt.Sprintf("%s/%dMB", name, size), text, func(text []byte) {
				found = s.Scan(found[:0], hardText(name, text))
			})
		}
	}
}

func BenchmarkSurveyHard(b *testing.B) { run(b, hard, func(text []byte) { Survey(text) }) }

func run(b *testing.B, over map[string]func(*rand.Rand, *bytes.Buffer), f func([]byte)) {
	b.Helper()
	for name, piece := range over {
		timed(b, name, filled(1, piece), f)
	}
}

func timed(b *testing.B, name string, text []byte, f func([]byte)) {
	b.Helper()
	b.Run(name, func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		b.ReportAllocs()
		f(text) // what is found needs room once
		began := cpuTime()
		for b.Loop() {
			f(text)
		}
		// On a shared machine the time on the clock is other people's too.
		b.ReportMetric(float64(len(text))*float64(b.N)/1e6/(cpuTime()-began).Seconds(), "MB/cpu-s")
	})
}

// cpuTime is what this process has used of its processors.
func cpuTime() time.Duration {
	var ts unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &ts); err != nil {
		return 0
	}
	return time.Duration(ts.Nano())
}

// TestTimeIsLinear times every hard text in two sizes, one eight times the other: the larger may take 24 times as long,
// which leaves room for a busy machine (and three tries) and none for a quadratic scan.
func TestTimeIsLinear(t *testing.T) {
	s := scanner(t)
	var found []Match
	least := func(name string, text []byte) time.Duration {
		best := time.Hour
		for range 3 {
			began := cpuTime()
			found = s.Scan(found[:0], Text{Data: text})
			found = s.Scan(found[:0], hardText(name, text))
			Survey(text)
			best = min(best, cpuTime()-began)
		}
		return best
	}
	for name, piece := range hard {
		text := filled(1, piece)[:1<<19]
		for try := 1; ; try++ {
			one, eight := least(name, text[:len(text)/8]), least(name, text)
			if eight <= 24*one {
				break
			}
			if try == 3 {
				t.Errorf("%s: %v for one part, %v for eight", name, one, eight)
				break
			}
		}
	}
}

func TestNothingFoundAllocatesNothing(t *testing.T) {
	s := scanner(t)
	for name, piece := range texts {
		text := filled(1, piece)[:1<<16]
		if n := testing.AllocsPerRun(3, func() {
			Survey(text)
			s.Scan(nil, Text{Data: text, Name: "comment"})
		}); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
