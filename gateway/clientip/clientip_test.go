package clientip

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/cappertrophy/panwall/gateway/config"
)

// behind is a shop behind two balancers, 10.0.0.0/8 and 2001:db8:ffff::/48.
func behind(from config.AddressSource) *Resolver {
	return From(config.ClientAddress{From: from, Trusted: []netip.Prefix{
		netip.MustParsePrefix("::ffff:10.0.0.0/104"), netip.MustParsePrefix("2001:db8:ffff::/48"),
	}})
}

func TestXForwardedFor(t *testing.T) {
	for claim, c := range map[string]struct {
		peer   string
		lines  []string
		client string
		fault  bool
	}{
		"the balancer's word is taken":                           {"10.0.0.1:443", []string{"192.0.2.7"}, "192.0.2.7", false},
		"a visitor's own claim stands left of it and is ignored": {"10.0.0.1:443", []string{"8.8.8.8, 192.0.2.7"}, "192.0.2.7", false},
		"a chain of balancers is walked over":                    {"10.0.0.1:443", []string{"8.8.8.8, 192.0.2.7, 10.9.9.9"}, "192.0.2.7", false},
		"a claim of a balancer's address is ignored":             {"10.0.0.1:443", []string{"10.1.1.1, 192.0.2.7"}, "192.0.2.7", false},
		"a second line continues the first":                      {"10.0.0.1:443", []string{"8.8.8.8", "192.0.2.7"}, "192.0.2.7", false},
		"nobody else is believed":                                {"198.51.100.1:443", []string{"192.0.2.7"}, "198.51.100.1", false},
		"without a header it is the balancer itself":             {"10.0.0.1:443", nil, "10.0.0.1", false},
		"when all are balancers the leftmost asked":              {"10.0.0.1:443", []string{"10.0.0.3, 10.0.0.2"}, "10.0.0.3", false},
		"an IPv4-mapped peer is the same balancer":               {"[::ffff:10.0.0.1]:443", []string{"192.0.2.7"}, "192.0.2.7", false},
		"an IPv4-mapped entry is its IPv4 address":               {"10.0.0.1:443", []string{"::ffff:192.0.2.7"}, "192.0.2.7", false},
		"an IPv4-mapped balancer is walked over":                 {"10.0.0.1:443", []string{"192.0.2.7, ::ffff:10.1.1.1"}, "192.0.2.7", false},
		"IPv6 works as well":                                     {"[2001:db8:ffff::1]:443", []string{"2001:db8::7"}, "2001:db8::7", false},
		"a port is not part of the address":                      {"10.0.0.1:443", []string{"192.0.2.7:4711"}, "192.0.2.7", false},
		"a port after IPv6":                                      {"10.0.0.1:443", []string{"[2001:db8::7]:4711"}, "2001:db8::7", false},
		"brackets without a port":                                {"10.0.0.1:443", []string{"[2001:db8::7]"}, "2001:db8::7", false},
		"a peer's zone is this machine's":                        {"[fe80::1%eth0]:443", []string{"192.0.2.7"}, "fe80::1", false},
		"a zone in the header names nobody":                      {"10.0.0.1:443", []string{"fe80::1%eth0"}, "10.0.0.1", true},
		"a word is malformed":                                    {"10.0.0.1:443", []string{"unknown"}, "10.0.0.1", true},
		"an empty entry is malformed":                            {"10.0.0.1:443", []string{"192.0.2.7,"}, "10.0.0.1", true},
		"an empty header is malformed":                           {"10.0.0.1:443", []string{""}, "10.0.0.1", true},
		"half a bracket is malformed":                            {"10.0.0.1:443", []string{"[2001:db8::7"}, "10.0.0.1", true},
		"leading zeros could mean octal":                         {"10.0.0.1:443", []string{"192.0.2.07"}, "10.0.0.1", true},
		"what is malformed left of the client does not matter":   {"10.0.0.1:443", []string{"what, ever, 192.0.2.7"}, "192.0.2.7", false},
		"what is malformed behind a balancer does":               {"10.0.0.1:443", []string{"what, 10.2.2.2"}, "10.2.2.2", true},
		"a chain without end is malformed":                       {"10.0.0.1:443", []string{strings.Repeat("10.0.0.2,", 99) + "10.0.0.2"}, "10.0.0.2", true},
	} {
		t.Run(claim, func(t *testing.T) {
			got, err := behind(config.FromXForwardedFor).Client(c.peer, map[string][]string{"X-Forwarded-For": c.lines, "Forwarded": {"for=1.1.1.1"}})
			if got != netip.MustParseAddr(c.client) || errors.Is(err, ErrMalformed) != c.fault || (err != nil) != c.fault {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestForwarded(t *testing.T) {
	for claim, c := range map[string]struct {
		lines  []string
		client string
		fault  bool
	}{
		"an element with parameters":              {[]string{`for=192.0.2.7;proto=https;by=10.0.0.1`}, "192.0.2.7", false},
		"names are case-insensitive":              {[]string{`Proto=https; For=192.0.2.7`}, "192.0.2.7", false},
		"IPv6 is quoted and bracketed":            {[]string{`for="[2001:db8::7]:4711"`}, "2001:db8::7", false},
		"walked from the right":                   {[]string{`for=8.8.8.8, for=192.0.2.7, for=10.1.1.1`}, "192.0.2.7", false},
		"lines are joined":                        {[]string{`for=8.8.8.8`, `for=192.0.2.7`}, "192.0.2.7", false},
		"a comma in quotes splits nothing":        {[]string{`for=192.0.2.7;host="a,for=8.8.8.8"`}, "192.0.2.7", false},
		"an escaped quote ends nothing":           {[]string{`for=192.0.2.7;host="a\",for=8.8.8.8"`}, "192.0.2.7", false},
		"a quote without end is malformed":        {[]string{`for="192.0.2.7`}, "10.0.0.1", true},
		"for twice is malformed":                  {[]string{`for=192.0.2.7;for=8.8.8.8`}, "10.0.0.1", true},
		"for missing is malformed":                {[]string{`proto=https`}, "10.0.0.1", true},
		"unknown names nobody":                    {[]string{`for=unknown`}, "10.0.0.1", true},
		"a hidden name names nobody":              {[]string{`for=_hidden`}, "10.0.0.1", true},
		"an escape inside an address":             {[]string{`for="192.0.2.\7"`}, "10.0.0.1", true},
		"without the header it is the balancer's": {nil, "10.0.0.1", false},
	} {
		t.Run(claim, func(t *testing.T) {
			header := map[string][]string{"X-Forwarded-For": {"1.1.1.1"}}
			if c.lines != nil {
				header["Forwarded"] = c.lines
			}
			got, err := behind(config.FromForwarded).Client("10.0.0.1:443", header)
			if got != netip.MustParseAddr(c.client) || (err != nil) != c.fault {
				t.Errorf("%v, %v", got, err)
			}
		})
	}
}

func TestPeerAloneIsTheZeroValue(t *testing.T) {
	header := map[string][]string{"X-Forwarded-For": {"192.0.2.7"}, "Forwarded": {"for=192.0.2.7"}}
	for _, r := range []*Resolver{{}, behind(""), behind(config.FromPeer)} {
		if got, err := r.Client("10.0.0.1:443", header); err != nil || got.String() != "10.0.0.1" {
			t.Errorf("%v, %v", got, err)
		}
	}
	if _, err := new(Resolver).Client("@", nil); err == nil {
		t.Error("a peer without an address has one")
	}
}

func TestNetworks(t *testing.T) {
	for address, want := range map[string][2]string{
		"192.0.2.77":           {"192.0.2.0/24", "192.0.2.77/32"},
		"::ffff:192.0.2.77":    {"192.0.2.0/24", "192.0.2.77/32"},
		"2001:db8:1:2:3:4:5:6": {"2001:db8:1::/48", "2001:db8:1:2::/64"},
		"fe80::1%eth0":         {"fe80::/48", "fe80::/64"},
	} {
		a := netip.MustParseAddr(address)
		if got := [2]string{Network(a).String(), Bucket(a).String()}; got != want {
			t.Errorf("%s: %v, want %v", address, got, want)
		}
	}
	if Network(netip.Addr{}).IsValid() || Bucket(netip.Addr{}).IsValid() {
		t.Error("no address has a network")
	}
}

func TestStamp(t *testing.T) {
	header := map[string][]string{"Accept": {"*/*"}}
	for _, name := range claims {
		header[name] = []string{"forged", "forged again"}
	}
	Stamp(header, Told{Client: netip.MustParseAddr("2001:db8::7"), Host: `shop.kz:8443`, Proto: "https"})
	want := map[string]string{
		"Accept": "*/*", "X-Forwarded-For": "2001:db8::7", "X-Real-Ip": "2001:db8::7", "X-Forwarded-Host": "shop.kz:8443",
		"X-Forwarded-Proto": "https", "Forwarded": `for="[2001:db8::7]";host="shop.kz:8443";proto=https`,
	}
	for name, values := range header {
		if len(values) != 1 || values[0] != want[name] {
			t.Errorf("%s is %q, want %q", name, values, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	unknown := map[string][]string{}
	Stamp(unknown, Told{Host: `a"b`})
	if got := unknown["Forwarded"]; !slices.Equal(got, []string{`for=unknown;host="a\"b"`}) || len(unknown["X-Real-Ip"]) > 0 {
		t.Errorf("an unknown client became %v", unknown)
	}
}

// Whatever a visitor writes, only a balancer's word decides: the rightmost entry stands.
func FuzzClient(f *testing.F) {
	for _, seed := range []string{"8.8.8.8", `for="[::1]"`, `"`, "\\", ",,", "10.0.0.1", `x;for=1.1.1.1,`, "[::ffff:1.2.3.4%a]:1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, claim string) {
		r := behind(config.FromXForwardedFor)
		got, err := r.Client("10.0.0.1:443", map[string][]string{"X-Forwarded-For": {claim, "192.0.2.7"}})
		if err != nil || got.String() != "192.0.2.7" {
			t.Errorf("%q made the client %v, %v", claim, got, err)
		}
		if a, err := r.Client("10.0.0.1:443", map[string][]string{"X-Forwarded-For": {claim}}); err != nil && !errors.Is(err, ErrMalformed) || !a.IsValid() || a.Zone() != "" || a.Is4In6() {
			t.Errorf("%q gave %v, %v", claim, a, err)
		}
		if a, err := behind(config.FromForwarded).Client("10.0.0.1:443", map[string][]string{"Forwarded": {claim}}); err != nil && !errors.Is(err, ErrMalformed) || !a.IsValid() {
			t.Errorf("%q gave %v, %v", claim, a, err)
		}
	})
}
