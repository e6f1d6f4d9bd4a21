package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// settling bounds what is done for a job after its asker has gone. It is enough
// for a Redis that does not answer to be waited for three times: by the picture,
// by its turn, and by the queue.
const settling = 90 * time.Second

// Keep stores a picture and its turn. It may be called again after a crash, so it
// stores a turn of the same key once, as session.Session.Add does by its Event.
// Its context does not end when the asker leaves.
type Keep func(ctx context.Context, result Result) error

// Do has a job drawn: it submits it, awaits the result, hands it to keep and
// settles it. watch is as in [Queue.Await].
//
// Do reports whether it was the one that settled the job: of several that Do the
// same key, in this process or another, one is, and that one answers the user.
// When ctx ends the job is cancelled and the error is [ErrCancelled], and the cause
// of ctx's end too; if the job is finished by then, the cancel has come too late and
// its result is kept as ever. With [ErrDetached] as the cause the job is left for
// [Queue.Outstanding] to find. A job that the queue has lost, because its data is
// gone, is submitted again.
func Do(ctx context.Context, q Queue, job Job, watch func(Event), keep Keep) (settled bool, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		// Not cut short: a job that is submitted must be awaited, or cancelled.
		t, err := q.Submit(context.WithoutCancel(ctx), job)
		if errors.Is(err, ErrSettled) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		settled, err := Resume(ctx, q, t, watch, keep)
		if !errors.Is(err, ErrLost) {
			return settled, err
		}
	}
}

// Resume is Do for a job that is in the queue already, such as those that
// [Queue.Outstanding] returns after a restart.
func Resume(ctx context.Context, q Queue, t Ticket, watch func(Event), keep Keep) (settled bool, err error) {
	result, err := q.Await(ctx, t, watch)
	if err != nil && ctx.Err() != nil {
		if cause := context.Cause(ctx); errors.Is(cause, ErrDetached) {
			return false, cause
		}
		return cancel(ctx, q, t, keep)
	}
	return conclude(ctx, q, t, result, err, keep)
}

// cancel ends a job whose asker has gone.
func cancel(ctx context.Context, q Queue, t Ticket, keep Keep) (settled bool, err error) {
	cause := context.Cause(ctx)
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer stop()
	if _, err := q.Cancel(ctx, t); err != nil {
		return false, errors.Join(cause, err)
	}
	result, err := q.Await(ctx, t, nil) // it has ended, one way or the other
	if errors.Is(err, ErrCancelled) {
		err = fmt.Errorf("%w: %w", err, cause)
	}
	return conclude(ctx, q, t, result, err, keep)
}

// conclude keeps what came of a job and settles it.
func conclude(ctx context.Context, q Queue, t Ticket, result Result, err error, keep Keep) (settled bool, _ error) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), settling)
	defer stop()
	switch {
	case errors.Is(err, ErrSettled):
		return false, nil
	case errors.Is(err, ErrLost), errors.Is(err, ErrClosed), errors.Is(err, ErrUnavailable):
		return false, err
	case err == nil:
		if err := keep(ctx, result); err != nil {
			return false, err // not settled: the result is still there
		}
	}
	settled, settling := q.Settle(ctx, t)
	return settled, errors.Join(err, settling)
}
