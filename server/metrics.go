package server

import (
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics counts what an operator wants to see. Each Server has its own registry, so
// that several can live in one process.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	evaluate prometheus.Histogram
}

func newMetrics(s *Server) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Answered requests by route, method and status."}, []string{"route", "method", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route", "method"}),
		evaluate: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "evaluate_duration_seconds", Help: "Time of one evaluation, without reading and writing JSON.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5}}),
	}
	m.registry.MustRegister(m.requests, m.duration, m.evaluate, state{s},
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// request counts one answered request under its route, never its path: paths are as
// many as quotes.
func (m *metrics) request(c *fiber.Ctx, took time.Duration) {
	route := c.Route().Path
	if c.Response().StatusCode() == fiber.StatusNotFound && route == "/" {
		route = "none"
	}
	m.requests.WithLabelValues(route, c.Method(), strconv.Itoa(c.Response().StatusCode())).Inc()
	m.duration.WithLabelValues(route, c.Method()).Observe(took.Seconds())
}

func (m *metrics) handler() fiber.Handler {
	return adaptor.HTTPHandler(promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
}

var (
	catalogAge  = prometheus.NewDesc("catalog_age_seconds", "Seconds since the ERP was last asked for changes with success.", nil, nil)
	catalogSize = prometheus.NewDesc("catalog_records", "Records of the replica by kind.", []string{"kind"}, nil)
	rulesInfo   = prometheus.NewDesc("rulebook_info", "1 for the rulebook in use.", []string{"hash", "name"}, nil)
	rulesBroken = prometheus.NewDesc("rulebook_mistakes", "Mistakes in the newest rule files; they are not in use while there are any.", nil, nil)
	jobCount    = prometheus.NewDesc("jobs", "Background jobs by kind and state.", []string{"kind", "state"}, nil)
)

// state collects what is true at the moment of asking.
type state struct{ *Server }

// Describe names the metrics of the current state.
func (state) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{catalogAge, catalogSize, rulesInfo, rulesBroken, jobCount} {
		ch <- d
	}
}

// Collect reads the current state.
func (s state) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	gauge(catalogAge, s.Replica.Age().Seconds())
	counts := s.Replica.Snapshot().Counts()
	gauge(catalogSize, float64(counts.Products), "products")
	gauge(catalogSize, float64(counts.Conditions), "conditions")
	gauge(catalogSize, float64(counts.BOMs), "boms")
	gauge(catalogSize, float64(counts.Customers), "customers")
	rules := s.Rules.Status()
	if rules.Book != nil {
		gauge(rulesInfo, 1, rules.Book.Hash(), rules.Book.Name)
	}
	gauge(rulesBroken, float64(len(rules.Mistakes.Errors())))
	jobs, err := s.Store.JobCounts(context.Background())
	if err != nil {
		ch <- prometheus.NewInvalidMetric(jobCount, err)
		return
	}
	for _, j := range jobs {
		gauge(jobCount, float64(j.Count), j.Kind, j.State)
	}
}
