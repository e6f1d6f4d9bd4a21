package jobs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// keptSettled is how many keys of settled jobs a Memory remembers, so that an
// event that is delivered again is known.
const keptSettled = 10_000

// unclaimedFor is how long a Memory keeps what nobody settles: its asker could
// not store it, and nobody else will.
const unclaimedFor = 10 * time.Minute

// Memory is the queue of one process. It has no dead letters: who asked is
// there and is told, and there is no other worker to try.
type Memory struct {
	options Options

	mu      sync.Mutex
	closed  chan struct{}
	changed chan struct{} // closed and replaced when the order changes
	order   order
	next    int
	jobs    map[string]*record // by ID
	byKey   map[string]*record
	running map[string]*record // by slot
	homes   map[string]string  // worker by session
	workers map[string]*member // by name
	ended   []ending           // oldest first
	settled []string           // keys, oldest first
	isDone  map[string]bool
	reaped  time.Time // when Reap was last called
}

// ending says when a job ended.
type ending struct {
	id string
	at time.Time
}

// record is a job in a Memory.
type record struct {
	id       string
	job      Job
	since    time.Time
	round    int
	passed   int
	attempt  int
	slot     string        // that has it; empty when nobody has
	heard    time.Time     // when its worker last beat
	doubt    chan struct{} // closed when the lease ends
	progress Progress
	changed  chan struct{} // closed and replaced when something happens to it
	done     bool
	result   Result
	err      error
}

// NewMemory returns an empty queue.
func NewMemory(options Options) *Memory {
	options = options.WithDefaults()
	return &Memory{
		options: options,
		closed:  make(chan struct{}), changed: make(chan struct{}),
		order: order{last: map[string]int{}},
		jobs:  map[string]*record{}, byKey: map[string]*record{}, running: map[string]*record{},
		homes: map[string]string{}, workers: map[string]*member{}, isDone: map[string]bool{},
	}
}

// Submit implements [Queue].
func (m *Memory) Submit(ctx context.Context, job Job) (Ticket, error) {
	if _, err := job.Encode(); err != nil {
		return Ticket{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return Ticket{}, err
	}
	m.dropUnclaimed(time.Now())
	if m.isDone[job.Key] {
		return Ticket{}, ErrSettled
	}
	if r, ok := m.byKey[job.Key]; ok {
		return Ticket{ID: r.id, Key: job.Key, Ahead: m.ahead(r), Repeated: true}, nil
	}
	if m.unfinished(job.User) >= m.options.PerUser {
		return Ticket{}, &LimitError{m.options.PerUser}
	}
	if len(m.order.waiting) >= m.options.MaxWaiting {
		return Ticket{}, ErrQueueFull
	}
	m.next++
	r := &record{id: fmt.Sprintf("%016x", m.next), job: job, since: time.Now(), changed: make(chan struct{})}
	m.jobs[r.id], m.byKey[job.Key] = r, r
	m.order.add(r)
	m.orderChanged()
	return Ticket{ID: r.id, Key: job.Key, Ahead: m.ahead(r)}, nil
}

// unfinished counts the user's jobs that wait or run.
func (m *Memory) unfinished(user string) int {
	n := 0
	for _, r := range m.order.waiting {
		if r.job.User == user {
			n++
		}
	}
	for _, r := range m.running {
		if r.job.User == user {
			n++
		}
	}
	return n
}

// ahead is the job's rank while it waits.
func (m *Memory) ahead(r *record) int {
	if r.done || r.slot != "" {
		return 0
	}
	return m.order.rank(r)
}

// Await implements [Queue].
func (m *Memory) Await(ctx context.Context, t Ticket, watch func(Event)) (Result, error) {
	var told Event
	var vacancy Vacancy
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	first := true
	for {
		r, event, jobChanged, orderChanged, err := m.look(ctx, t, &vacancy)
		if err != nil {
			return Result{}, err
		}
		if jobChanged == nil {
			return r.result, r.err
		}
		if watch != nil && (first || event.NewsAfter(told)) {
			watch(event)
			told, first = event, false
		}
		select {
		case <-ctx.Done():
		case <-m.closed:
		case <-jobChanged:
		case <-orderChanged:
		case <-poll.C: // workers may have gone
		}
	}
}

// look returns how a job fares and what to wait for; no channels when it is
// finished. It gives up a job that has waited too long for somebody who serves its
// model.
func (m *Memory) look(ctx context.Context, t Ticket, vacancy *Vacancy) (r *record, event Event, jobChanged, orderChanged chan struct{}, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, event, nil, nil, err
	}
	if r, err = m.find(t); err != nil || r.done {
		return r, event, nil, nil, err
	}
	if r.slot != "" {
		return r, Event{Running: true, Progress: r.progress}, r.changed, nil, nil
	}
	event = Event{Ahead: m.order.rank(r), Drawing: len(m.running)}
	switch vacant := vacancy.See(!m.served(r.job.Model()), time.Now()); {
	case vacant >= m.options.Vacant:
		m.end(r, Result{}, GivenUpUnserved(m.options.Vacant))
		return r, event, nil, nil, nil
	case vacant >= m.options.Silence:
		event.Vacant = m.options.Vacant
	}
	return r, event, r.changed, m.changed, nil
}

