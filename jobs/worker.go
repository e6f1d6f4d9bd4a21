package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"pentimento/recipe"
)

// An Engine draws. It must stop soon after ctx ends; progress is never nil and
// may be called as often as the engine likes.
type Engine interface {
	Draw(ctx context.Context, job Job, progress func(Progress)) (Result, error)
}

// An Observer is told how jobs end; package metrics is one.
type Observer interface {
	// Finished is called for every job that a worker has ended. failure is nil
	// for a picture.
	Finished(job Job, waited time.Duration, result Result, failure *Failure)
}

// A Worker takes jobs from a source and has an engine draw them.
type Worker struct {
	// Name is the worker's, and nobody else's.
	Name string
	// Source is where jobs come from, Engine what draws them.
	Source Source
	Engine Engine
	// Models are the digests of those that Engine draws with; nil for any.
	Models []string
	// Slots is how many jobs are drawn at once; 1 if zero.
	Slots int
	// TimeLimit is how long one drawing may take; 5 minutes if zero. An engine
	// that draws on for twice as long is left to itself, and its job is taken
	// from it as from a worker that has died.
	TimeLimit time.Duration
	// Drain is how long Run goes on with what is being drawn after its context
	// has ended; 30 s if zero. What is unfinished then goes back in the queue.
	Drain time.Duration
	// Heartbeat is how often the worker says that it is alive; 1 s if zero. It
	// must be several times shorter than the queue's Options.Silence.
	Heartbeat time.Duration
	// Log is where to log.
	Log *slog.Logger
	// Observer may be nil.
	Observer Observer
}

// progressEvery is the shortest time between two reports of progress.
const progressEvery = 250 * time.Millisecond

// errTimeLimit is why a drawing was stopped that took too long.
var errTimeLimit = errors.New("the time limit has passed")

// Run takes and draws jobs until ctx ends, then drains. It returns nil after a
// clean end, with nothing of its own left running.
func (w *Worker) Run(ctx context.Context) error {
	w.defaults()
	drained, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(w.Drain, stop) })()
	reaping, stopReaping := context.WithCancel(drained)
	var reaper, slots sync.WaitGroup
	reaper.Go(func() { w.reap(reaping) })
	for n := range w.Slots {
		slots.Go(func() { w.serve(ctx, drained, fmt.Sprintf("%s/%d", w.Name, n)) })
	}
	slots.Wait()
	stopReaping()
	reaper.Wait()
	return nil
}

func (w *Worker) defaults() {
	setDefault(&w.Slots, 1)
	setDefault(&w.TimeLimit, 5*time.Minute)
	setDefault(&w.Drain, 30*time.Second)
	setDefault(&w.Heartbeat, time.Second)
	if w.Log == nil {
		w.Log = slog.New(slog.DiscardHandler)
	}
}

// reap looks after silent workers, this one's neighbours.
func (w *Worker) reap(ctx context.Context) {
	tick := time.NewTicker(w.Heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := w.Source.Reap(ctx); err != nil && ctx.Err() == nil {
				w.Log.Debug("look for silent workers", "error", err)
			}
		}
	}
}

// serve takes one job after the other until ctx ends.
func (w *Worker) serve(ctx, drained context.Context, slot string) {
	down := false
	for ctx.Err() == nil {
		lease, err := w.Source.Take(ctx, slot, w.Models)
		switch {
		case err == nil && ctx.Err() != nil:
			w.giveBack(context.WithoutCancel(ctx), w.Log, lease) // taken on leaving
		case err == nil:
			down = false
			w.draw(drained, lease)
		case ctx.Err() != nil, errors.Is(err, ErrClosed):
			return
		default:
			if !down {
				w.Log.Warn("the queue cannot be reached; trying again", "error", err)
			}
			down = true
			w.pause(ctx, w.Heartbeat)
		}
	}
}

// pause waits, or until ctx ends.
func (w *Worker) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// draw draws one job and delivers what came of it.
func (w *Worker) draw(drained context.Context, lease *Lease) {
	log := w.Log.With("turn", lease.Job.Key, "job", lease.ID, "attempt", lease.Attempt)
	log.Info("drawing", "depth", len(lease.Job.Recipe.Turns), "steps", lease.Job.Recipe.Settings.Steps, "waited", lease.Waited)
	ctx, cancel := context.WithCancelCause(drained)
	defer cancel(nil)
	latest := &latestProgress{}
	beating, stopBeating := context.WithCancel(context.WithoutCancel(drained))
	var beats sync.WaitGroup
	beats.Go(func() { w.beat(beating, lease, latest, cancel) })
	defer func() { stopBeating(); beats.Wait() }()

	start := time.Now()
	limited, stop := context.WithTimeoutCause(ctx, w.TimeLimit, errTimeLimit)
	defer stop()
	// An engine may hang where no context reaches it. Its heart must not beat on.
	hung := time.AfterFunc(2*w.TimeLimit, func() {
		log.Error("drawing does not stop: the job is taken from this worker")
		stopBeating()
	})
	result, err := w.guarded(limited, lease.Job, latest.set)
	hung.Stop()
	result.Seconds, result.Worker = time.Since(start).Seconds(), w.Name
	cause := context.Cause(limited)
	switch {
	case err != nil && errors.Is(cause, ErrNotYours):
		log.Info("stopped: cancelled, or another worker has it")
	case err != nil && drained.Err() != nil:
		log.Info("given back unfinished")
		w.giveBack(beating, log, lease)
	default:
		w.deliver(beating, drained, log, lease, result, w.failure(err, cause))
	}
}

