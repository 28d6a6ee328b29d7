package edge

import (
	"go/version"
	"strings"
)

// patched is the first release of Go 1.26 without the holes of CVE-2026-97032 and CVE-2026-78669: a client that changes
// its SETTINGS while requests run can crash an HTTP/2 server, or burn its time.
const patched = "go1.26.9"

// holed says whether HTTP/2 of this release of Go has known holes. A release that cannot be told apart has none.
func holed(release string) bool {
	release, _, _ = strings.Cut(release, " ") // experiments and vendors' additions follow
	return version.IsValid(release) && version.Compare(release, patched) < 0
}

// warnOfHoles tells the operator at every start, until the program is built anew or HTTP/2 is off.
func (e *Edge) warnOfHoles(release string) {
	if e.options.Config.Listen.HTTP2 && holed(release) {
		e.log.Warn().Str("built_with", release).Str("first_patched", patched).
			Msg("HTTP/2 of this Go release has known holes (CVE-2026-97032, CVE-2026-78669): build with a newer one, or set listen.http2 to false")
	}
}
