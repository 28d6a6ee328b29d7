package ruleset

import (
	"slices"
	"strings"
	"time"

	"github.com/cappertrophy/panwall/gateway/finding"
)

// Body is the policy for a body on this route: the first row that selects it, and where the request can be read in
// several ways only what every reading allows.
func (s *Set) Body(r *Request, now time.Time) BodyPolicy {
	var policy BodyPolicy
	first := true
	r.each(func(rd reading) {
		row := s.bodyIndex.first(r, rd, func(row int) bool { return inForce(s.bodies[row].end, now) })
		var b BodyPolicy
		if row != nothing {
			b = s.bodies[row].BodyPolicy
			b.Expires = s.bodies[row].end
		}
		if first || b.stricter(policy) {
			policy = b
		}
		first = false
	})
	return policy
}

// stricter reports whether b allows less than c.
func (b BodyPolicy) stricter(c BodyPolicy) bool {
	if n, m := b2i(b.RecordUninspected)+b2i(b.Stream), b2i(c.RecordUninspected)+b2i(c.Stream); n != m {
		return n < m
	}
	return b.Max != 0 && (c.Max == 0 || b.Max < c.Max)
}

// only is the row that every reading selects; nothing if they differ.
func (x *index) only(r *Request, accept func(row int) bool) int {
	one, first := nothing, true
	r.each(func(rd reading) {
		row := x.first(r, rd, accept)
		if !first && row != one {
			row = nothing
		}
		one, first = row, false
	})
	return one
}

// PathAllowed reports whether a rule lists this route for what its target holds: dot segments, %00, %5C or %2F.
func (s *Set) PathAllowed(r *Request) bool {
	row := s.targetIndex.only(r, always)
	if row == nothing {
		return false
	}
	return !slices.ContainsFunc(odd(r.Path), func(o oddTarget) bool { return !slices.Contains(s.targets[row], o) })
}

// odd are the things in a path that shops read in different ways.
func odd(path string) (found []oddTarget) {
	lower := strings.ToLower(path)
	for text, o := range map[string]oddTarget{"%00": nulByte, "%5c": backslash, `\`: backslash, "%2f": slash} {
		if strings.Contains(lower, text) {
			found = append(found, o)
		}
	}
	for segment := range strings.FieldsFuncSeq(unescape(cutMatrix(path), everyEscape), func(c rune) bool { return c == '/' || c == '\\' }) {
		if segment == "." || segment == ".." {
			found = append(found, dotSegments)
		}
	}
	return found
}

// Trailers are the names of request trailers a rule lets through on this route, in canonical form.
func (s *Set) Trailers(r *Request) []string {
	if row := s.trailerIndex.only(r, always); row != nothing {
		return s.trailers[row]
	}
	return nil
}

// WebSocket is what `websockets:` allows on this route.
func (s *Set) WebSocket(r *Request) (WebSocket, bool) {
	if row := s.socketIndex.only(r, always); row != nothing {
		return s.sockets[row], true
	}
	return WebSocket{}, false
}

// Page is what is stamped on answers for this request; never nil. Where the request can be read in several ways it is
// the page whose policy allows least.
func (s *Set) Page(r *Request) *Page {
	var chosen *page
	r.each(func(rd reading) {
		if row := s.pageIndex.first(r, rd, always); row != nothing && (chosen == nil || s.pages[row].loose < chosen.loose) {
			chosen = s.pages[row]
		}
	})
	if chosen == nil {
		return &Page{}
	}
	return &chosen.Page
}

// Limits are the rows that count this request, in the order of the file. It appends to dst.
func (s *Set) Limits(dst []*Limit, r *Request) []*Limit {
	var buffer [16]int
	rows := buffer[:0]
	r.each(func(rd reading) {
		rows = s.limitIndex.every(rows, probe{r: r, rd: rd, accept: always})
	})
	slices.Sort(rows)
	for _, row := range slices.Compact(rows) {
		dst = append(dst, s.limits[row])
	}
	return dst
}

// Allowed reports whether an allowance (an ASV scan, for example) lifts limits for this request; never the inspection.
func (s *Set) Allowed(r *Request, now time.Time) (id string, ok bool) {
	if row := s.allowanceIndex.only(r, func(row int) bool { return inForce(s.allowances[row].end, now) }); row != nothing {
		return s.allowances[row].id, true
	}
	return "", false
}

// Banned reports whether a ban refuses this client.
func (s *Set) Banned(r *Request, now time.Time) (id string, ok bool) {
	r.each(func(rd reading) {
		if row := s.banIndex.first(r, rd, func(row int) bool { return inForce(s.bans[row].end, now) }); row != nothing {
			id, ok = s.bans[row].id, true
		}
	})
	return id, ok
}

// Concurrency is how many requests of one client may be under way here at once; zero: no bound.
func (s *Set) Concurrency(r *Request) int {
	bound := 0
	r.each(func(rd reading) {
		if row := s.concurrencyIndex.first(r, rd, always); row != nothing && (bound == 0 || s.concurrency[row] < bound) {
			bound = s.concurrency[row]
		}
	})
	return bound
}

// Notification is the row that makes this request a provider's notification.
func (s *Set) Notification(r *Request) (*Notification, bool) {
	if row := s.notificationIndex.only(r, always); row != nothing {
		return s.notifications[row], true
	}
	return nil, false
}

// Route is the name of the route in logs and records: the glob that matched with its selecting query pairs,
// else /first-segment/*, free of anything a client could have put there.
func (s *Set) Route(r *Request) string {
	if row := s.routeIndex.first(r, r.readings()&readNormalised, always); row != nothing {
		return s.routes[row]
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(r.Normalised, "/"), "/")
	switch {
	case first == "":
		return "/"
	case finding.Showable(first):
		return "/" + first + "/*"
	default:
		return "/*"
	}
}
