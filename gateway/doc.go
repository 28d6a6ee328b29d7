// Package gateway is the way through the house: it builds every room, wires them once and runs them.
//
// # The life of a request
//
//		            TLS                                             plain HTTP/1.1
//		client ──▶ edge ──▶ headers ──▶ notify ──▶ limit ──▶ inspect ──▶ proxy ──▶ shop
//		   ▲                   │                      │          │                   │
//		   │                   │                      ▼          ▼                   │
//		   │                   │                   refusal ◀── verdict ──▶ audit     │
//		   └───────────────────┴──◀─────────────── pages ◀───────────────────────────┘
//
//	  - edge: who may connect. Certificates, TLS policy, slow and greedy clients, what net/http lets through and we do not.
//	  - headers: stamped on every answer at its final WriteHeader, refusals among them: HSTS, CSP, the shop's own copies gone.
//	  - notify: a payment provider's notification with a good signature over the untouched body leaves client limits.
//	  - limit: how often. Buckets, quotas, bans; 429 with Retry-After.
//	  - inspect: with what. Every reading of the request, one verdict: block, redact, report. Nothing passes before it.
//	  - proxy: to the shop, the target and body as received.
//	  - pages: HTML on its way out.
//	  - audit: the clerk. A finding that is forwarded waits until its record is on disk.
//
// The order stands in chain.go and nowhere else; gateway.go is the only place that knows every room. Rooms below a
// station (pan, finding, ruleset, visit, refusal) know nothing of the way; layers_test.go keeps it so.
package gateway
