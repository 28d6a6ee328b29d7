package logbook

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAgentsAreToldByFamilyAndMajorVersion(t *testing.T) {
	for header, want := range map[string]string{
		"": "none",
		"Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0":                                                                  "Firefox 133",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36":                         "Chrome 131",
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.63":       "Edge 131",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 YaBrowser/24.12.0.0 Safari/537.36":                 "Yandex 24",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1": "Safari 18",
		"Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)":                                                                        "bot",
		"curl/8.5.0":                            "curl 8",
		"Chrome/4111111111111111":               "Chrome",
		"4111 1111 1111 1111":                   "other",
		strings.Repeat("x", 9000) + "Firefox/1": "other",
	} {
		if got := Agent(header); got != want {
			t.Errorf("%.40q is %q, want %q", header, got, want)
		}
	}
}

// access lives through the days of a clock.
func access(t *testing.T, dir string, now *time.Time, told *[]error) *Days {
	t.Helper()
	d, err := OpenDays(DaysOptions{
		Dir: dir, Retain: 40 * 24 * time.Hour, Now: func() time.Time { return *now },
		Told: func(err error) {
			if err != nil {
				*told = append(*told, err)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func line(status int, agent string) []byte {
	return fmt.Appendf(nil, `{"status":%d,"action":"pass","host":"shop.example","agent":%q}`+"\n", status, agent)
}

func TestDaysAreRemovedAndTheirMonthsFiguresStay(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var told []error
	for range 80 {
		d := access(t, dir, &now, &told)
		for i := range 3 {
			_, _ = d.Write(line(200, "Chrome 131"))
			if now.Day() == 7 && i < 2 {
				_, _ = d.Write(line(404, "Netscape 4"))
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		now = now.Add(24 * time.Hour)
	}
	if len(told) > 0 {
		t.Fatal(told)
	}
	days, _ := filepath.Glob(filepath.Join(dir, "access-*.jsonl"))
	if len(days) != 41 || filepath.Base(days[0]) != "access-2026-04-09.jsonl" {
		t.Errorf("%d days are left, from %s", len(days), days[0])
	}
	var f Figures
	text, err := os.ReadFile(filepath.Join(dir, "figures-2026-03.json"))
	if err == nil {
		err = json.Unmarshal(text, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	if f.Requests != 95 || strings.Contains(string(text), "Netscape") || f.Status["4xx"] != 0 {
		t.Errorf("two requests are told by themselves:\n%s", text)
	}
	if _, err := os.Stat(filepath.Join(dir, "figures-2026-05.json")); err == nil {
		t.Error("a month that is not over has figures")
	}
}

func TestTheDayTurnsWhileTheGatewayRuns(t *testing.T) {
	dir := t.TempDir()
	now := time.Date(2026, 3, 31, 23, 59, 0, 0, time.UTC)
	var told []error
	d := access(t, dir, &now, &told)
	_, _ = d.Write(line(200, "curl 8"))
	now = now.Add(2 * time.Minute)
	_, _ = d.Write(line(200, "curl 8"))
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	for _, day := range []string{"2026-03-31", "2026-04-01"} {
		if text, _ := os.ReadFile(filepath.Join(dir, "access-"+day+".jsonl")); strings.Count(string(text), "\n") != 1 {
			t.Errorf("%s holds %q", day, text)
		}
	}
}

func TestALineThatIsLostIsToldAndNobodyWaits(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "access")
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	var told []error
	d := access(t, dir, &now, &told)
	d.tidying.Wait()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	now = now.Add(24 * time.Hour)
	if n, err := d.Write(line(200, "curl 8")); n == 0 || err != nil || len(told) != 1 {
		t.Errorf("%d, %v; told %v", n, err, told)
	}
	if err := os.Mkdir(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	if _, _ = d.Write(line(200, "curl 8")); d.lost {
		t.Error("the log does not come back")
	}
	_ = d.Close()
}

func TestSmallCellsAreToldTogether(t *testing.T) {
	for claim, tc := range map[string]struct{ cells, want map[string]int64 }{
		"none is small":                         {map[string]int64{"a": 5, "b": 90}, map[string]int64{"a": 5, "b": 90}},
		"several small ones make a large one":   {map[string]int64{"a": 4, "b": 3, "c": 90}, map[string]int64{"others": 7, "c": 90}},
		"one small one takes the next with it":  {map[string]int64{"a": 1, "b": 9, "c": 90}, map[string]int64{"others": 10, "c": 90}},
		"a whole that is small is not told":     {map[string]int64{"a": 1, "b": 2}, map[string]int64{}},
		"what is left does not tell it, either": {map[string]int64{"a": 2, "b": 50}, map[string]int64{"others": 52}},
	} {
		if got := anonymous(tc.cells); !maps.Equal(got, tc.want) {
			t.Errorf("%s: %v, want %v", claim, got, slices.Sorted(maps.Keys(tc.want)))
		}
	}
}
