package edge

import (
	"crypto/x509"
	"time"
)

// alarms tells of certificates that grow old without being renewed, each once a day and once when it has ended.
type alarms struct {
	now     func() time.Time
	onEvent func(Event)
	below   float64 // share of its life under which a certificate should long have been replaced
	told    map[string]time.Time
}

// look raises what is due for the certificates served. It is called from one goroutine.
func (a *alarms) look(served []*x509.Certificate) {
	now := a.now()
	still := map[string]time.Time{}
	for _, c := range served {
		share := left(c, now)
		if share > a.below {
			continue
		}
		kind := CertificateAging
		if share == 0 {
			kind = CertificateExpired
		}
		key := string(kind) + c.SerialNumber.Text(16)
		told, known := a.told[key]
		if !known || now.Sub(told) >= 24*time.Hour {
			a.onEvent(Event{Kind: kind, Host: first(namesOf(c)), Issuer: c.Issuer.CommonName, NotAfter: c.NotAfter})
			told = now
		}
		still[key] = told
	}
	a.told = still
}
