package logbook

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// DaysOptions say where the access log lives.
type DaysOptions struct {
	Dir    string        // made if absent
	Retain time.Duration // how long a day is kept
	Now    func() time.Time

	// Told is told when a line, or what is due at the end of a day, could not be written, and with nil when it can be
	// again. It must not write to the access log.
	Told func(error)
}

// Days is the access log: a file for each day (UTC), removed when it is past its retention; of each month that is over
// there stay anonymous figures. What tells of visitors has a retention of its own: the redaction log is kept for more
// than a year, and they are not in it.
type Days struct {
	o    DaysOptions
	mu   sync.Mutex
	day  string
	file *os.File
	lost bool // the last line was not written

	tidying sync.WaitGroup
}

const (
	dayPrefix, daySuffix         = "access-", ".jsonl"
	figuresPrefix, figuresSuffix = "figures-", ".json"
)

// OpenDays begins or continues an access log.
func OpenDays(o DaysOptions) (*Days, error) {
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return nil, fmt.Errorf("making the access log's folder: %w", err)
	}
	d := &Days{o: o}
	if err := d.turn(d.today()); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Days) today() string { return d.o.Now().UTC().Format(time.DateOnly) }

// Write writes whole lines to today's file. It never fails: a request must not, for want of its line.
func (d *Days) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var err error
	if today := d.today(); today != d.day || d.file == nil {
		err = d.turn(today)
	}
	if err == nil {
		_, err = d.file.Write(p)
	}
	if err != nil || d.lost {
		d.o.Told(err)
	}
	d.lost = err != nil
	return len(p), nil
}

// turn begins a day's file and looks after the others beside the requests.
func (d *Days) turn(day string) error {
	if d.file != nil {
		_ = d.file.Close() // nothing is kept back: each line was written
		d.file = nil
	}
	file, err := os.OpenFile(filepath.Join(d.o.Dir, dayPrefix+day+daySuffix), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return fmt.Errorf("beginning a day of the access log: %w", err)
	}
	d.file, d.day = file, day
	now := d.o.Now().UTC() // asked here: the clock belongs to whoever calls
	d.tidying.Go(func() { d.o.Told(d.tidy(now)) })
	return nil
}

// tidy makes the figures of months that are over and removes days past their retention.
func (d *Days) tidy(now time.Time) error {
	days, err := filepath.Glob(filepath.Join(d.o.Dir, dayPrefix+"*"+daySuffix))
	if err != nil {
		return fmt.Errorf("tidying the access log: %w", err)
	}
	months := map[string][]string{}
	for _, path := range days {
		if day, ok := dayOf(path); ok {
			months[day.Format(monthLayout)] = append(months[day.Format(monthLayout)], path)
		}
	}
	for month, of := range months {
		if month < now.Format(monthLayout) {
			err = errors.Join(err, d.keepFigures(month, of))
		}
	}
	if err != nil {
		return err // days that are not counted yet are not removed
	}
	for _, path := range days {
		if day, ok := dayOf(path); ok && now.Sub(day.AddDate(0, 0, 1)) > d.o.Retain {
			err = errors.Join(err, os.Remove(path))
		}
	}
	return err
}

const monthLayout = "2006-01"

func dayOf(path string) (time.Time, bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), dayPrefix), daySuffix)
	day, err := time.Parse(time.DateOnly, name)
	return day, err == nil
}

// Close ends the access log.
func (d *Days) Close() error {
	d.tidying.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil {
		return nil
	}
	file := d.file
	d.file = nil
	return file.Close()
}
