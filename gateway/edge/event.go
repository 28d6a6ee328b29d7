package edge

import "time"

// Event is something that happened at the door and that somebody outside may want to record, count or be told.
type Event struct {
	Kind     EventKind
	Host     string    // the certificate's first name, empty if the event is about none
	Issuer   string    // who signed it, or was asked to
	NotAfter time.Time // of the certificate
	Err      error     // what went wrong, nil if nothing did
}

// EventKind says what happened. The zero value is no event.
type EventKind string

// The events.
const (
	CertificateObtained EventKind = "certificate_obtained" // issued or renewed, now served
	CertificateFailed   EventKind = "certificate_failed"   // an attempt failed; the old one is served while it lasts
	CertificateAging    EventKind = "certificate_aging"    // less of its life is left than a renewal should leave
	CertificateExpired  EventKind = "certificate_expired"
	CertificateLoaded   EventKind = "certificate_loaded" // read from changed files
	ListenerTrouble     EventKind = "listener_trouble"   // connections cannot be accepted, for lack of file descriptors for one
	ClientsRefused      EventKind = "clients_refused"    // a connection limit was met; told at most once a minute
)
