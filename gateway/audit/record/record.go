// Package record is the vocabulary of the redaction log: what one line may say, the one encoder that writes it,
// and the JSON Schema that describes it.
//
// No field can hold a digit, a hash or anything else derived from a card number: a finding is named by its place,
// kind, brand and length, a visitor by a network and a tag that dies with the day.
package record

import (
	"time"
)

// Version is the version of the record format, the first field of every line.
const Version = 1

// MaxItems is how many findings one record lists; the counts cover all of them.
const MaxItems = 16

// MaxLine is the longest line of a log, in bytes, without its LF.
const MaxLine = 64 << 10

// Outcome says whether what the record tells succeeded (PCI DSS 10.2.2).
type Outcome string

// The outcomes.
const (
	Success Outcome = "success"
	Failure Outcome = "failure"
)

// Record is one line of the log. Seq is its place in the tree, from 0, without gaps.
type Record struct {
	Version int       `json:"v"`
	Seq     int64     `json:"seq"`
	ID      string    `json:"id"` // incident number; 80 random bits, so that a pruned record cannot be guessed from its hash
	Time    Time      `json:"t"`  // when the line was written, UTC
	Type    Type      `json:"type"`
	Outcome Outcome   `json:"outcome"`
	Actor   Actor     `json:"actor"`
	Origin  *Origin   `json:"origin,omitempty"`
	Target  *Target   `json:"target,omitempty"`
	Found   *Found    `json:"found,omitempty"`
	Action  string    `json:"action,omitempty"` // block | redact | report, the strictest over the findings
	Status  int       `json:"status,omitempty"` // HTTP status of the answer; zero where the shop's is awaited
	Bytes   *Bytes    `json:"bytes,omitempty"`
	Repeat  int64     `json:"repeat,omitempty"` // how many requests this record stands for, when more than one
	First   Time      `json:"first,omitzero"`   // the first and last of them
	Last    Time      `json:"last,omitzero"`
	Counts  []Count   `json:"counts,omitempty"`
	Log     *LogState `json:"log,omitempty"`
	Control *Control  `json:"control,omitempty"`
	Change  *Change   `json:"change,omitempty"`
	Case    *Case     `json:"case,omitempty"`
	Rules   string    `json:"rules"` // hash of the rules in force, "none" before the first
	Notes   []string  `json:"notes,omitempty"`
	Test    bool      `json:"test,omitempty"` // a self-test: counted apart
}

// Actor is who did it.
type Actor struct {
	Kind string `json:"kind"`          // visitor | visitors | staff | gateway
	Tag  string `json:"tag,omitempty"` // visitor: a tag under the day's key; staff: the account
}

// The kinds of actors. Visitors stands for several whose requests were folded into one record.
const (
	Visitor  = "visitor"
	Visitors = "visitors"
	Staff    = "staff"
	Gateway  = "gateway"
)

// Origin is where a request came from: a network of 256 addresses or an IPv6 site, never an address.
type Origin struct {
	Net string `json:"net"` // /24, /48, or "*" for several networks
}

// Target is what a request asked for, in names of ours.
type Target struct {
	Host   string `json:"host"`
	Method string `json:"method"`
	Route  string `json:"route"`
	Type   string `json:"type,omitempty"` // media type of the body
}

// Found is what was found in a request: the first MaxItems one by one, all of them in the counts.
type Found struct {
	Items  []Item           `json:"items,omitempty"`
	Total  int64            `json:"total"`
	Kinds  map[string]int64 `json:"kinds"`
	Brands map[string]int64 `json:"brands,omitempty"`
}

// Item is one finding and why it got its action.
type Item struct {
	At         string   `json:"at"`
	Kind       string   `json:"kind"`
	Brand      string   `json:"brand,omitempty"`
	Length     int      `json:"len,omitempty"`
	Confidence string   `json:"confidence"`
	Why        []string `json:"why,omitempty"` // reasons, in words that hold no digit of the number
	Views      []string `json:"views,omitempty"`
	Action     string   `json:"action"`
	Rule       string   `json:"rule"`
	Exemption  string   `json:"exemption,omitempty"`
	Expires    string   `json:"expires,omitempty"` // date on which what lets it through ends
	Shadow     []string `json:"shadow,omitempty"`  // RULE=ACTION of rules that are not enforced
}

