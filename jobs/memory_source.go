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
func (m *Memory) Take(ctx context.Context, slot string, models []string) (*Lease, error) {
	defer m.attend(WorkerOf(slot), models)()
	var patience <-chan time.Time
	impatient := false
	for {
		lease, held, changed, err := m.try(ctx, slot, models, impatient)
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
		case <-patience:
			impatient = true
		}
	}
}

// try leases a job to the slot if there is one for it.
func (m *Memory) try(ctx context.Context, slot string, models []string, impatient bool) (lease *Lease, held bool, changed chan struct{}, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, false, nil, err
	}
	if r, ok := m.running[slot]; ok {
		return r.lease(), false, nil, nil
	}
	home := func(r *record) string { return m.homes[sessionOf(r.job)] }
	r, held := m.order.take(m.options.Passes, models, WorkerOf(slot), home, impatient)
	if r == nil {
		return nil, held, m.changed, nil
	}
	r.slot, r.heard, r.progress, r.doubt = slot, time.Now(), Progress{}, make(chan struct{})
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
	r, err := m.leased(lease)
	if err != nil {
		return err
	}
	r.heard = time.Now()
	m.hear(WorkerOf(lease.Slot))
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
		m.end(r, Result{}, failure)
		return nil
	}
	m.end(r, result, nil)
	return nil
}

// Release implements [Source].
func (m *Memory) Release(ctx context.Context, lease *Lease) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	r, err := m.leased(lease)
	if err != nil {
		return err
	}
	m.unlease(r)
	m.order.insert(r) // where it waited before
	m.orderChanged()
	r.tell()
	return nil
}

// Reap implements [Source]. A worker of this process falls silent when its
// engine hangs where no context reaches it. Another slot has the same engine,
// so the job is given up.
func (m *Memory) Reap(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return err
	}
	now := time.Now()
	stopped := now.Sub(m.reaped) > m.options.Silence/2 // this process was, and its workers with it
	m.reaped = now
	for _, r := range m.running {
		switch {
		case stopped:
			r.heard = now
		case now.Sub(r.heard) > m.options.Silence:
			m.end(r, Result{}, hung(m.options.Silence))
		}
	}
	return nil
}

// hung is the failure of a job whose worker has been silent for that long.
func hung(silence time.Duration) *Failure {
	return &Failure{
		Kind: TimeLimit, Sentence: "Drawing this picture did not end, so it was given up.",
		Detail: fmt.Sprintf("the engine hangs: its worker has been silent for %v", silence),
	}
}

// PictureTooLarge is the failure of a picture beyond [MaxPictureBytes].
func PictureTooLarge(bytes int) *Failure {
	return &Failure{
		Kind: TooLarge, Sentence: "The picture is too large to send.",
		Detail: fmt.Sprintf("%d bytes, %d are allowed", bytes, MaxPictureBytes),
	}
}
