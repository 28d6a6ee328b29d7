// Package proof holds panwall against what is real: the parsers of PHP, Node, Python and Go behind the built gateway,
// and a raw client in front of it. Its tests are the differential set (TestDifferential) and the desync set
// (TestDesync…); mutate disables one defence at a time and shows that a test notices.
//
//	odd      makes odd requests from a seed, and makes a failing one small
//	gate     runs the built gateway and speaks to it byte by byte
//	shops    runs small shops that tell every string and number they can read
//
// A case that fails is made small and written to testdata/seeds, which go first from then on. Those in testdata/open are
// known and not mended yet: they are told at every run, and fail none. A case moves to seeds with what mends it.
//
// By hand, the whole differential set:
//
//	PANWALL_PROOF_REQUESTS=20000 PANWALL_NODE_MODULES=… go test ./gateway/internal/proof -run TestDifferential -timeout 60m
package proof
