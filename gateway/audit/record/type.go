package record

// Type says what a record tells. The set is closed: the encoder refuses a type that is not in Types.
type Type string

// The types, in the words of the log.
const (
	PANBlocked  Type = "pan.blocked"
	PANRedacted Type = "pan.redacted"
	PANReported Type = "pan.reported"
	PANExempted Type = "pan.exempted"
	PANPossible Type = "pan.possible"
	Uninspected Type = "body.uninspected"
	Refused     Type = "request.refused"

	LogOpened  Type = "log.opened"
	LogClosed  Type = "log.closed"
	LogRotated Type = "log.rotated"
	LogPruned  Type = "log.pruned"
	LogBroken  Type = "log.broken"
	KeyRotated Type = "key.rotated"
	ClockMoved Type = "clock.moved"

	ControlFailed   Type = "control.failed"
	ControlRestored Type = "control.restored"
	SelftestOK      Type = "selftest.ok"
	SelftestFailed  Type = "selftest.failed"

	ConfigLoaded Type = "config.loaded"
	RulesChanged Type = "rules.changed"
	AdminDenied  Type = "admin.denied"
	AuditRead    Type = "audit.read"

	CaseOpened    Type = "case.opened"
	CaseUpdated   Type = "case.updated"
	CaseClosed    Type = "case.closed"
	ReviewDaily   Type = "review.daily"
	ReviewMonthly Type = "review.monthly"
)

// Section is a part of a record that a type may or must have.
type Section uint8

// The sections.
const (
	VisitSection   Section = 1 << iota // origin, target, status
	FoundSection                       // found, action
	CountsSection                      // counts
	LogSection                         // log
	ControlSection                     // control
	ChangeSection                      // change
	CaseSection                        // case
)

// Meaning is what a type stands for.
type Meaning struct {
	Type  Type
	About string  // one sentence for an auditor
	PCI   string  // the requirement of PCI DSS 4.0.1 it is evidence for; empty: more than the standard asks
	Needs Section // sections without which the encoder refuses the record
	Rare  bool    // sampled in full: every one of them is looked at
}

// Types is the whole vocabulary, in the order of the documentation.
var Types = []Meaning{
	{PANBlocked, "A request with account data was refused; nothing of it was forwarded.", "3.3.1, 10.2.1.4", VisitSection | FoundSection, false},
	{PANRedacted, "Account data was masked and the rest of the request forwarded.", "3.3.1, 3.5.1", VisitSection | FoundSection, false},
	{PANReported, "A rule let a request with account data through, recorded.", "10.2.1.1", VisitSection | FoundSection, true},
	{PANExempted, "A dated exemption let a request with account data through.", "10.2.1.1", VisitSection | FoundSection, true},
	{PANPossible, "Look-alikes too weak to act on, counted over a minute.", "", CountsSection, false},
	{Uninspected, "Bytes that could not be inspected were forwarded under a named, dated rule.", "10.2.1.1", VisitSection, true},
	{Refused, "A request that could not be inspected whole was refused; nothing of it was forwarded.", "10.2.1.4", VisitSection, false},
	{LogOpened, "The log was opened: what came before, how it ended, and what is running.", "10.2.1.6, 10.6, 11.5.2", LogSection, false},
	{LogClosed, "The log was closed in good order.", "10.2.1.6", LogSection, false},
	{LogRotated, "A new segment begins; the tree so far is named.", "10.5.1", LogSection, false},
	{LogPruned, "A segment past its retention was removed; its hashes stay.", "3.2.1, 10.5.1", LogSection, true},
	{LogBroken, "The log did not agree with its own past; a new epoch begins.", "10.3.4, 10.7.2", LogSection, true},
	{KeyRotated, "The signing key was replaced; the old key vouches for the new one.", "10.2.1.5", LogSection, true},
	{ClockMoved, "The clock went back; times before and after overlap.", "10.6", ControlSection, true},
	{ControlFailed, "A control failed: which one, since when, why.", "10.7.2, 10.7.3", ControlSection, true},
	{ControlRestored, "A control works again: how long it was away, why.", "10.7.2, 10.7.3", ControlSection, true},
	{SelftestOK, "A test card sent through the public listener was refused and recorded.", "10.7.2", ControlSection, false},
	{SelftestFailed, "A test card sent through the public listener was not refused.", "10.7.2", ControlSection, true},
	{ConfigLoaded, "The operator's file was read.", "10.2.1.7, 11.5.2", ChangeSection, false},
	{RulesChanged, "The rules were replaced, or a replacement was refused.", "6.5.1, 10.2.1.2", ChangeSection, true},
	{AdminDenied, "Somebody was refused at the private socket; nothing was changed.", "10.2.1.4", ChangeSection, true},
	{AuditRead, "The log was read through the private socket.", "10.2.1.3", ChangeSection, false},
	{CaseOpened, "A case was opened.", "12.10.7", CaseSection, true},
	{CaseUpdated, "A case was updated.", "12.10.7", CaseSection, true},
	{CaseClosed, "A case was closed by somebody other than who opened it.", "12.10.7", CaseSection, true},
	{ReviewDaily, "The day was reviewed by the gateway itself.", "10.4.1.1", CountsSection, false},
	{ReviewMonthly, "A reviewer signed the month's closing checkpoint.", "10.4.1", CaseSection, true},
}

// Lookup is what t stands for; false if the vocabulary does not have it.
func Lookup(t Type) (Meaning, bool) {
	for _, m := range Types {
		if m.Type == t {
			return m, true
		}
	}
	return Meaning{}, false
}
