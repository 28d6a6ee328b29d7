package inspect

import (
	"bytes"

	"github.com/cappertrophy/panwall/gateway/inspect/carrier"
)

// encodedWords reports a value in which programs that write mail put what is not ASCII (RFC 2047): a number may be cut in two
// of its words, or written in a charset that only they name.
func encodedWords(b []byte) bool {
	return len(b) <= carrier.LongestWords && bytes.Contains(b, []byte("=?")) && bytes.Contains(b, []byte("?="))
}

// wordsView reads them as mail programs do. Its text stands for the whole: nothing in it can be masked alone.
var wordsView = &view{
	grows: 2,
	decode: func(dst, src []byte, marks *[]int32) []byte {
		n := len(dst)
		dst = append(dst, carrier.DecodeWords(src)...)
		mark(marks, dst, n, 0)
		return dst
	},
}
