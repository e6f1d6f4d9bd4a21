// Package metrics tells an operator how the program is doing: Prometheus
// metrics, and whether it is alive and ready.
//
// Start with [New]; [Metrics.Handler] serves /metrics, /healthz and /readyz. No
// label has a user, a place or a word of a prompt.
package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"pentimento/bot/jobs"
)

// collectFor bounds how long a scrape waits for the queue.
const collectFor = 2 * time.Second

// Metrics are the program's. Its methods may be called by several goroutines at
// once.
type Metrics struct {
	registry *prometheus.Registry
	stages   *prometheus.HistogramVec
	traces   *prometheus.CounterVec
	errors   *prometheus.CounterVec
	rows     prometheus.Counter
}

// New returns metrics of the Go runtime and the process, and those below at zero.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pentimento_turn_seconds", Help: "Seconds that a turn spent in a stage.",
			Buckets: prometheus.ExponentialBuckets(.01, 2, 15), // 10 ms to 164 s
		}, []string{"stage"}),
		traces: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pentimento_source_traces_total", Help: "Edits by whether the trace of the source turn was in memory: hit or miss.",
		}, []string{"result"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pentimento_errors_total", Help: "Failures by kind.",
		}, []string{"kind"}),
		rows: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pentimento_unet_rows_total", Help: "UNet rows computed.",
		}),
	}
	m.registry.MustRegister(m.stages, m.traces, m.errors, m.rows,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Stage notes how long a stage of a turn took: "wait" and "draw" are noted by
// [Metrics.Finished], a bot adds its own.
func (m *Metrics) Stage(name string, took time.Duration) {
	m.stages.WithLabelValues(name).Observe(took.Seconds())
}

// Error counts a failure. A kind is one of a few words known beforehand, never
// something that a user said.
func (m *Metrics) Error(kind string) { m.errors.WithLabelValues(kind).Inc() }

// Finished notes how a job ended; it makes Metrics a jobs.Observer.
func (m *Metrics) Finished(job jobs.Job, waited time.Duration, result jobs.Result, failure *jobs.Failure) {
	m.Stage("wait", waited)
	if failure != nil {
		m.Error(failure.Kind)
		return
	}
	m.stages.WithLabelValues("draw").Observe(result.Seconds)
	m.rows.Add(float64(result.Rows))
	if len(job.Recipe.Turns) > 1 {
		m.traces.WithLabelValues(hit(result.Traced)).Inc()
	}
}

func hit(traced bool) string {
	if traced {
		return "hit"
	}
	return "miss"
}

// CacheBytes has a cache's size read whenever metrics are asked for. Each tier
// is added once.
func (m *Metrics) CacheBytes(tier string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "pentimento_cache_bytes", Help: "Bytes that a cache holds.", ConstLabels: prometheus.Labels{"tier": tier},
	}, read))
}

// Queue has a queue's length and age read whenever metrics are asked for. It is
// called once.
func (m *Metrics) Queue(stats func(context.Context) (jobs.Stats, error)) {
	m.registry.MustRegister(&queueCollector{
		stats:   stats,
		jobs:    prometheus.NewDesc("pentimento_queue_jobs", "Jobs by state: waiting, running, or dead letters.", []string{"state"}, nil),
		oldest:  prometheus.NewDesc("pentimento_queue_oldest_seconds", "How long the job that is next has waited.", nil, nil),
		workers: prometheus.NewDesc("pentimento_queue_workers", "Workers that were heard of lately.", nil, nil),
		up:      prometheus.NewDesc("pentimento_queue_up", "1 if the queue answers.", nil, nil),
	})
}

// queueCollector reads a queue.
type queueCollector struct {
	stats                     func(context.Context) (jobs.Stats, error)
	jobs, oldest, workers, up *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *queueCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.jobs, c.oldest, c.workers, c.up} {
		to <- d
	}
}

// Collect implements prometheus.Collector. A queue that does not answer gives
// up = 0 and nothing else: old figures would look like an empty or steady queue.
func (c *queueCollector) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectFor)
	defer cancel()
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	s, err := c.stats(ctx)
	if err != nil {
		gauge(c.up, 0)
		return
	}
	gauge(c.up, 1)
	gauge(c.jobs, float64(s.Waiting), "waiting")
	gauge(c.jobs, float64(s.Running), "running")
	gauge(c.jobs, float64(s.DeadLetters), "dead")
	gauge(c.oldest, s.Oldest.Seconds())
	gauge(c.workers, float64(s.Workers))
}