// find returns the ticket's job, or why there is none.
func (m *Memory) find(t Ticket) (*record, error) {
	if r, ok := m.jobs[t.ID]; ok {
		return r, nil
	}
	if m.isDone[t.Key] {
		return nil, ErrSettled
	}
	return nil, ErrLost
}

// Settle implements [Queue].
func (m *Memory) Settle(ctx context.Context, t Ticket) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return false, err
	}
	r, ok := m.jobs[t.ID]
	if !ok || !r.done {
		return false, nil
	}
	m.drop(r)
	return true, nil
}

// drop removes a finished job; of its key remains that it is settled.
func (m *Memory) drop(r *record) {
	delete(m.jobs, r.id)
	delete(m.byKey, r.job.Key)
	m.isDone[r.job.Key] = true
	m.settled = append(m.settled, r.job.Key)
	if len(m.settled) > keptSettled {
		delete(m.isDone, m.settled[0])
		m.settled = m.settled[1:]
	}
}

// dropUnclaimed removes what ended long before now and was not settled.
func (m *Memory) dropUnclaimed(now time.Time) {
	for len(m.ended) > 0 && now.Sub(m.ended[0].at) > unclaimedFor {
		if r, ok := m.jobs[m.ended[0].id]; ok {
			m.drop(r)
		}
		m.ended = m.ended[1:]
	}
}

// Cancel implements [Queue].
func (m *Memory) Cancel(ctx context.Context, t Ticket) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return false, err
	}
	r, ok := m.jobs[t.ID]
	if !ok || r.done {
		return ok && r.err == ErrCancelled, nil
	}
	m.end(r, Result{}, ErrCancelled)
	return true, nil
}

// end finishes a job, whether it waits or runs.
func (m *Memory) end(r *record, result Result, err error) {
	if r.slot == "" {
		m.order.withdraw(r)
	} else {
		m.unlease(r)
	}
	m.orderChanged()
	r.done, r.result, r.err = true, result, err
	m.ended = append(m.ended, ending{r.id, time.Now()})
	r.tell()
}

// unlease takes a running job from its worker.
func (m *Memory) unlease(r *record) {
	delete(m.running, r.slot)
	r.slot = ""
	close(r.doubt)
}

// tell wakes those who await the job.
func (r *record) tell() {
	close(r.changed)
	r.changed = make(chan struct{})
}

// orderChanged wakes those who wait for a job, and for their turn.
func (m *Memory) orderChanged() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// Outstanding implements [Queue].
func (m *Memory) Outstanding(ctx context.Context) ([]Pending, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, err
	}
	pending := make([]Pending, 0, len(m.jobs))
	for _, r := range m.jobs {
		pending = append(pending, Pending{r.job, Ticket{ID: r.id, Key: r.job.Key, Ahead: m.ahead(r), Repeated: true}})
	}
	slices.SortFunc(pending, func(a, b Pending) int { return strings.Compare(a.Ticket.ID, b.Ticket.ID) })
	return pending, nil
}

// Forget implements [Queue].
func (m *Memory) Forget(ctx context.Context, user string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	for _, r := range m.jobs {
		if r.job.User != user {
			continue
		}
		if !r.done {
			m.end(r, Result{}, ErrCancelled)
		}
		m.drop(r)
	}
	maps.DeleteFunc(m.homes, func(session, _ string) bool { return strings.HasPrefix(session, sessionOf(Job{User: user})) })
	delete(m.order.last, user)
	return nil
}

// Stats implements [Queue].
func (m *Memory) Stats(ctx context.Context) (Stats, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return Stats{}, err
	}
	stats := Stats{Waiting: len(m.order.waiting), Running: len(m.running), Serving: map[string]int{}}
	m.count(&stats)
	if stats.Waiting > 0 {
		stats.Oldest = time.Since(m.order.waiting[0].since)
	}
	return stats, nil
}

// Close implements [Queue].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.isClosed() {
		close(m.closed)
	}
	return nil
}

// usable reports whether a call should be served.
func (m *Memory) usable(ctx context.Context) error {
	if m.isClosed() {
		return ErrClosed
	}
	return ctx.Err()
}

func (m *Memory) isClosed() bool {
	select {
	case <-m.closed:
		return true
	default:
		return false
	}
}
