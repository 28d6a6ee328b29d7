package logbook

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// smallCell is the least number that may be told: fewer could point at somebody.
const smallCell = 5

// Figures are what is kept of a month: counts alone. A cell under five is told together with others, never by itself
// and never as what is left when the rest is taken from the whole.
type Figures struct {
	Month    string           `json:"month"`
	Requests int64            `json:"requests"`
	Status   map[string]int64 `json:"status"`
	Action   map[string]int64 `json:"action"`
	Host     map[string]int64 `json:"host"`
	Agent    map[string]int64 `json:"agent"`
}

// keepFigures counts a month's days and writes its figures, unless they are there.
func (d *Days) keepFigures(month string, days []string) error {
	path := filepath.Join(d.o.Dir, figuresPrefix+month+figuresSuffix)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f := Figures{Month: month, Status: map[string]int64{}, Action: map[string]int64{}, Host: map[string]int64{}, Agent: map[string]int64{}}
	for _, day := range days {
		if err := f.addDay(day); err != nil {
			return err
		}
	}
	f.Status, f.Action, f.Host, f.Agent = anonymous(f.Status), anonymous(f.Action), anonymous(f.Host), anonymous(f.Agent)
	if f.Requests < smallCell {
		f.Requests = 0
	}
	text, err := json.MarshalIndent(f, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the month's figures: %w", err)
	}
	fresh := path + ".new"
	if err := errors.Join(os.WriteFile(fresh, append(text, '\n'), 0o640), os.Rename(fresh, path)); err != nil {
		return fmt.Errorf("writing the month's figures: %w", err)
	}
	return nil
}

func (f *Figures) addDay(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("counting a day of the access log: %w", err)
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var line struct {
			Status              int
			Action, Host, Agent string
		}
		if json.Unmarshal(lines.Bytes(), &line) != nil || line.Status == 0 {
			continue // the last line of a machine that lost its power
		}
		f.Requests++
		f.Status[strconv.Itoa(line.Status/100)+"xx"]++
		f.Action[line.Action]++
		f.Host[cmp.Or(line.Host, "none")]++
		f.Agent[strings.TrimRight(line.Agent, " 0123456789")]++
	}
	return nil
}

// anonymous tells small cells together as "others"; if even those are few, the next larger goes with them.
func anonymous(cells map[string]int64) map[string]int64 {
	told := maps.Clone(cells)
	var others int64
	for _, name := range slices.SortedFunc(maps.Keys(cells), func(a, b string) int { return cmp.Compare(cells[a], cells[b]) }) {
		if cells[name] >= smallCell && (others == 0 || others >= smallCell) {
			break
		}
		others += cells[name]
		delete(told, name)
	}
	if others >= smallCell {
		told["others"] = others
	}
	return told
}
