//go:build !linux

package audit

// ClockState is not known here.
func ClockState() string { return ClockUnknown }