// Bytes is how much of a request was seen and sent on.
type Bytes struct {
	Inspected   int64 `json:"inspected"`
	Uninspected int64 `json:"uninspected"`
	Forwarded   int64 `json:"forwarded"`
}

// Count is a number of like things over the period that First and Last name.
type Count struct {
	What  string `json:"what"` // a kind of finding, or a type of record
	Rule  string `json:"rule,omitempty"`
	Route string `json:"route,omitempty"`
	N     int64  `json:"n"`
}

// LogState is the log speaking of itself.
type LogState struct {
	Origin    string `json:"origin"`
	Segment   string `json:"segment,omitempty"`
	Size      int64  `json:"size"`           // records before this one
	Root      string `json:"root,omitempty"` // the tree's root over them, base64
	Cut       int64  `json:"cut,omitempty"`  // bytes of unfinished lines removed at opening
	Clean     bool   `json:"clean,omitempty"`
	Cause     string `json:"cause,omitempty"`  // why it broke
	Before    int64  `json:"before,omitempty"` // log.pruned: the records before this one were removed
	OtherSize int64  `json:"other_size,omitempty"`
	OtherRoot string `json:"other_root,omitempty"` // what the log should have been
	Key       string `json:"key,omitempty"`        // verifier key
	Signed    string `json:"signed,omitempty"`     // signature of the new key by the old one, base64
	Version   string `json:"version,omitempty"`
	Binary    string `json:"binary,omitempty"`
	Config    string `json:"config,omitempty"`
	Clock     string `json:"clock,omitempty"` // synchronised | unsynchronised | unknown
}

// Control is a safeguard that failed, was restored or was tried.
type Control struct {
	Name   string `json:"name"` // audit | clock | rules | anchor | copy | selftest | verify | …
	Cause  string `json:"cause,omitempty"`
	Since  Time   `json:"since,omitzero"`
	Millis int64  `json:"ms,omitempty"` // how long it was away
}

// Change is something that somebody changed or read, and on whose word.
type Change struct {
	What       string `json:"what"`
	Old        string `json:"old,omitempty"`
	New        string `json:"new,omitempty"`
	Reason     string `json:"reason,omitempty"`
	Ticket     string `json:"ticket,omitempty"`
	Owner      string `json:"owner,omitempty"`
	ApprovedBy string `json:"approved_by,omitempty"`
	Expires    string `json:"expires,omitempty"`
}

// Case is a judgement about earlier records: a case file or a review. Nothing earlier is edited.
type Case struct {
	ID         string  `json:"id"`
	Records    []int64 `json:"records,omitempty"` // seq of what it judges
	Verdict    string  `json:"verdict,omitempty"` // true-positive | false-positive | test
	WhereFrom  string  `json:"where_from,omitempty"`
	SADPresent string  `json:"sad_present,omitempty"` // yes | no | unknown
	Stored     string  `json:"stored_anywhere,omitempty"`
	RootCause  string  `json:"root_cause,omitempty"`
	Fix        string  `json:"fix,omitempty"`
	Owner      string  `json:"owner,omitempty"`
	By         string  `json:"by"`
	Role       string  `json:"role,omitempty"`
	Statement  string  `json:"statement,omitempty"`
	Checkpoint string  `json:"checkpoint,omitempty"` // review.monthly: size and root of the checkpoint signed
	Signed     string  `json:"signed,omitempty"`     // review.monthly: the checkpoint with the reviewer's signature
}

// Time is a moment in UTC with milliseconds.
type Time struct{ time.Time }

// TimeLayout is how a Time is written: fixed width, so that lines sort.
const TimeLayout = "2006-01-02T15:04:05.000Z"

// At is the moment t.
func At(t time.Time) Time { return Time{t.UTC().Truncate(time.Millisecond)} }

// MarshalJSON writes the moment.
func (t Time) MarshalJSON() ([]byte, error) {
	return t.UTC().AppendFormat(make([]byte, 0, len(TimeLayout)+2), `"`+TimeLayout+`"`), nil
}
