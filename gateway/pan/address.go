package pan

import "bytes"

// sentry reports the number of an organisation or project of sentry.io: sixteen digits that begin with 450, the same in
// every report of a shop, in o450….ingest.sentry.io/450… and /api/450…/envelope/.
func sentry(text []byte, start, end int) bool {
	if end-start != 16 || !bytes.HasPrefix(text[start:], []byte("450")) {
		return false
	}
	if behind := text[end:]; len(behind) > 0 && (behind[0] == '.' || behind[0] == '/') {
		for _, s := range []string{".ingest", "/envelope", "/store/", "/minidump", "/security/"} {
			if bytes.HasPrefix(behind, []byte(s)) {
				return true
			}
		}
	}
	return bytes.HasSuffix(text[:start], []byte("sentry.io/")) || tunnelled(text, start, end)
}

// tunnelled reports one of the two in ?o=450…&p=450…, with which a shop's own server hands such reports on.
func tunnelled(text []byte, start, end int) bool {
	const pair = len("o=450") + 13 + len("&p=")
	before := text[:start]
	return bytes.HasSuffix(before, []byte("o=")) && bytes.HasPrefix(text[end:], []byte("&p=450")) ||
		bytes.HasSuffix(before, []byte("&p=")) && start >= pair && bytes.HasPrefix(text[start-pair:], []byte("o=450"))
}

// posts is what stands right before the number of a post, a video or a firm in such an address, by its last byte.
var posts = byLastByte("/posts", "/reel", "/videos", "/permalink", "/groups", "/events", "/item", "/pin", "/firm", "/geo", "/branches")

// leadsToPost reports text that ends so. Numbers of sixteen digits, as nearly all cards have, act wherever else
// they stand in an address.
func leadsToPost(text []byte) bool {
	if bytes.HasSuffix(text, []byte("/watch/?v=")) || bytes.HasSuffix(text, []byte("/watch?v=")) {
		return true
	}
	n := len(text) - 1
	return n > 0 && text[n] == '/' && endsIn(text[:n], posts[text[n-1]])
}

// platform reports a number in an address of one of the platforms, at most six strokes and colons behind it.
func platform(text []byte, start int) bool {
	from := max(0, start-2*nearby)
	near := text[from:start]
	stroke, colon := lastByte(near, '/'), lastByte(near, ':')
	for marks := 0; marks < mostMarks; marks++ {
		i := max(stroke, colon)
		switch {
		case i < 0:
			return false
		case platformEnds(text[:from+i+1]):
			return addressed(near[i+1:])
		case i == stroke:
			stroke = lastByte(near[:i], '/')
		default:
			colon = lastByte(near[:i], ':')
		}
	}
	return false
}

// mostMarks is how many strokes and colons are looked at for the end of a platform's address.
const mostMarks = 6

// addressed reports nothing but what addresses are made of.
func addressed(text []byte) bool {
	for _, b := range text {
		if !keyBytes[b] && b != '/' && b != ':' && b != '?' && b != '=' && b != '&' && b != '@' {
			return false
		}
	}
	return true
}

// platformEnds reports text that ends in the address of a platform whose numbers are posts, pins, products and people.
func platformEnds(text []byte) bool {
	site, ok := bytes.CutSuffix(text, []byte(".com/"))
	if !ok || len(site) == 0 {
		return len(text) > 1 && endsIn(text, hosts[text[len(text)-2]])
	}
	return endsIn(site, sites[site[len(site)-1]])
}

func endsIn(text []byte, words []string) bool {
	for _, w := range words {
		if bytes.HasSuffix(text, []byte(w)) {
			return true
		}
	}
	return false
}

// linkedIn is what begins the numbers of LinkedIn.
var linkedIn = []byte("urn:li:")

// sites is what stands before .com/ in them, by its last byte; hosts is those that end otherwise, by their last byte but
// one.
var (
	sites = byLastByte("facebook", "tiktok", "vk", "instagram", "pinterest", "linkedin", "twitter", "x")
	hosts = [256][]string{
		'/': {"gid://"}, 'u': {"ok.ru/", "2gis.ru/"}, 'e': {"t.me/"}, 'i': {string(linkedIn)}, 'z': {"2gis.kz/", "2gis.uz/"}, 'g': {"2gis.kg/"},
	}
)
