package ruleset

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the faults found into the files under testdata/bad")

// TestEveryMistakeIsTold puts one faulty file at a time into the shipped folder; the faults expected stand in its first
// lines, after `# want: `. What stands before the first dash is the file it takes the place of.
func TestEveryMistakeIsTold(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(files) < 80 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			t.Parallel()
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, body := splitWant(string(src))
			file, _, _ := strings.Cut(filepath.Base(path), "-")
			files := map[string]string{file + ".yaml": body}
			if file == "cases" {
				files = map[string]string{"cases/bad.yaml": body}
			}
			if file == "widgets" { // the shipped pages name the shipped widgets
				files["pages.yaml"] = "version: 1\npages: [{id: all}]"
			}
			_, err = Load(folder(t, files), Options{Now: today})
			if err == nil {
				t.Fatal("read without a fault")
			}
			if *update {
				head := "# want: " + strings.ReplaceAll(err.Error(), "\n", "\n# want: ") + "\n"
				if err := os.WriteFile(path, []byte(head+body), 0o644); err != nil {
					t.Fatal(err)
				}
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
