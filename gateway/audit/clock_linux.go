package audit

import "golang.org/x/sys/unix"

// ClockState says whether something keeps this machine's clock right (PCI DSS 10.6).
func ClockState() string {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	switch {
	case err != nil:
		return ClockUnknown
	case state == unix.TIME_ERROR || t.Status&unix.STA_UNSYNC != 0:
		return Unsynchronised
	}
	return Synchronised
}
