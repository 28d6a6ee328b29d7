package record

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// ErrShape means that a line is not one that Append writes.
var ErrShape = errors.New("not a line of this log")

// Head is the beginning of a line, enough to check its place without decoding the rest.
type Head struct {
	Seq  int64
	ID   []byte
	Time []byte // as TimeLayout
	Type Type
}

// ParseHead reads the beginning of a line as Append writes it. It shares memory with line.
func ParseHead(line []byte) (Head, error) {
	var h Head
	if len(line) < 2 || line[len(line)-1] != '}' {
		return h, fmt.Errorf("reading record: %w", ErrShape)
	}
	rest, ok := bytes.CutPrefix(line, []byte(`{"v":1,"seq":`))
	seq, rest, ok2 := bytes.Cut(rest, []byte(`,"id":"`))
	id, rest, ok3 := bytes.Cut(rest, []byte(`","t":"`))
	at, rest, ok4 := bytes.Cut(rest, []byte(`","type":"`))
	typ, _, ok5 := bytes.Cut(rest, []byte(`","`))
	if !ok || !ok2 || !ok3 || !ok4 || !ok5 || len(seq) > 19 || len(at) != len(TimeLayout) {
		return h, fmt.Errorf("reading record: %w", ErrShape)
	}
	n, err := strconv.ParseInt(string(seq), 10, 64)
	if err != nil || n < 0 {
		return h, fmt.Errorf("reading record: %w", ErrShape)
	}
	return Head{Seq: n, ID: id, Time: at, Type: Type(typ)}, nil
}
