package record

import _ "embed"

// Schema is the JSON Schema (draft 2020-12) of one line.
//
//go:embed record.schema.json
var Schema []byte
