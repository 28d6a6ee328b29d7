package notify

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"

	"github.com/cappertrophy/panwall/gateway/ruleset"
)

// message is what the provider signed: the body as it came, or the query string as it came for a request without one
// (its cabinet offers both). The request afterwards has the same body. whole is false when the body is larger than a
// notification can be, or did not arrive.
func (s *Station) message(r *http.Request) (message []byte, whole bool) {
	if r.Method == http.MethodGet {
		return []byte(r.URL.RawQuery), true
	}
	if len(r.Header["Content-Hmac"]) != 1 {
		return nil, false // nothing to compare with: the body stays where it is
	}
	read, err := io.ReadAll(io.LimitReader(r.Body, s.options.Body+1))
	if err != nil || int64(len(read)) > s.options.Body {
		r.Body = restored{io.MultiReader(bytes.NewReader(read), &rest{r.Body, err}), r.Body}
		return nil, false
	}
	r.Body = restored{bytes.NewReader(read), r.Body}
	return read, true
}

// restored is a body that was read, put back.
type restored struct {
	io.Reader
	io.Closer
}

// rest is what follows; an error that came while reading comes again in its place.
type rest struct {
	from io.Reader
	err  error
}

func (r *rest) Read(p []byte) (int, error) {
	if r.err != nil {
		return 0, r.err
	}
	return r.from.Read(p)
}

// signed reports whether one of the row's secrets made the signature. Content-HMAC is over the bytes on the wire; the
// provider's second header, X-Content-HMAC, is over a decoded form whose rules it does not publish, so it counts for
// nothing here. All secrets are tried, so that the time does not tell which one fits.
func (s *Station) signed(r *http.Request, row *ruleset.Notification, message []byte) bool {
	header := r.Header["Content-Hmac"]
	if len(header) != 1 {
		return false
	}
	given, err := base64.StdEncoding.DecodeString(header[0])
	if err != nil || len(given) != sha256.Size {
		return false
	}
	good := false
	for _, ref := range row.Secrets {
		key, err := s.secretOf(ref)
		if err != nil || len(key) == 0 {
			s.note(row, "secret-unreadable")
			continue
		}
		mac := hmac.New(sha256.New, key)
		mac.Write(message)
		if hmac.Equal(mac.Sum(nil), given) {
			good = true
		}
	}
	return good
}
