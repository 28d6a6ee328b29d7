package inspect

import "bytes"

// folds reports a business card, calendar or directory entry with a line that goes on on the next (RFC 6350 section 3.2,
// RFC 5545 section 3.1, RFC 2849).
func folds(b []byte) bool {
	head := bare(b[:min(len(b), 256)])
	named := bytes.HasPrefix(head, []byte("BEGIN:V")) || bytes.HasPrefix(head, []byte("dn:")) || bytes.HasPrefix(head, []byte("version: 1"))
	return named && (bytes.Contains(b, []byte("\n ")) || bytes.Contains(b, []byte("\n\t")))
}

// unfoldedView leaves out each line end with the one blank behind it: a fold may stand anywhere, in the midst of a number.
var unfoldedView = &view{
	decode: func(dst, src []byte, marks *[]int32) []byte {
		for i := 0; i < len(src); {
			if size := foldSize(src[i:]); size > 0 {
				i += size
				continue
			}
			dst = append(dst, src[i])
			mark(marks, dst, len(dst)-1, i)
			i++
		}
		return dst
	},
	encode: func(unit, with []byte) ([]byte, bool) {
		if len(with) != 1 {
			return nil, false
		}
		return append(with[:1:1], unit[1:]...), true // with the fold behind it
	},
}

// foldSize is the length of the fold that begins b, zero if there is none.
func foldSize(b []byte) int {
	end := bytes.TrimPrefix(b, []byte("\r"))
	if len(end) < 2 || end[0] != '\n' || end[1] != ' ' && end[1] != '\t' {
		return 0
	}
	return len(b) - len(end) + 2
}
