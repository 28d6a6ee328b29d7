package ruleset

import "strings"

// Normalise is a path as a shop that decodes and tidies it would see it: matrix parameters cut, escapes undone once,
// backslashes turned, dot segments and doubled slashes resolved (RFC 3986 section 5.2.4).
func Normalise(path string) string {
	if !strings.ContainsAny(path, "%;\\") && !strings.Contains(path, "//") && !strings.Contains(path, "/.") {
		return path
	}
	path = unescape(cutMatrix(path), everyEscape)
	return resolve(strings.ReplaceAll(path, `\`, "/"))
}

// cutMatrix takes away what follows a ; in each segment (RFC 3986 section 3.3).
func cutMatrix(path string) string {
	if !strings.Contains(path, ";") {
		return path
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i], _, _ = strings.Cut(s, ";")
	}
	return strings.Join(segments, "/")
}

func resolve(path string) string {
	var out []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		last := i == len(segments)-1
		switch {
		case s == "..":
			out = out[:max(len(out)-1, 0)]
		case s != "" && s != ".":
			out = append(out, s)
			continue
		}
		if last && len(out) > 0 {
			return "/" + strings.Join(out, "/") + "/"
		}
	}
	return "/" + strings.Join(out, "/")
}

// everyEscape undoes every escape.
func everyEscape(byte) bool { return true }

// onlyEscaped undoes the escapes of bytes that cannot stand in a path in any other way (RFC 3986 section 3.3), so that
// a path in Cyrillic reads the same before and after decoding. Line breaks and other controls stay escaped.
func onlyEscaped(c byte) bool {
	return c >= 0x80 || strings.IndexByte(" \"<>^`{|}", c) >= 0
}

// unescape undoes the percent escapes of the bytes that undo says; a broken escape stands for itself.
func unescape(s string, undo func(byte) bool) string {
	i := strings.IndexByte(s, '%')
	if i < 0 {
		return s
	}
	out := append(make([]byte, 0, len(s)), s[:i]...)
	for ; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := unhex(s[i+1]), unhex(s[i+2])
			if c := high<<4 | low; high < 16 && low < 16 && undo(c) {
				out = append(out, c)
				i += 2
				continue
			}
		}
		out = append(out, s[i])
	}
	return string(out)
}

// unhex is the value of a hexadecimal digit, 16 or more for anything else.
func unhex(c byte) byte {
	switch {
	case '0' <= c && c <= '9':
		return c - '0'
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10
	default:
		return 16
	}
}
