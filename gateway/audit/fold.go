package audit

import (
	"time"

	"github.com/cappertrophy/panwall/gateway/audit/record"
)

// Bounds of folding. What a flood of refused cards may cost, wherever it comes from, is maxSingles + maxLikenesses
// records a minute: about a megabyte.
const (
	foldAfter     = 20   // like records from one client network in a minute that are written one by one
	maxSingles    = 1200 // refused requests in a minute that are written one by one, over all clients
	maxLikenesses = 512  // kinds of like records told apart in a minute
)

// folds keeps a flood of refused requests from flooding the log. Within a minute, what is like more than foldAfter
// others becomes one record with exact counts. Nothing that was forwarded is ever folded.
type folds struct {
	minute  time.Time
	singles int
	like    map[likeness]*fold
}

// likeness is what folded requests have in common.
type likeness struct {
	net, host, method, route string
	typ                      record.Type
	status                   int
	test                     bool
}

// fold is how many of a likeness there were, and the record that stands for those beyond foldAfter.
type fold struct {
	singles int
	rec     *record.Record
}

// take reports whether r is to be written by itself; if not it has been folded. Full says that no more single
// records can be held.
func (f *folds) take(r *record.Record, now time.Time, full bool) (single bool) {
	if f.like == nil {
		f.like = map[likeness]*fold{}
	}
	like := likeness{r.Origin.Net, r.Target.Host, r.Target.Method, r.Target.Route, r.Type, r.Status, r.Test}
	if f.like[like] == nil && len(f.like) >= maxLikenesses {
		like = likeness{net: "*", host: "*", method: "*", route: "*", typ: r.Type, status: r.Status, test: r.Test}
	}
	l := f.like[like]
	if l == nil {
		l = &fold{}
		f.like[like] = l
	}
	if l.singles < foldAfter && f.singles < maxSingles && !full {
		l.singles++
		f.singles++
		return true
	}
	l.add(like, r, now)
	return false
}

// add counts r into the record that stands for its likeness.
func (l *fold) add(like likeness, r *record.Record, now time.Time) {
	at := record.At(now)
	if l.rec == nil {
		l.rec = r
		r.Origin.Net = like.net
		r.Target = &record.Target{Host: like.host, Method: like.method, Route: like.route, Type: r.Target.Type}
		r.Repeat, r.First, r.Last = 1, at, at
		return
	}
	a := l.rec
	a.Repeat++
	a.Last = at
	if a.Actor.Tag != r.Actor.Tag {
		a.Actor = record.Actor{Kind: record.Visitors}
	}
	if a.Target.Type != r.Target.Type {
		a.Target.Type = ""
	}
	a.Bytes.Inspected += r.Bytes.Inspected
	a.Bytes.Uninspected += r.Bytes.Uninspected
	a.Bytes.Forwarded += r.Bytes.Forwarded
	addFound(a, r.Found)
}

func addFound(a *record.Record, more *record.Found) {
	if more == nil {
		return
	}
	if a.Found == nil {
		a.Found = more
		return
	}
	a.Found.Total += more.Total
	for kind, n := range more.Kinds {
		a.Found.Kinds[kind] += n
	}
	for brand, n := range more.Brands {
		if a.Found.Brands == nil {
			a.Found.Brands = map[string]int64{}
		}
		a.Found.Brands[brand] += n
	}
}

// due returns the folded records of a minute that is over, or of this one if all is set, and begins anew.
func (f *folds) due(now time.Time, all bool) []*record.Record {
	minute := now.Truncate(time.Minute)
	if minute.Equal(f.minute) && !all {
		return nil
	}
	var due []*record.Record
	for _, l := range f.like {
		if l.rec != nil {
			due = append(due, l.rec)
		}
	}
	f.minute, f.singles, f.like = minute, 0, nil
	return due
}