// giveBack has another worker draw the job.
func (w *Worker) giveBack(ctx context.Context, log *slog.Logger, lease *Lease) {
	if err := w.Source.Release(ctx, lease); err != nil && !errors.Is(err, ErrNotYours) {
		log.Warn("not given back: another worker will notice", "job", lease.ID, "error", err)
	}
}

// deliver hands in a result or a failure.
func (w *Worker) deliver(ctx, drained context.Context, log *slog.Logger, lease *Lease, result Result, failure *Failure) {
	if failure != nil {
		log.Error("failed", "kind", failure.Kind, "error", withoutPrompts(failure.Detail, lease.Job.Recipe))
	}
	err := w.insist(ctx, drained, log, func(ctx context.Context) error {
		return w.Source.Finish(ctx, lease, result, failure)
	})
	switch {
	case errors.Is(err, ErrNotYours):
		log.Info("too late: cancelled, or another worker has it")
		return
	case err != nil:
		log.Error("not delivered: another worker will draw it", "error", err)
		return
	case failure == nil:
		log.Info("drawn", "seconds", result.Seconds, "rows", result.Rows, "bytes", len(result.PNG))
	}
	if w.Observer != nil {
		w.Observer.Finished(lease.Job, lease.Waited, result, failure)
	}
}

// withoutPrompts leaves the prompts out of what a log will show.
func withoutPrompts(text string, r recipe.Recipe) string {
	for _, turn := range r.Turns {
		if turn.Prompt != "" {
			text = strings.ReplaceAll(text, turn.Prompt, "…")
		}
	}
	return text
}

// insist delivers again and again while the queue cannot be reached or has no
// room, for as long as a drawing may take: the picture is worth waiting for.
func (w *Worker) insist(ctx, drained context.Context, log *slog.Logger, deliver func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, w.TimeLimit)
	defer cancel()
	for warned := false; ; warned = true {
		err := deliver(ctx)
		if err == nil || errors.Is(err, ErrNotYours) || errors.Is(err, ErrClosed) || ctx.Err() != nil || drained.Err() != nil {
			return err
		}
		if !warned {
			log.Warn("deliver the picture: trying again", "error", err)
		}
		w.pause(ctx, w.Heartbeat)
	}
}

// guarded draws, and makes a panic of the engine an error: one picture that
// cannot be drawn must not take the others down.
func (w *Worker) guarded(ctx context.Context, job Job, progress func(Progress)) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return w.Engine.Draw(ctx, job, progress)
}

// failure says why a drawing failed; nil if it did not. An engine that returns a
// *Failure has the word.
func (w *Worker) failure(err, cause error) *Failure {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Failure](err); ok {
		return f
	}
	if errors.Is(cause, errTimeLimit) {
		return &Failure{
			Kind: TimeLimit, Sentence: fmt.Sprintf("Drawing took longer than %v and was stopped.", w.TimeLimit),
			Detail: err.Error(),
		}
	}
	return &Failure{Kind: EngineFailed, Sentence: "Something went wrong while drawing. The log of the bot says what.", Detail: err.Error()}
}

// beat keeps the lease and passes progress on until ctx ends. It stops the
// drawing when the lease has ended.
func (w *Worker) beat(ctx context.Context, lease *Lease, latest *latestProgress, stopDrawing context.CancelCauseFunc) {
	every := min(progressEvery, w.Heartbeat)
	tick := time.NewTicker(every)
	defer tick.Stop()
	last, doubt := time.Now(), lease.Doubt
	for {
		due := false
		select {
		case <-ctx.Done():
			return
		case <-doubt:
			doubt, due = nil, true
		case <-tick.C:
			due = time.Since(last) >= w.Heartbeat-every/2
		}
		progress := latest.take()
		if progress == nil && !due {
			continue
		}
		last = time.Now()
		if err := w.Source.Beat(ctx, lease, progress); errors.Is(err, ErrNotYours) || errors.Is(err, ErrClosed) {
			stopDrawing(ErrNotYours)
			return
		}
	}
}

// latestProgress holds the latest report that has not been passed on, with the
// latest preview.
type latestProgress struct {
	mu sync.Mutex
	p  *Progress
}

func (l *latestProgress) set(p Progress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.p != nil && p.Preview == nil {
		p.Preview = l.p.Preview
	}
	l.p = &p
}

func (l *latestProgress) take() *Progress {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.p
	l.p = nil
	return p
}
