package edge

// goodTarget says whether a request's target holds nothing but visible ASCII without `#`, as RFC 3986 has it. HTTP/2
// can carry anything in :path, and what reaches the shop's HTTP/1.1 parser must mean one thing there.
func goodTarget(target string) bool {
	for i := 0; i < len(target); i++ {
		if c := target[i]; c <= ' ' || c >= 0x7f || c == '#' {
			return false
		}
	}
	return target != ""
}
