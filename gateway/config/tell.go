package config

import (
	"net"
	"net/url"
	"slices"
	"time"
)

// Alert is somebody to tell.
type Alert struct {
	Type    string   `yaml:"type"`    // smtp | webhook | exec
	URL     string   `yaml:"url"`     // webhook: https://…; smtp: smtps://host:465 or smtp://host:587
	To      []string `yaml:"to"`      // smtp: who is written to
	From    string   `yaml:"from"`    // smtp: who writes; default the first of To
	User    string   `yaml:"user"`    // smtp: account at the server; default From
	Command []string `yaml:"command"` // exec: a program and its arguments; the message is JSON on its standard input
	Secret  Secret   `yaml:"secret"`  // smtp: password; webhook: key of the Panwall-Signature header
	CA      string   `yaml:"ca"`      // PEM file; empty: the system's roots

	// Events are what is told; default all but review. CardsPerHour is how many requests of one hour may hold a card
	// before it is told; default 100.
	Events       []string `yaml:"events"`
	CardsPerHour int      `yaml:"cards_per_hour"`
}

// Log is the operator's log.
type Log struct {
	Level  string `yaml:"level"`  // debug | info | warn | error; default info
	Access bool   `yaml:"access"` // one line a request; default true

	// AccessDir is a folder for those lines, one file a day; empty: they go to the operator's log. AccessRetain is how
	// long a day is kept there, 31d to 90d; default 60d.
	AccessDir    string        `yaml:"access_dir"`
	AccessRetain time.Duration `yaml:"access_retain"`
}

func (c *Config) validateAlerts(p place) {
	for i, a := range c.Alerts {
		at := p.Item(i)
		if !choose(at.Key("type"), a.Type, "smtp", "webhook", "exec") {
			continue
		}
		for j, event := range a.Events {
			choose(at.Key("events").Item(j), event, "control.failed", "control.restored", "cards", "refused-edit", "review")
		}
		if a.CardsPerHour < 0 {
			at.Key("cards_per_hour").Fault("leave it out for 100", "%d is no number of requests", a.CardsPerHour)
		}
		switch a.Type {
		case "exec":
			if len(a.Command) == 0 {
				at.Fault("write command: [/path/to/program, argument]", "nothing to run")
			}
		case "webhook":
			a.validateURL(at, "write https://host/path, without a password", "https", "http")
		case "smtp":
			a.validateURL(at, "write smtps://host:465 or smtp://host:587, without a password", "smtps", "smtp")
			if len(a.To) == 0 {
				at.Fault("write to: [security@example.com]", "nobody to write to")
			}
		}
	}
}

// validateURL accepts the first scheme anywhere, and those in clear by nature on this machine alone; smtp is raised to
// TLS or given up when it is used.
func (a Alert) validateURL(at place, hint string, schemes ...string) {
	u, err := url.Parse(a.URL)
	if err != nil || u.Host == "" || u.User != nil || !slices.Contains(schemes, u.Scheme) {
		at.Key("url").Fault(hint, "not an address to send to")
		return
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
		at.Key("url").Fault(hint, "http is for this machine alone")
	}
}

// Bounds of how long a day of the access log is kept: monthly figures are made of whole months, and what tells of
// visitors is not kept longer than it is needed.
const (
	leastAccess = 31 * 24 * time.Hour
	mostAccess  = 90 * 24 * time.Hour
)

func (c *Config) validateLog(p place) {
	choose(p.Key("level"), c.Log.Level, "debug", "info", "warn", "error")
	if r := c.Log.AccessRetain; r < leastAccess || r > mostAccess {
		p.Key("access_retain").Fault("31d to 90d; 60d is the default", "visitors' lines are kept too short for a month's figures, or too long")
	}
}
