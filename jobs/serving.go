package jobs

import (
	"fmt"
	"time"
)

// pollEvery is how often a Memory looks whether its workers are there.
const pollEvery = time.Second

// member is a worker of a Memory.
type member struct {
	models []string // nil is any
	asking int      // slots that wait for a job
	heard  time.Time
}

// attend notes that a slot of a worker begins to wait for a job of the models, and
// returns what ends that.
func (m *Memory) attend(worker string, models []string) (leave func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for name, w := range m.workers {
		if !m.alive(w) {
			delete(m.workers, name)
		}
	}
	w := m.workers[worker]
	if w == nil {
		w = &member{}
		m.workers[worker] = w
	}
	w.models, w.heard = models, time.Now()
	w.asking++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		w.asking--
		w.heard = time.Now()
	}
}

// hear notes that a worker beats.
func (m *Memory) hear(worker string) {
	if w := m.workers[worker]; w != nil {
		w.heard = time.Now()
	}
}

// alive reports whether a worker was heard of lately.
func (m *Memory) alive(w *member) bool {
	return w.asking > 0 || time.Since(w.heard) < m.options.Silence
}

// served reports whether a worker that is alive draws with the model.
func (m *Memory) served(model string) bool {
	for _, w := range m.workers {
		if m.alive(w) && serves(w.models, model) {
			return true
		}
	}
	return false
}

// count counts the workers that are alive.
func (m *Memory) count(stats *Stats) {
	for _, w := range m.workers {
		if !m.alive(w) {
			continue
		}
		stats.Workers++
		if w.models == nil {
			stats.Any++
		}
		for _, model := range w.models {
			stats.Serving[model]++
		}
	}
}

// A Vacancy times how long no worker has served the model of a job, by the elapsed
// time of who awaits it.
type Vacancy struct{ since time.Time }

// See notes whether nobody serves the model at now, and returns for how long that
// has been so.
func (v *Vacancy) See(vacant bool, now time.Time) time.Duration {
	switch {
	case !vacant:
		v.since = time.Time{}
		return 0
	case v.since.IsZero():
		v.since = now
	}
	return now.Sub(v.since)
}

// GivenUpUnserved is the failure of a job whose model no worker has served for that
// long.
func GivenUpUnserved(vacant time.Duration) *Failure {
	return &Failure{
		Kind: Unserved, Sentence: fmt.Sprintf("No worker has had this picture's model for %g minutes, so it was given up.", vacant.Minutes()),
		Detail: fmt.Sprintf("no live worker has served the model for %v", vacant),
	}
}
