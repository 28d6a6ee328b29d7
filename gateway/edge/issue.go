package edge

import (
	"crypto/tls"
	"errors"
	"fmt"
)

// Issue signs a certificate for a private name with the internal authority, for a server beside the gateway that
// clients of the same root shall trust. With another issuer, and for a name that is not private, it is an error.
func (e *Edge) Issue(name string) (*tls.Certificate, error) {
	own, ok := e.state.Load().source.(*internal)
	if !ok {
		return nil, errors.New("issuing a certificate: the issuer is not internal")
	}
	if !permitted(name) {
		return nil, fmt.Errorf("issuing a certificate: %s is no private name", name)
	}
	return own.authority.issue(name, e.now())
}
