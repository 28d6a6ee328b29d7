package gateway

import (
	"slices"
	"strings"
	"sync"

	"github.com/cappertrophy/panwall/gateway/admin"
)

// problems is what is wrong right now, by name: /readyz, /status and a metric show it. The zero value is well.
type problems struct {
	mu   sync.Mutex
	open map[string]admin.Problem
}

// raise notes a problem; one of the same name is replaced, but for its beginning. It reports whether the name is new.
func (p *problems) raise(problem admin.Problem) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[string]admin.Problem{}
	}
	before, known := p.open[problem.Name]
	if known {
		problem.Since = before.Since
	}
	p.open[problem.Name] = problem
	return !known
}

// settle takes a problem away and reports whether it was there.
func (p *problems) settle(name string) (settled admin.Problem, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	settled, known = p.open[name]
	delete(p.open, name)
	return settled, known
}

// has reports whether a problem of that name is open.
func (p *problems) has(name string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, open := p.open[name]
	return open
}

// list is every open problem, by name.
func (p *problems) list() []admin.Problem {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := make([]admin.Problem, 0, len(p.open))
	for _, problem := range p.open {
		all = append(all, problem)
	}
	slices.SortFunc(all, func(a, b admin.Problem) int { return strings.Compare(a.Name, b.Name) })
	return all
}
