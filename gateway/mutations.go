package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/cappertrophy/panwall/gateway/admin"
	"github.com/cappertrophy/panwall/gateway/alert"
	"github.com/cappertrophy/panwall/gateway/audit"
	"github.com/cappertrophy/panwall/gateway/audit/record"
	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// RulesChange asks the running gateway to put rules in force, over the private socket.
type RulesChange struct {
	Ticket     string `json:"ticket"`
	Reason     string `json:"reason"`
	ApprovedBy string `json:"approved_by"`
	Hash       string `json:"hash"` // apply: what the folder must hold; rollback: the kept set to go back to, empty: the one before
}

// RulesChanged is the answer: what ran and what runs.
type RulesChanged struct {
	Old string `json:"old"`
	New string `json:"new"`
}

// mutations are what the private socket can change.
func (g *Gateway) mutations() map[string]admin.Mutation {
	return map[string]admin.Mutation{
		"/rules/apply":    g.rulesMutation(g.folderSet),
		"/rules/rollback": g.rulesMutation(g.keptSet),
		"/audit/take-in":  g.takeIn,
		"/audit/read":     g.readAudit,
	}
}

// rulesMutation puts the set that choose finds in force, all or nothing, and records who asked and why.
func (g *Gateway) rulesMutation(choose func(RulesChange) (*ruleset.Set, error)) admin.Mutation {
	return func(ctx context.Context, who string, body json.RawMessage) (any, error) {
		var change RulesChange
		if err := json.Unmarshal(body, &change); err != nil {
			return nil, fmt.Errorf("reading the request: %w", err)
		}
		g.reading.Lock()
		defer g.reading.Unlock()
		old := g.rules.Load().Hash()
		asked := ruleset.Activation{By: who, Ticket: change.Ticket, Reason: change.Reason, ApprovedBy: change.ApprovedBy}
		if err := apart(asked); err != nil {
			g.ring(alert.Message{Event: alert.Edit, Detail: "an edit by " + who + " was denied: " + err.Error()})
			return nil, g.deny(ctx, who, changed(old, "", asked).Change, err)
		}
		set, err := choose(change)
		if err == nil {
			err = g.change(ctx, set, asked)
		}
		if err != nil {
			g.refuseEdit(ctx, asked, err)
			return nil, err
		}
		g.metrics.reloads.WithLabelValues("ok").Inc()
		g.log.Info().Str("by", who).Str("old", old).Str("rules", set.Hash()).Msg("rules changed")
		return RulesChanged{Old: old, New: set.Hash()}, nil
	}
}

// deny records that somebody was refused at the private socket, and gives the reason back.
func (g *Gateway) deny(ctx context.Context, who string, asked *record.Change, why error) error {
	g.log.Warn().Err(why).Str("by", who).Str("asked", asked.What).Msg("denied at the private socket")
	g.note(ctx, audit.Control{
		Type: record.AdminDenied, Outcome: record.Failure, Actor: record.Actor{Kind: record.Staff, Tag: who},
		Change: asked, Notes: []string{"denied: " + why.Error()},
	})
	return why
}

// apart wants two people behind a change: who asks, known by the account at the socket, and who agreed.
func apart(a ruleset.Activation) error {
	account, _, _ := strings.Cut(a.By, " (")
	if a.ApprovedBy != "" && strings.EqualFold(strings.TrimSpace(a.ApprovedBy), account) {
		return fmt.Errorf("%s asks and approves as well\nhint: --approved-by names somebody else who agreed", account)
	}
	return nil
}

// folderSet reads the configured folder. What was reviewed is what is applied: another hash is an error.
func (g *Gateway) folderSet(change RulesChange) (*ruleset.Set, error) {
	set, err := g.loadRules(g.house.Load().config)
	if err != nil {
		return nil, err
	}
	if change.Hash != "" && change.Hash != set.Hash() {
		return nil, fmt.Errorf("the folder holds %s by now, not the reviewed %s", set.Hash(), change.Hash)
	}
	return set, nil
}

// keptSet is the set with the hash asked for, or the one that ran before the running one.
func (g *Gateway) keptSet(change RulesChange) (*ruleset.Set, error) {
	if change.Hash == "" {
		history, err := g.store.History()
		if err != nil {
			return nil, err
		}
		running := g.rules.Load().Hash()
		for i := len(history) - 1; i >= 0 && change.Hash == ""; i-- {
			if history[i].Hash != running {
				change.Hash = history[i].Hash
			}
		}
		if change.Hash == "" {
			return nil, errors.New("there is no earlier set to go back to")
		}
	}
	return g.store.Load(change.Hash, g.ruleOptions(g.house.Load().config))
}

// takeIn records a reviewer's judgement: a case or a sign-off, as `panwall audit` wrote it to a file.
func (g *Gateway) takeIn(ctx context.Context, who string, judgement json.RawMessage) (any, error) {
	actor := record.Actor{Kind: record.Staff, Tag: who}
	if err := g.audit.TakeIn(ctx, actor, judgement); err != nil {
		return nil, g.deny(ctx, who, &record.Change{What: "a judgement to take in"}, err)
	}
	return struct {
		TakenIn bool `json:"taken_in"`
	}{true}, nil
}
