package proxy

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"

	"github.com/cappertrophy/panwall/gateway/refusal"
)

// fault is one way in which a shop fails to answer.
type fault struct {
	name string
	code refusal.Code
	is   func(error) bool
	// told says that the error's own words may be logged: they are about addresses and certificates. Others quote what
	// the shop answered, which could quote the visitor.
	told bool
}

// faults are tried in order; the last one takes what is left.
var faults = []fault{
	{"name not found", refusal.BadGateway, as[*net.DNSError], true},
	{"dial timed out", refusal.GatewayTimeout, func(err error) bool { return isDial(err) && timedOut(err) }, true},
	{"connection refused", refusal.BadGateway, isDial, true},
	{"certificate not accepted", refusal.BadGateway, as[*tls.CertificateVerificationError], true},
	{"no answer in time", refusal.GatewayTimeout, timedOut, false},
	{"connection reset", refusal.BadGateway, func(err error) bool {
		return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	}, false},
	{"header too large", refusal.BadGateway, func(err error) bool { return errors.Is(err, errLongHeader) || says(err, "headers exceeded") }, false},
	{"hung up before answering", refusal.BadGateway, func(err error) bool {
		return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || says(err, "server closed idle connection")
	}, false},
	{"switched protocols unasked", refusal.BadGateway, func(err error) bool { return errors.Is(err, errUnasked) }, false},
	{"malformed answer", refusal.BadGateway, func(error) bool { return true }, false},
}

var errUnasked = errors.New("101 without an upgrade")

// faultOf finds the fault that an error is.
func faultOf(err error) *fault {
	for i := range faults {
		if faults[i].is(err) {
			return &faults[i]
		}
	}
	return &faults[len(faults)-1]
}

// describe is the error as it may be logged.
func describe(err error) error {
	f := faultOf(err)
	if f.told {
		return fmt.Errorf("asking the shop: %s: %w", f.name, err)
	}
	return fmt.Errorf("asking the shop: %s", f.name)
}

func as[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

func timedOut(err error) bool {
	var timeout interface{ Timeout() bool }
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// says is for errors that net/http keeps to itself.
func says(err error, words string) bool { return strings.Contains(err.Error(), words) }
