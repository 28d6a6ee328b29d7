package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/ledger"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/audit/review"
)

// AuditRead asks the running gateway for records, over the private socket. Who reads is recorded: the kernel says who it
// is, which the files by themselves cannot.
type AuditRead struct {
	Choice review.Choice `json:"choice"`
	After  review.Place  `json:"after"` // where the page before ended
}

// AuditPage is the answer: lines of the log as they are, oldest first.
type AuditPage struct {
	Lines []string     `json:"lines"`
	Next  review.Place `json:"next"`
	More  bool         `json:"more"`
}

// pageBytes is how much of the log is read at once.
const pageBytes = 512 << 10

// readAudit answers with a page of the log. The record of the reading is on the disk before anything is read.
func (g *Gateway) readAudit(ctx context.Context, who string, body json.RawMessage) (any, error) {
	var asked AuditRead
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, fmt.Errorf("reading the request: %w", err)
	}
	filter, err := review.NewFilter(asked.Choice)
	if err != nil {
		return nil, err
	}
	err = g.audit.Note(ctx, audit.Control{
		Type: record.AuditRead, Actor: record.Actor{Kind: record.Staff, Tag: who},
		Change: &record.Change{What: "the redaction log: " + asked.Choice.String()},
	})
	if err != nil {
		return nil, err
	}
	folder, err := ledger.OpenDir(g.house.Load().config.Audit.Dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	page := AuditPage{Next: asked.After}
	err = page.read(folder, filter, asked.After)
	return page, err
}

func (p *AuditPage) read(folder ledger.Folder, filter *review.Filter, after review.Place) error {
	size := 0
	err := review.ReadFrom(folder, after, filter, func(l review.Line) error {
		if size += len(l.Text); size > pageBytes {
			p.More = true
			return errFull
		}
		p.Lines, p.Next = append(p.Lines, string(l.Text)), review.Place{Epoch: l.Epoch, Next: l.Record.Seq + 1}
		return nil
	})
	if errors.Is(err, errFull) || errors.Is(err, ledger.ErrTorn) { // the log is being written
		return nil
	}
	return err
}

var errFull = errors.New("the page is full")
