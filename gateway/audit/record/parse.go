package record

import (
	"encoding/json"
	"fmt"
)

// Parse reads a whole line, without its LF.
func Parse(line []byte) (Record, error) {
	var r Record
	if err := json.Unmarshal(line, &r); err != nil {
		return r, fmt.Errorf("reading record: %w", err)
	}
	return r, nil
}
