package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"pentimento/editor/attention"
	"pentimento/jobs"
)

// collectFor bounds how long a scrape waits for the queue.
const collectFor = 2 * time.Second

// Queue says where a queue's length and age are read whenever metrics are asked
// for. It is called once.
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
	s, err := c.stats(ctx)
	if err != nil {
		to <- gauge(c.up, 0)
		return
	}
	to <- gauge(c.up, 1)
	to <- gauge(c.jobs, float64(s.Waiting), "waiting")
	to <- gauge(c.jobs, float64(s.Running), "running")
	to <- gauge(c.jobs, float64(s.DeadLetters), "dead")
	to <- gauge(c.oldest, s.Oldest.Seconds())
	to <- gauge(c.workers, float64(s.Workers))
}

// Cache says where the attention cache's figures are read whenever metrics are
// asked for. It is called once.
func (m *Metrics) Cache(stats func() attention.Stats) {
	m.registry.MustRegister(&cacheCollector{
		stats: stats,
		turns: prometheus.NewDesc("pentimento_attention_cache_turns_total",
			"Turns that an edit asked for, by what was known of them: maps in memory, maps in the store, latents alone, or nothing.", []string{"found"}, nil),
		bytes: prometheus.NewDesc("pentimento_attention_cache_bytes", "Bytes in memory.", []string{"of"}, nil),
		held:  prometheus.NewDesc("pentimento_attention_cache_turns", "Turns in memory.", nil, nil),
	})
}

// cacheCollector reads an attention cache.
type cacheCollector struct {
	stats              func() attention.Stats
	turns, bytes, held *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c *cacheCollector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.turns, c.bytes, c.held} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (c *cacheCollector) Collect(to chan<- prometheus.Metric) {
	s := c.stats()
	for found, n := range map[string]int64{"maps": s.Hits - s.StoreHits, "stored_maps": s.StoreHits, "latents": s.Latents, "nothing": s.Misses} {
		to <- prometheus.MustNewConstMetric(c.turns, prometheus.CounterValue, float64(n), found)
	}
	to <- gauge(c.bytes, float64(s.MapsBytes), "maps")
	to <- gauge(c.bytes, float64(s.Bytes-s.MapsBytes), "latents")
	to <- gauge(c.held, float64(s.Turns))
}

func gauge(d *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
}
