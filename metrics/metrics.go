// Package metrics tells an operator how the program is doing: Prometheus
// metrics, and whether it is alive and ready.
//
// Start with [New]; [Metrics.Handler] serves /metrics, /healthz and /readyz. No
// label has a user, a place or a word of a prompt.
package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"pentimento/jobs"
)

// Metrics are the program's. Its methods may be called by several goroutines at
// once.
type Metrics struct {
	registry *prometheus.Registry
	stages   *prometheus.HistogramVec
	turns    *prometheus.CounterVec
	errors   *prometheus.CounterVec
	rows     prometheus.Counter
}

// New returns metrics of the Go runtime and of the process, and the program's
// own at zero.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "pentimento_turn_seconds", Help: "Seconds that a turn spent in a stage.",
			Buckets: prometheus.ExponentialBuckets(.01, 2, 15), // 10 ms to 164 s
		}, []string{"stage"}),
		turns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pentimento_turns_total", Help: "Turns by how they ended.",
		}, []string{"outcome"}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "pentimento_errors_total", Help: "Failures by kind.",
		}, []string{"kind"}),
		rows: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "pentimento_unet_rows_total", Help: "UNet rows computed.",
		}),
	}
	m.registry.MustRegister(m.stages, m.turns, m.errors, m.rows,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Stage notes how long a stage of a turn took: "wait" and "draw" are noted by
// [Metrics.Finished] in the process that draws, a bot adds its own.
func (m *Metrics) Stage(name string, took time.Duration) {
	m.stages.WithLabelValues(name).Observe(took.Seconds())
}

// Turn counts a turn by how it ended, in one of a few words known beforehand.
func (m *Metrics) Turn(outcome string) { m.turns.WithLabelValues(outcome).Inc() }

// Error counts a failure. A kind is one of a few words known beforehand, never
// something that a user said.
func (m *Metrics) Error(kind string) { m.errors.WithLabelValues(kind).Inc() }

// Finished notes how a job ended; it makes Metrics a jobs.Observer.
func (m *Metrics) Finished(_ jobs.Job, waited time.Duration, result jobs.Result, failure *jobs.Failure) {
	m.Stage("wait", waited)
	if failure != nil {
		m.Error(failure.Kind)
		return
	}
	m.stages.WithLabelValues("draw").Observe(result.Seconds)
	m.rows.Add(float64(result.Rows))
}
