package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// keptHomes is how many sessions a Memory remembers the worker of.
const keptHomes = 1000

// Take implements [Source].
func (m *Memory) Take(ctx context.Context, slot string) (*Lease, error) {
	var patience <-chan time.Time
	impatient := false
	alive := time.NewTicker(m.options.Silence / 4) // who waits is heard of
	defer alive.Stop()
	for {
		lease, held, changed, err := m.try(ctx, slot, impatient)
		if lease != nil || err != nil {
			return lease, err
		}
		if held && patience == nil {
			timer := time.NewTimer(m.options.Patience)
			defer timer.Stop()
			patience = timer.C
		}
		select {
		case <-ctx.Done():
		case <-m.closed:
		case <-changed:
		case <-alive.C:
		case <-patience:
			impatient = true
		}
	}
}

// try leases a job to the slot if there is one for it.
func (m *Memory) try(ctx context.Context, slot string, impatient bool) (lease *Lease, held bool, changed chan struct{}, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, false, nil, err
	}
	m.alive[slot] = time.Now()
	if r, ok := m.running[slot]; ok {
		return r.lease(), false, nil, nil
	}
	home := func(r *record) string {
		if at := m.homes[sessionOf(r.job)]; at == WorkerOf(slot) || m.workerAlive(at) {
			return at
		}
		return ""
	}
	r, held := m.order.take(m.options.Passes, WorkerOf(slot), home, impatient)
	if r == nil {
		return nil, held, m.changed, nil
	}
	r.slot, r.progress, r.doubt = slot, Progress{}, make(chan struct{})
	r.attempt++
	m.running[slot] = r
	m.remember(sessionOf(r.job), WorkerOf(slot))
	m.orderChanged()
	r.tell()
	return r.lease(), false, nil, nil
}

func (r *record) lease() *Lease {
	return &Lease{Job: r.job, ID: r.id, Slot: r.slot, Attempt: r.attempt, Waited: time.Since(r.since), Doubt: r.doubt}
}

// remember notes which worker has a session's traces.
func (m *Memory) remember(session, worker string) {
	if len(m.homes) >= keptHomes {
		for other := range m.homes {
			delete(m.homes, other)
			break
		}
	}
	m.homes[session] = worker
}

// WorkerOf is the worker that a slot belongs to: what stands before the last
// slash. The slots of a worker share its memory.
func WorkerOf(slot string) string {
	if at := strings.LastIndexByte(slot, '/'); at >= 0 {
		return slot[:at]
	}
	return slot
}

// sessionOf names the session that a job belongs to.
func sessionOf(job Job) string { return job.User + "\x00" + job.Place }

// isAlive reports whether the slot was heard of lately.
func (m *Memory) isAlive(slot string) bool {
	return time.Since(m.alive[slot]) < m.options.Silence
}

func (m *Memory) workerAlive(worker string) bool {
	if worker == "" {
		return false
	}
	for slot := range m.alive {
		if WorkerOf(slot) == worker && m.isAlive(slot) {
			return true
		}
	}
	return false
}

// leased returns the lease's job if the lease has not ended.
func (m *Memory) leased(lease *Lease) (*record, error) {
	r, ok := m.running[lease.Slot]
	if !ok || r.id != lease.ID || r.attempt != lease.Attempt {
		return nil, ErrNotYours
	}
	return r, nil
}

// Beat implements [Source].
func (m *Memory) Beat(ctx context.Context, lease *Lease, progress *Progress) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	m.alive[lease.Slot] = time.Now()
	r, err := m.leased(lease)
	if err != nil {
		return err
	}
	r.beats++
	if progress != nil {
		r.progress = progress.bounded()
		r.tell()
	}
	return nil
}

// bounded leaves out a preview that is too large.
func (p Progress) bounded() Progress {
	if len(p.Preview) > MaxPreviewBytes {
		p.Preview = nil
	}
	return p
}

// Finish implements [Source].
func (m *Memory) Finish(ctx context.Context, lease *Lease, result Result, failure *Failure) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	if r, ok := m.jobs[lease.ID]; ok && r.done && r.attempt == lease.Attempt && r.err != ErrCancelled {
		return nil
	}
	r, err := m.leased(lease)
	if err != nil {
		return err
	}
	if failure == nil && len(result.PNG) > MaxPictureBytes {
		failure = PictureTooLarge(len(result.PNG))
	}
	if failure != nil {
		m.giveUp(r, failure)
		return nil
	}
	m.end(r, result, nil)
	return nil
}

// giveUp ends a job with a failure and keeps it as a dead letter.
func (m *Memory) giveUp(r *record, failure *Failure) {
	m.dead = append(m.dead, DeadLetter{Job: r.job, Failure: *failure, Attempts: r.attempt})
	if len(m.dead) > m.options.DeadLetters {
		m.dead = m.dead[1:]
	}
	m.end(r, Result{}, failure)
}

// Release implements [Source].
func (m *Memory) Release(ctx context.Context, lease *Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	delete(m.alive, lease.Slot)
	r, err := m.leased(lease)
	if err != nil {
		return err
	}
	m.putBack(r)
	return nil
}

// putBack has a running job wait again, where it did.
func (m *Memory) putBack(r *record) {
	m.unlease(r)
	m.order.insert(r)
	m.orderChanged()
	r.tell()
}

// Reap implements [Source].
func (m *Memory) Reap(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	counts := make(map[string]string, len(m.running))
	for slot, r := range m.running {
		counts[slot] = fmt.Sprintf("%s %d %d", r.id, r.attempt, r.beats)
	}
	for _, slot := range m.watch.Look(time.Now(), counts) {
		r := m.running[slot]
		delete(m.alive, slot)
		if r.deaths++; r.deaths >= m.options.Deaths {
			m.giveUp(r, AllDied(r.deaths))
			continue
		}
		m.putBack(r)
	}
	for slot := range m.alive {
		if !m.isAlive(slot) {
			delete(m.alive, slot)
		}
	}
	return nil
}

// AllDied is the failure of a job over which that many workers fell silent.
func AllDied(deaths int) *Failure {
	return &Failure{
		Kind: WorkersDied, Sentence: "Drawing this picture failed several times, so it was given up.",
		Detail: fmt.Sprintf("%d workers fell silent while drawing it", deaths),
	}
}

// PictureTooLarge is the failure of a picture beyond [MaxPictureBytes].
func PictureTooLarge(bytes int) *Failure {
	return &Failure{
		Kind: TooLarge, Sentence: "The picture is too large to send.",
		Detail: fmt.Sprintf("%d bytes, %d are allowed", bytes, MaxPictureBytes),
	}
}
