package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pentimento/jobs"
)

// takeFor bounds one attempt to take a job.
const takeFor = 5 * time.Second

// Take implements [jobs.Source].
func (q *Queue) Take(ctx context.Context, slot string, models []string) (*jobs.Lease, error) {
	said, err := announcement(models)
	if err != nil {
		return nil, err
	}
	var patience <-chan time.Time
	impatient := false
	poll := time.NewTicker(pollEvery)
	defer poll.Stop()
	for {
		wake := q.waking()
		lease, held, err := q.try(ctx, slot, said, impatient)
		if lease != nil || err != nil {
			return lease, err
		}
		if held && patience == nil {
			timer := time.NewTimer(q.options.Patience)
			defer timer.Stop()
			patience = timer.C
		}
		select {
		case <-ctx.Done():
		case <-q.ctx.Done():
		case <-wake:
		case <-poll.C:
		case <-patience:
			impatient = true
		}
	}
}

// announcement says what a worker serves, as take.lua reads it: its models, and
// what names none.
func announcement(models []string) (string, error) {
	if models == nil {
		return "", nil
	}
	data, err := json.Marshal(append([]string{""}, models...))
	if err != nil {
		return "", fmt.Errorf("say which models are served: %w", err)
	}
	return string(data), nil
}

// waking returns the channel that is closed when there may be a job.
func (q *Queue) waking() chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.wake
}

// try leases a job to the slot if there is one for it, and tells what the slot
// serves. What is not a job becomes a dead letter.
func (q *Queue) try(ctx context.Context, slot, said string, impatient bool) (lease *jobs.Lease, held bool, err error) {
	if err := q.usable(ctx); err != nil {
		return nil, false, err
	}
	// Not cut short: if the answer were lost, so would be the job for a while.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), takeFor)
	defer cancel()
	answer, err := q.run(ctx, q.scripts.take, slot, jobs.WorkerOf(slot), impatient,
		q.options.Passes, jobs.LookAhead, q.options.Silence.Milliseconds(), seconds(homeLife), said).Slice()
	if err != nil {
		return nil, false, q.explain(ctx, err)
	}
	a := reply(answer)
	if a.text(0) != "job" {
		return nil, a.text(0) == "held", nil
	}
	lease = &jobs.Lease{ID: a.text(1), Slot: slot, Attempt: a.number(3), Waited: time.Duration(a.number(4)) * time.Millisecond}
	lease.Doubt = q.lease(slot, lease.ID)
	if lease.Job, err = jobs.Decode([]byte(a.text(2))); err != nil {
		return nil, false, q.Finish(ctx, lease, jobs.Result{}, unreadable(err))
	}
	return lease, false, nil
}

// leased is a job that a slot of this process has taken.
type leased struct {
	id    string
	doubt chan struct{}
}

// lease notes what a slot has taken and returns the channel that is closed
// when somebody ends it.
func (q *Queue) lease(slot, id string) <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.leases[slot] = leased{id, make(chan struct{})}
	return q.leases[slot].doubt
}

// doubt tells the slots that have the job that somebody may have ended it.
func (q *Queue) doubt(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for slot, l := range q.leases {
		if l.id == id {
			close(l.doubt)
			delete(q.leases, slot)
		}
	}
}

// Beat implements [jobs.Source].
func (q *Queue) Beat(ctx context.Context, lease *jobs.Lease, progress *jobs.Progress) error {
	event, step, steps := "", 0, 0
	if progress != nil {
		p := *progress
		if len(p.Preview) > jobs.MaxPreviewBytes {
			p.Preview = nil
		}
		data, err := json.Marshal(message{ID: lease.ID, Running: true, Progress: p})
		if err != nil {
			return fmt.Errorf("tell progress: %w", err)
		}
		event, step, steps = string(data), p.Step, p.Steps
	}
	ok, err := q.done(ctx, q.scripts.beat, lease.ID, jobs.WorkerOf(lease.Slot), lease.Attempt, q.beats.Add(1), event, step, steps)
	if err == nil && !ok {
		return jobs.ErrNotYours
	}
	return err
}

// Finish implements [jobs.Source].
func (q *Queue) Finish(ctx context.Context, lease *jobs.Lease, result jobs.Result, failure *jobs.Failure) error {
	if failure == nil && len(result.PNG) > jobs.MaxPictureBytes {
		failure = jobs.PictureTooLarge(len(result.PNG))
	}
	if failure != nil {
		return q.finish(ctx, lease, "", failure, "", 0)
	}
	data, err := json.Marshal(result)
	if err != nil {
		return fmt.Errorf("write down the result: %w", err)
	}
	picture := fmt.Sprintf("%s:%d", lease.ID, lease.Attempt)
	chunks, err := q.putPicture(ctx, picture, result.PNG)
	if err != nil {
		return q.explain(ctx, err)
	}
	return q.finish(ctx, lease, string(data), nil, picture, chunks)
}

// finish ends the lease.
func (q *Queue) finish(ctx context.Context, lease *jobs.Lease, result string, failure *jobs.Failure, picture string, chunks int) error {
	failed := ""
	if failure != nil {
		data, err := json.Marshal(failure)
		if err != nil {
			return fmt.Errorf("write down the failure: %w", err)
		}
		failed = string(data)
	}
	ok, err := q.done(ctx, q.scripts.finish, lease.ID, lease.Attempt, result, failed, picture, chunks, seconds(q.options.Keep), q.options.DeadLetters)
	if err != nil || ok {
		return err
	}
	q.dropPicture(ctx, picture, chunks)
	return jobs.ErrNotYours
}

// Release implements [jobs.Source].
func (q *Queue) Release(ctx context.Context, lease *jobs.Lease) error {
	ok, err := q.putBack(ctx, lease.ID, fmt.Sprint(lease.Attempt), "")
	if err == nil && !ok {
		return jobs.ErrNotYours
	}
	return err
}

// putBack has a job wait again; see putback.lua.
func (q *Queue) putBack(ctx context.Context, id, attempt, beat string) (bool, error) {
	failure, err := json.Marshal(allDied(q.options.Deaths))
	if err != nil {
		return false, err
	}
	return q.done(ctx, q.scripts.putback, id, attempt, beat, failure, q.options.Deaths, seconds(q.options.Keep), q.options.DeadLetters)
}

// allDied is the failure of a job over which that many workers fell silent.
func allDied(deaths int) *jobs.Failure {
	return &jobs.Failure{
		Kind: jobs.WorkersDied, Sentence: "Drawing this picture failed several times, so it was given up.",
		Detail: fmt.Sprintf("%d workers fell silent while drawing it", deaths),
	}
}

// Reap implements [jobs.Source].
func (q *Queue) Reap(ctx context.Context) error {
	if err := q.usable(ctx); err != nil {
		return err
	}
	beats, err := q.client.HGetAll(ctx, q.key("beats")).Result()
	if err != nil {
		return q.explain(ctx, err)
	}
	for _, id := range q.silent(beats) {
		if _, err := q.putBack(ctx, id, "", beats[id]); err != nil {
			return err
		}
	}
	return nil
}

// silent returns the jobs whose workers have stopped beating.
func (q *Queue) silent(beats map[string]string) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.watch.look(time.Now(), beats)
}
