package strictyaml

import (
	"strconv"
	"strings"
)

// Suggest is the hint for a word that is not among the known ones: the nearest, or all of them.
func Suggest(word string, known []string) string {
	best, distance := "", len(word)/3+1
	for _, k := range known {
		if d := editDistance(word, k, distance); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return "did you mean " + quoted(best) + "?"
	}
	return "known here: " + strings.Join(known, ", ")
}

// editDistance counts the letters to insert, delete, change or swap with a neighbour; limit if it is that or more.
func editDistance(a, b string, limit int) int {
	if len(a) > 64 || len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// Quote shows a text from a file in a fault: in quotes, shortened, and without its digits when it has so many that it
// could be a card number. Faults end in logs and on screens.
func Quote(s string) string { return strconv.Quote(Mask(s)) }

// Mask shortens a text and masks what in it could be a card number: twelve digits or more, whatever stands between
// them that is no letter, quote or bracket.
func Mask(s string) string {
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	out := []byte(s)
	start, digits := 0, 0
	for i := 0; i <= len(out); i++ {
		if i < len(out) && '0' <= out[i] && out[i] <= '9' {
			digits++
			continue
		}
		if i < len(out) && !breaksNumber(out[i]) {
			continue
		}
		if digits >= 12 {
			maskDigits(out[start:i])
		}
		start, digits = i, 0
	}
	return string(out)
}

func breaksNumber(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || strings.IndexByte("\"'`()[]{}", c) >= 0
}

func maskDigits(s []byte) {
	for i, c := range s {
		if '0' <= c && c <= '9' {
			s[i] = '*'
		}
	}
}

// quoted is a key as a path shows it.
func quoted(key string) string {
	if strings.ContainsAny(key, " .\"[]") {
		return Quote(key)
	}
	return Mask(key)
}
