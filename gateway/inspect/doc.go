// Package inspect is the station that reads a request in every way the shop could read it, decides about what it finds,
// and hands on exactly what it inspected.
//
//	request ─ places ─ texts ─┬─ structure: form, JSON, multipart, XML, CSV, … ─ values ─┐
//	                          ├─ views: escapes, base64, charsets, codings, carriers ───┤ texts again, to a bounded depth
//	                          └─ pan.Scanner ─ findings ─ rules ─ verdict ─ masking ────┘
//
// A text keeps the way back to the bytes that carried it (text.rewrite), so that a number found behind three layers of
// encoding is masked in its own encoding and at its own length. Where there is no way back, redact becomes block.
//
// Every body has two readings, its structured values and its raw bytes. What a walker handed out as a value is decided
// with the value's name; whatever lies outside, or straddles values, is decided on the raw bytes alone.
//
// What holds this room against the world outside it (PANWALL_NODE_MODULES names a folder with the modules of .ci/run):
//
//	PANWALL_PROOF_REQUESTS=20000 go test ./gateway/internal/proof -run TestDifferential -v -timeout 60m   # real parsers
//	go test ./gateway/internal/proof -run TestDesync                                                       # real servers
//	panwall bench --target https://localhost:8443 --ca internal-ca/root.pem                                # any proxy
//	PANWALL_MUTATE=. go test ./gateway/internal/proof/mutate -v -timeout 6h                                # our own tests
package inspect
