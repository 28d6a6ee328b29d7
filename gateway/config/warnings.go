package config

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// warnings are what an operator should know though the file is valid; every unsafe_ option is among them.
func (c *Config) warnings() []Warning {
	var ws []Warning
	warn := func(key, text string) { ws = append(ws, Warning{Key: key, Text: text}) }
	for _, key := range c.Unsafe() {
		warn(key, "weakens the gateway")
	}
	if names := c.internalForPublic(); names != "" {
		warn("tls.issuer", "visitors' browsers do not trust the internal authority, and "+names+" is public: use acme or files")
	}
	if c.TLS.Issuer == IssuerACME && c.TLS.Email == "" {
		warn("tls.email", "nobody hears of it when certificates cannot be renewed")
	}
	if len(c.Audit.Anchors) == 0 {
		warn("audit.anchors", "nothing off this host shows that the redaction log was not rewritten")
	}
	for _, s := range c.Sites {
		if slices.ContainsFunc(s.Upstream.URLs, local) {
			warn("sites.upstream", "the shop runs on this machine, which receives what visitors send: run the gateway apart from it")
		}
		if s.Contact == "" {
			warn("sites.contact", "refusal pages name nobody to ask")
		}
	}
	return ws
}

// Unsafe are the keys of the options that weaken the gateway and are set, to be named at every start.
func (c *Config) Unsafe() []string { return unsafeKeys(reflect.ValueOf(c).Elem(), "") }

func unsafeKeys(v reflect.Value, path string) (keys []string) {
	for i := range v.NumField() {
		key, field := v.Type().Field(i).Tag.Get("yaml"), v.Field(i)
		switch {
		case key == "":
		case strings.HasPrefix(key, "unsafe_") && !field.IsZero():
			keys = append(keys, path+key)
		case field.Kind() == reflect.Struct:
			keys = append(keys, unsafeKeys(field, path+key+".")...)
		}
	}
	return keys
}

// Location is the time zone rules expire in: that of the site whose day ends first, so that none outlives its date anywhere.
func (c *Config) Location(now time.Time) *time.Location {
	first, east := time.UTC, -24*3600
	for i := range c.Sites {
		zone := c.Sites[i].Location()
		if _, offset := now.In(zone).Zone(); offset > east {
			first, east = zone, offset
		}
	}
	return first
}
