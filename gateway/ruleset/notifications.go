package ruleset

import (
	"time"

	"github.com/cappertrophy/panwall/gateway/config"
)

// notificationsFile is notifications.yaml.
type notificationsFile struct {
	header        `yaml:",inline"`
	Notifications []notificationRow `yaml:"notifications"`
}

// notificationRow is an address that a payment provider calls.
type notificationRow struct {
	ID             string           `yaml:"id"`
	About          string           `yaml:"about"`
	Where          Where            `yaml:"where"`
	Provider       provider         `yaml:"provider"`
	Type           notificationType `yaml:"type"`
	Secrets        []config.Secret  `yaml:"secrets"` // any of them may have signed: two while one is replaced
	OnBadSignature badSignature     `yaml:"on_bad_signature"`
	Replay         time.Duration    `yaml:"replay"`
}

func (c *compiler) notifications(f *notificationsFile, p place) {
	rows := p.Key("notifications")
	wheres := make([]*where, len(f.Notifications))
	for i := range f.Notifications {
		row, at := &f.Notifications[i], rows.Item(i)
		wheres[i] = c.route(at, row.Where)
		at.Require("", "provider", "type")
		if len(row.Secrets) == 0 {
			at.Fault("write secrets: [file:/etc/panwall/cloudpayments.secret], or remove the row: without it the address is like any other", "no secret to check signatures with")
		}
		if len(row.Where.Paths) == 0 {
			at.Key("where").Fault("write where: {paths: [/payment/check]}", "a notification has an address")
		}
		c.set.notifications = append(c.set.notifications, row.notification())
	}
	c.uniqueIDs(rows, len(f.Notifications))
	c.firstWins(rows, "notification", wheres, nil)
	c.set.notificationIndex = newIndex(wheres)
}

func (r *notificationRow) notification() *Notification {
	n := &Notification{ID: r.ID, Provider: string(r.Provider), Type: string(r.Type), OnBadSignature: string(r.OnBadSignature), Replay: r.Replay}
	if n.OnBadSignature == "" {
		n.OnBadSignature = "refuse"
	}
	for _, s := range r.Secrets {
		n.Secrets = append(n.Secrets, s.String())
	}
	return n
}
