package edge

import (
	"crypto/tls"
	"net"
	"net/netip"
	"strings"
)

// acmeALPN is the protocol of the TLS-ALPN-01 challenge (RFC 8737 section 4).
const acmeALPN = "acme-tls/1"

// tlsConfig is the TLS policy. Forward secrecy and AEAD only: for TLS 1.2 that is four ECDHE suites and ChaCha20, 1.3
// has nothing else. crypto/tls renegotiates never as a server, takes no early data and changes its ticket keys daily.
func (e *Edge) tlsConfig() *tls.Config {
	protocols := []string{"h2", "http/1.1", acmeALPN}
	if !e.options.Config.Listen.HTTP2 {
		protocols = protocols[1:]
	}
	return &tls.Config{
		Time:       e.now,
		MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
		CurvePreferences: []tls.CurveID{tls.X25519MLKEM768, tls.X25519, tls.CurveP256, tls.CurveP384},
		NextProtos:       protocols,
		GetCertificate:   e.getCertificate,
	}
}

// getCertificate refuses names that are not ours before any certificate is looked for: a scan learns nothing about
// the hosts behind an address. Nil becomes the alert unrecognized_name.
func (e *Edge) getCertificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	s := e.state.Load()
	name := plainHost(hello.ServerName)
	if !s.welcomes(name) {
		return nil, nil
	}
	return s.source.certificate(s.subject(name, hello.Conn.LocalAddr()), hello)
}

// subject is the name a handshake is about: the one asked for, or the address that was dialled, or the first address
// configured, since behind a forwarded port the dialled address is not the one the client knows.
func (s *state) subject(name string, local net.Addr) string {
	if name != "" {
		return name
	}
	dialled, _ := netip.ParseAddrPort(local.String())
	if a := dialled.Addr().Unmap().WithZone("").String(); s.any || s.hosts[a] {
		return a
	}
	return s.address
}

// welcomes says whether a handshake for name may go on. A client that names no host (RFC 6066 section 3: addresses
// are never named) is let in only where an address, or every host, is configured.
func (s *state) welcomes(name string) bool {
	if s.any || s.hosts[name] {
		return true
	}
	return name == "" && s.address != ""
}

// plainHost is a host as the configuration writes it: lower case, no port, no brackets, no trailing dot.
func plainHost(h string) string {
	if host, _, err := net.SplitHostPort(h); err == nil {
		h = host
	}
	h = strings.TrimSuffix(strings.TrimPrefix(h, "["), "]")
	return strings.ToLower(strings.TrimSuffix(h, "."))
}
