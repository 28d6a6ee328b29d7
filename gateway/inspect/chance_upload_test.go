package inspect

import (
	"os"
	"testing"
)

// A workbook whose compressed bytes hold what looks like an escape: undoing it breaks the archive, and that is our doing.
func TestEscapesThatStandInAnArchiveByChance(t *testing.T) {
	workbook, err := os.ReadFile("testdata/escapes-by-chance.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	mustPass(t, map[string]string{
		"a clean workbook as a file part": post("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"doc\"; filename=\"a.bin\"\r\n\r\n"+string(workbook)+"\r\n--B--\r\n"),
	})
}

func TestSegmentsThatTheirNeighboursName(t *testing.T) {
	for claim, tc := range map[string]struct {
		path string
		want bool
	}{
		"a parcel":                         {"/track/30569309025900", true},
		"the project of an error report":   {"/api/4507123456789010/envelope/", true},
		"a number behind an account":       {"/account/4507123456789010", false},
		"a number behind api alone":        {"/api/4507123456789010/pay", false},
		"a number on its own":              {"/4507123456789010", false},
		"words behind track are no parcel": {"/track/latest", false},
	} {
		start := len(tc.path)
		for at := range tc.path {
			if tc.path[at] >= '0' && tc.path[at] <= '9' {
				start = at
				break
			}
		}
		end := start
		for end < len(tc.path) && tc.path[end] != '/' {
			end++
		}
		if got := numbersParcel(tc.path, start, end); got != tc.want {
			t.Errorf("%s: %v", claim, got)
		}
	}
}
