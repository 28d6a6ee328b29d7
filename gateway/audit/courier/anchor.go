package courier

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/cappertrophy/panwall/gateway/config"
)

// Anchor keeps checkpoints of a log off its host.
//
// Put hands over a signed checkpoint and returns nil once the anchor has it for good. Last is the newest it has, nil if
// it has none; ErrForgets means that it cannot be asked. Both may be called at the same time.
type Anchor interface {
	Name() string
	Put(ctx context.Context, signed []byte) error
	Last(ctx context.Context) ([]byte, error)
}

// ErrForgets means that an anchor takes checkpoints but does not give them back, as a syslog server.
var ErrForgets = errors.New("the anchor cannot be asked for what it keeps")

// NewAnchor is the anchor at d for the log named origin: file:///folder/ or file:///file, https://…, syslog+tls://host:port.
func NewAnchor(d config.Destination, origin string) (Anchor, error) {
	u, err := url.Parse(d.URL)
	if err != nil {
		return nil, errors.New("reading anchor: not a URL") // the error would quote it, password and all
	}
	switch u.Scheme {
	case "file":
		return newFileAnchor(u.Path, origin), nil
	case "https":
		client, err := newClient(d)
		if err != nil {
			return nil, err
		}
		return &httpsAnchor{client, strings.TrimSuffix(d.URL, "/") + "/" + Slug(origin)}, nil
	case "syslog+tls":
		tlsConfig, err := tlsConfig(d)
		if err != nil {
			return nil, err
		}
		return &syslogAnchor{address: u.Host, tls: tlsConfig}, nil
	}
	return nil, fmt.Errorf("reading anchor: unknown scheme %q; anchors are file, https and syslog+tls", u.Scheme)
}

// Slug is a log's name as one file name.
func Slug(origin string) string { return strings.ReplaceAll(origin, "/", "_") }
