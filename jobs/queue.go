package jobs

import (
	"context"
	"time"
)

// A Queue is what a bot sees of the queue. All methods may be called by several
// goroutines at once.
type Queue interface {
	// Submit puts the job in the queue, or finds the one with the same key. The
	// error is a [*LimitError], [ErrQueueFull], [ErrInvalid], [ErrUnavailable],
	// or [ErrSettled] for a key whose result somebody has taken.
	Submit(ctx context.Context, job Job) (Ticket, error)

	// Await waits until the job is finished and returns its picture, or a
	// [*Failure], [ErrCancelled], [ErrSettled] or [ErrLost]. It may be called
	// again, here or in another process, until the job is settled. Meanwhile it
	// calls watch, which may be nil, with what changes; events may be left out,
	// never the end. While the queue cannot be reached it waits. A job whose model
	// no worker has served for Options.Vacant is given up, with a [*Failure] of
	// the kind [Unserved].
	Await(ctx context.Context, t Ticket, watch func(Event)) (Result, error)

	// Settle removes a finished job. It reports whether this caller is the one
	// that settled it: of many, one is. A job that the queue has lost since
	// Await returned is settled too, unless it was submitted again.
	Settle(ctx context.Context, t Ticket) (bool, error)

	// Cancel ends the job unless it is finished, and reports whether the job is
	// cancelled now: if so, no result will come, and Await returns
	// [ErrCancelled].
	Cancel(ctx context.Context, t Ticket) (bool, error)

	// Outstanding returns the jobs of this asker that are not settled, in the
	// order of submission: those that another process left when it ended.
	Outstanding(ctx context.Context) ([]Pending, error)

	// Forget cancels and removes all that is kept of the user. Whoever awaits one
	// of the jobs gets [ErrSettled].
	Forget(ctx context.Context, user string) error

	// Stats counts.
	Stats(ctx context.Context) (Stats, error)

	// Close ends every call that waits with [ErrClosed] and releases the queue.
	Close() error
}

// A Source is what a worker sees of the queue.
type Source interface {
	// Take waits for a job of one of the models, given by their digests, and leases
	// it to the slot, a name that no other worker has; nil is any model, and a job that names none is
	// for everybody. A slot has
	// one lease at a time: asked again without having ended it, Take returns the
	// same lease. When ctx ends just then, Take may still return a lease; if its
	// error is ctx's it has taken nothing. Whoever asks serves the models as long
	// as it waits and beats.
	Take(ctx context.Context, slot string, models []string) (*Lease, error)

	// Beat says that the lease's worker is alive, and how far it is if progress
	// is not nil. [ErrNotYours] means: stop drawing.
	Beat(ctx context.Context, lease *Lease, progress *Progress) error

	// Finish ends the lease with a result, or with a failure if that is not nil.
	// After [ErrNotYours] the result is not wanted any more; a second Finish of
	// the same lease is not an error.
	Finish(ctx context.Context, lease *Lease, result Result, failure *Failure) error

	// Release gives the job back unfinished, at the place that it had.
	Release(ctx context.Context, lease *Lease) error

	// Reap takes the jobs of silent workers from them: another worker gets them,
	// or who asked is told. Every worker calls it several times in
	// Options.Silence.
	Reap(ctx context.Context) error
}

// A Lease is a job that a worker has taken.
type Lease struct {
	Job Job
	// ID names the job in the queue.
	ID string
	// Slot is who has taken it.
	Slot string
	// Attempt counts the leases of the job; it tells a late worker from the one
	// that has it now.
	Attempt int
	// Waited is the time in the queue.
	Waited time.Duration
	// Doubt is closed when somebody may have ended the lease: Beat tells. It
	// saves the time until the next heartbeat.
	Doubt <-chan struct{}
}

// Options of a queue. The zero value of a field means its default.
type Options struct {
	// PerUser is how many unfinished jobs a user may have; 3.
	PerUser int
	// MaxWaiting is how many jobs may wait in all; 10,000.
	MaxWaiting int
	// Silence is how long a worker may be silent before its job is taken from it;
	// 10 s.
	Silence time.Duration
	// Deaths is how many workers of several processes may fall silent over one
	// job; 3.
	Deaths int
	// Passes is how often a job may be passed over in favour of one whose
	// session the worker knows; 4. Negative means never.
	Passes int
	// Patience is how long a job waits for the worker that knows its session
	// while others are idle; 300 ms.
	Patience time.Duration
	// Vacant is how long a job waits while no worker serves its model; 10 min.
	Vacant time.Duration
	// DeadLetters is how many are kept, if the queue has them; 1,000.
	DeadLetters int
}

// WithDefaults fills in what is zero.
func (o Options) WithDefaults() Options {
	setDefault(&o.PerUser, 3)
	setDefault(&o.MaxWaiting, 10_000)
	setDefault(&o.Silence, 10*time.Second)
	setDefault(&o.Deaths, 3)
	setDefault(&o.Passes, 4)
	setDefault(&o.Patience, 300*time.Millisecond)
	setDefault(&o.Vacant, 10*time.Minute)
	setDefault(&o.DeadLetters, 1000)
	o.Passes = max(0, o.Passes)
	return o
}

func setDefault[T int | time.Duration](field *T, value T) {
	if *field == 0 {
		*field = value
	}
}

// LookAhead is how many of the waiting jobs are looked through for one whose
// session a worker knows.
const LookAhead = 8
