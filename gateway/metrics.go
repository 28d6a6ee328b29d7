package gateway

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/cappertrophy/panwall/gateway/finding"
	"github.com/cappertrophy/panwall/gateway/ruleset"
	"github.com/cappertrophy/panwall/gateway/visit"
)

// metrics are what /metrics shows. No label ever holds anything a client could choose: no address, path or name.
type metrics struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	seconds     prometheus.Histogram
	findings    *prometheus.CounterVec
	uninspected *prometheus.CounterVec
	refusals    *prometheus.CounterVec
	limited     *prometheus.CounterVec
	evicted     *prometheus.CounterVec
	reloads     *prometheus.CounterVec
	notified    *prometheus.CounterVec
	alerts      *prometheus.CounterVec
	panics      prometheus.Counter
}

func newMetrics(g *Gateway) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "panwall", Name: name, Help: help}, labels)
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("requests_total", "Requests answered, by what was decided and class of status.", "action", "status"),
		seconds: prometheus.NewHistogram(prometheus.HistogramOpts{
			Namespace: "panwall", Name: "request_seconds", Help: "Time from a request's header to the end of its answer.",
			NativeHistogramBucketFactor: 1.1, Buckets: []float64{.001, .005, .025, .1, .5, 2.5, 10, 60},
		}),
		findings:    counter("findings_total", "Findings, by kind, confidence and action.", "kind", "confidence", "action"),
		uninspected: counter("uninspected_bytes_total", "Bytes forwarded or refused without having been read, by reason.", "reason"),
		refusals:    counter("refusals_total", "Requests refused, by cause.", "code"),
		limited:     counter("limited_total", "Requests refused by a row of limits.yaml.", "row"),
		evicted:     counter("limit_evictions_total", "Clients a full limit table had to forget: a flood of addresses.", "table"),
		reloads:     counter("reloads_total", "Attempts to put edited rules or configuration in force.", "result"),
		notified:    counter("notifications_total", "Provider notifications, by row and outcome.", "row", "outcome"),
		alerts:      counter("alerts_total", "Messages to people, by kind of destination and outcome.", "type", "outcome"),
		panics:      prometheus.NewCounter(prometheus.CounterOpts{Namespace: "panwall", Name: "panics_total", Help: "Panics recovered: each is a fault of ours."}),
	}
	m.registry.MustRegister(m.requests, m.seconds, m.findings, m.uninspected, m.refusals, m.limited, m.evicted,
		m.reloads, m.notified, m.alerts, m.panics, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("audit_down", "1 while the redaction log cannot be written and findings are refused.", g.auditDown),
		gauge("forwarding_rules", "Rules in force that let an acting finding through.", g.forwardingRules),
		gauge("rules_age_seconds", "Time since the running rules were put in force.", g.rulesAge),
		gauge("connections", "Connections of clients that are open.", g.connections),
		gauge("connections_refused_total", "Connections turned away for listen.limits.", g.connectionsRefused),
		gauge("degraded", "1 while something is not as it should be; /readyz says what.", g.degraded),
		gauge("log_lines_masked_total", "Log lines that the last scan had to change: each is a fault of ours.", g.linesMasked),
	)
	return m
}

func gauge(name, help string, value func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "panwall", Name: name, Help: help}, value)
}

// answered counts one request at its end.
func (m *metrics) answered(v *visit.Visit, status int, took time.Duration) {
	m.requests.WithLabelValues(v.Action, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.Observe(took.Seconds())
	if v.Code != "" {
		m.refusals.WithLabelValues(v.Code).Inc()
	}
}

// found counts one finding.
func (m *metrics) found(f *finding.Finding, d ruleset.Decision) {
	m.findings.WithLabelValues(f.Kind.String(), f.Confidence.String(), d.Action.String()).Inc()
}
