package gateway

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// evasions is where each of the known evasions of a card gateway has its test: a file and a function in it. What begins with
// an E in TestEvasions is a case of its own there.
var evasions = map[string]string{
	"E1 place: path, query, headers, cookies": "inspect/evasion_test.go TestEvasions",
	"E2 names":                                              "inspect/evasion_test.go TestEvasions",
	"E3 trailers":                                           "inspect/station_test.go TestTrailers",
	"E4 preamble and epilogue":                              "inspect/evasion_test.go TestEvasions",
	"E5 comments, instructions, entities":                   "inspect/evasion_test.go TestEvasions",
	"E6 content of files":                                   "inspect/evasion_test.go TestEvasions",
	"E7 archives and documents":                             "inspect/carrier/archive_test.go TestArchives",
	"E8 WebSocket messages":                                 "stream_test.go TestAWebSocketCarriesMessagesButNoCard",
	"E9 events, gRPC, GraphQL, beacons":                     "inspect/evasion_test.go TestEvasions",
	"E10 echoes":                                            "refusal/refusal_test.go TestARefusalSaysWhatItMustAndNothingOfTheClients",
	"E11 duplicate keys":                                    "inspect/evasion_test.go TestEvasions",
	"E12 paths that collide":                                "inspect/evasion_test.go TestEvasions",
	"E13 JSON in JSON, forms in JSON":                       "inspect/evasion_test.go TestEvasions",
	"E14 numbers in pieces":                                 "inspect/evasion_test.go TestEvasions",
	"E15 duplicate parameters":                              "inspect/evasion_test.go TestEvasions",
	"E16 several documents, broken JSON":                    "inspect/evasion_test.go TestEvasions",
	"E17 odd multipart":                                     "inspect/evasion_test.go TestEvasions",
	"E18 transfer encodings and charsets of parts":          "inspect/evasion_test.go TestEvasions",
	"E19 percent, twice, overlong, invalid":                 "inspect/evasion_test.go TestEvasions",
	"E20 entities and escapes":                              "inspect/evasion_test.go TestEvasions",
	"E21 base64, hexadecimal, data URIs":                    "inspect/evasion_test.go TestEvasions",
	"E22 content codings":                                   "inspect/evasion_test.go TestEvasions",
	"E23 compressed without a label":                        "inspect/evasion_test.go TestEvasions",
	"E24 charsets":                                          "inspect/evasion_test.go TestEvasions",
	"E25 digits of other scripts":                           "inspect/evasion_test.go TestEvasions",
	"E26 separators":                                        "inspect/evasion_test.go TestEvasions",
	"E27 letters for digits: out of scope":                  "inspect/redact_test.go TestSpelledDigitsAreNoDigits",
	"E28 forms of numbers":                                  "inspect/evasion_test.go TestEvasions",
	"E29 padding":                                           "inspect/evasion_test.go TestEvasions",
	"E30 a number across chunks":                            "inspect/station_test.go TestOneByteChunks",
	"E31 delayed bodies":                                    "inspect/station_test.go TestExpectContinue",
	"E32 Extended CONNECT and upgrades":                     "edge/strict_test.go TestExtendedConnectIsOff",
	"E33 smuggling":                                         "internal/proof/desync_test.go TestDesync",
	"E34 two, wrong and missing types":                      "inspect/evasion_test.go TestEvasions",
	"E35 bodies on every method":                            "inspect/evasion_test.go TestEvasions",
	"E36 pieces of an upload":                               "upload_test.go TestPiecesOfResumableUploadsAreRefused",
	"E37 disguised paths":                                   "inspect/evasion_test.go TestEvasions",
	"E38 errors fail closed":                                "inspect/station_test.go TestItFailsClosed",
	"E39 digests and signatures of what was masked":         "inspect/redact_test.go TestDigestsOfMaskedBodies",
	"E40 notifications are signed over their raw body":      "notify/notify_test.go TestPublishedVectorsVerify",
	"E41 what is written over a number keeps its type":      "inspect/redact_test.go TestStandIns",
	"E42 masks that add up":                                 "inspect/redact_test.go TestMasksDoNotAddUp",
	"E43 a rule author's own pattern has one meaning, soon": "ruleset/request_test.go TestGlobEndsSoon",
}

// Every known evasion has a test that says so.
func TestEveryEvasionHasItsTest(t *testing.T) {
	id := regexp.MustCompile(`^E[0-9]+`)
	seen := map[string]bool{}
	for claim, where := range evasions {
		file, function, _ := strings.Cut(where, " ")
		source, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		own := id.FindString(claim)
		seen[own] = true
		switch {
		case !strings.Contains(string(source), "func "+function+"("):
			t.Errorf("%s: no %s in %s", claim, function, file)
		case function == "TestEvasions" && !strings.Contains(string(source), `"`+own+` `):
			t.Errorf("%s: no case of it in %s", claim, file)
		}
	}
	if len(seen) != 43 {
		t.Errorf("%d evasions of 43", len(seen))
	}
}
