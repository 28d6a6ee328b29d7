package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/libdns/libdns"
	"github.com/miekg/dns"

	"github.com/cappertrophy/panwall/gateway/config"
)

// dnsUpdater changes records of a zone by DNS UPDATE (RFC 2136) signed with TSIG (RFC 8945). It is a libdns
// RecordAppender and RecordDeleter and safe for concurrent use.
type dnsUpdater struct {
	server    string // host:port
	zone      string // takes the updates; empty: the zone that was found for the name
	keyName   string
	algorithm string
	secret    string // base64, as TSIG keys are written
}

func newDNSUpdater(c config.DNSProvider) (*dnsUpdater, error) {
	if _, _, err := net.SplitHostPort(c.Server); err != nil {
		return nil, fmt.Errorf("tls.acme.dns.server: %w", err)
	}
	u := &dnsUpdater{server: c.Server, keyName: dns.Fqdn(c.KeyName), algorithm: dns.HmacSHA256}
	if c.Zone != "" {
		u.zone = dns.Fqdn(c.Zone)
	}
	if c.KeyType != "" {
		u.algorithm = dns.Fqdn(strings.ToLower(c.KeyType))
	}
	if c.KeyName == "" || c.Key.IsZero() {
		return nil, errors.New("tls.acme.dns: key_name and key are needed; unsigned updates would let anybody change the zone")
	}
	secret, err := c.Key.Read()
	if err != nil {
		return nil, fmt.Errorf("reading tls.acme.dns.key: %w", err)
	}
	u.secret = string(secret)
	return u, nil
}

// AppendRecords adds records to the zone.
func (u *dnsUpdater) AppendRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return u.update(ctx, zone, records, (*dns.Msg).Insert)
}

// DeleteRecords takes records out of the zone.
func (u *dnsUpdater) DeleteRecords(ctx context.Context, zone string, records []libdns.Record) ([]libdns.Record, error) {
	return u.update(ctx, zone, records, (*dns.Msg).Remove)
}

func (u *dnsUpdater) update(ctx context.Context, zone string, records []libdns.Record, change func(*dns.Msg, []dns.RR)) ([]libdns.Record, error) {
	target := dns.Fqdn(zone)
	if u.zone != "" {
		target = u.zone
	}
	var rrs []dns.RR
	for _, r := range records {
		rr := r.RR()
		name := dns.Fqdn(libdns.AbsoluteName(rr.Name, dns.Fqdn(zone)))
		if rr.Type != "TXT" || !dns.IsSubDomain(target, name) {
			return nil, fmt.Errorf("updating zone %s: it takes no %s record of %s", target, rr.Type, name)
		}
		rrs = append(rrs, &dns.TXT{
			Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeTXT, Class: dns.ClassINET, Ttl: uint32(rr.TTL / time.Second)},
			Txt: []string{rr.Data},
		})
	}
	m := new(dns.Msg).SetUpdate(target)
	change(m, rrs)
	m.SetTsig(u.keyName, u.algorithm, 300, time.Now().Unix())
	client := &dns.Client{Net: "tcp", Timeout: 10 * time.Second, TsigSecret: map[string]string{u.keyName: u.secret}}
	answer, _, err := client.ExchangeContext(ctx, m, u.server)
	if err != nil {
		return nil, fmt.Errorf("updating zone %s: %w", target, err)
	}
	if answer.Rcode != dns.RcodeSuccess {
		return nil, fmt.Errorf("updating zone %s: the server answered %s", target, dns.RcodeToString[answer.Rcode])
	}
	return records, nil
}
