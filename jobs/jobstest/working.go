package jobstest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/jobs"
)

// engine is a function that draws.
type engine func(ctx context.Context, j jobs.Job, progress func(jobs.Progress)) (jobs.Result, error)

// Draw calls e.
func (e engine) Draw(ctx context.Context, j jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	return e(ctx, j, progress)
}

// stub draws at once.
func stub(_ context.Context, j jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	progress(jobs.Progress{Step: 1, Steps: 1})
	return picture(j), nil
}

// until draws until ctx ends.
func until(ctx context.Context, _ jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
	<-ctx.Done()
	return jobs.Result{}, context.Cause(ctx)
}

// work runs a worker and returns what stops it and waits for its end.
func work(t *testing.T, w *jobs.Worker) (stop func()) {
	t.Helper()
	if w.Name == "" {
		w.Name = "w"
	}
	w.Heartbeat = 20 * time.Millisecond
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	return sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("worker: %v", err)
		}
	})
}

func testDo(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	defer work(t, &jobs.Worker{Source: open(), Engine: engine(stub)})()
	j := job("ann", "a1")
	kept := 0
	settled, err := jobs.Do(t.Context(), open(), j, nil, func(_ context.Context, r jobs.Result) error {
		kept++
		if string(r.PNG) != string(picture(j).PNG) || r.Worker != "w" {
			t.Errorf("result %q of %s", r.PNG, r.Worker)
		}
		return nil
	})
	if !settled || err != nil || kept != 1 {
		t.Fatalf("settled: %v, %v; kept %d times", settled, err, kept)
	}
	settled, err = jobs.Do(t.Context(), open(), j, nil, func(context.Context, jobs.Result) error { kept++; return nil })
	if settled || err != nil || kept != 1 {
		t.Errorf("again: settled: %v, %v; kept %d times", settled, err, kept)
	}
	broken := errors.New("the disk is full")
	second := job("ann", "a2")
	if settled, err := jobs.Do(t.Context(), open(), second, nil, func(context.Context, jobs.Result) error { return broken }); settled || !errors.Is(err, broken) {
		t.Errorf("keep failed: settled: %v, %v", settled, err)
	}
	if settled, err := jobs.Do(t.Context(), open(), second, nil, func(context.Context, jobs.Result) error { return nil }); !settled || err != nil {
		t.Errorf("after keep failed: settled: %v, %v", settled, err)
	}
}

func testDoCancelled(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	ctx, cancel := context.WithCancel(t.Context())
	settled, err := jobs.Do(ctx, q, job("ann", "a1"), func(jobs.Event) { cancel() }, nil)
	if !settled || !errors.Is(err, jobs.ErrCancelled) {
		t.Errorf("settled: %v, %v; want cancelled", settled, err)
	}
	noTake(t, q, "w/0")
	if pending, err := q.Outstanding(t.Context()); err != nil || len(pending) != 0 {
		t.Errorf("outstanding: %v, %v", pending, err)
	}
}

// A bot that leaves finds its jobs again.
func testDoDetached(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	ctx, cancel := context.WithCancelCause(t.Context())
	j := job("ann", "a1")
	if _, err := jobs.Do(ctx, open(), j, func(jobs.Event) { cancel(jobs.ErrDetached) }, nil); !errors.Is(err, jobs.ErrDetached) {
		t.Fatalf("got %v, want ErrDetached", err)
	}
	defer work(t, &jobs.Worker{Source: open(), Engine: engine(stub)})()
	later := open()
	pending, err := later.Outstanding(t.Context())
	if err != nil || len(pending) != 1 || pending[0].Job.Key != j.Key {
		t.Fatalf("outstanding: %+v, %v", pending, err)
	}
	kept := 0
	settled, err := jobs.Resume(t.Context(), later, pending[0].Ticket, nil, func(context.Context, jobs.Result) error { kept++; return nil })
	if !settled || err != nil || kept != 1 {
		t.Errorf("settled: %v, %v; kept %d times", settled, err, kept)
	}
}

func testWorker(t *testing.T, create New) {
	open := create(t, jobs.Options{PerUser: 10})
	bot := open()
	stop := work(t, &jobs.Worker{Source: open(), Engine: engine(stub), Slots: 3})
	var tickets []jobs.Ticket
	for n := range 10 {
		tickets = append(tickets, submit(t, bot, job("ann", keyOf("a", n))))
	}
	for n, ticket := range tickets {
		wantPicture(t, bot, ticket, job("ann", keyOf("a", n)))
	}
	stop()
}

func testWorkerPanics(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot := open()
	defer work(t, &jobs.Worker{Source: open(), Engine: engine(func(_ context.Context, j jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
		if j.Key == "bad" {
			panic("no such tensor")
		}
		return picture(j), nil
	})})()
	bad, good := submit(t, bot, job("ann", "bad")), submit(t, bot, job("ann", "good"))
	_, err := await(t, bot, bad)
	if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Kind != jobs.EngineFailed || !strings.Contains(f.Detail, "no such tensor") || strings.Contains(f.Sentence, "tensor") {
		t.Errorf("await: %+v", err)
	}
	wantPicture(t, bot, good, job("ann", "good"))
}

func testWorkerTimeLimit(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot := open()
	defer work(t, &jobs.Worker{Source: open(), Engine: engine(until), TimeLimit: 30 * time.Millisecond})()
	_, err := await(t, bot, submit(t, bot, job("ann", "a1")))
	if f, ok := errors.AsType[*jobs.Failure](err); !ok || f.Kind != jobs.TimeLimit || !strings.Contains(f.Sentence, "30ms") {
		t.Errorf("await: %+v, want a failure of kind %s", err, jobs.TimeLimit)
	}
}

// A worker that is asked to leave finishes what it draws and takes no more.
func testWorkerDrains(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot := open()
	drawing, goOn := make(chan bool), make(chan bool)
	stop := work(t, &jobs.Worker{Source: open(), Engine: engine(func(ctx context.Context, j jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
		drawing <- true
		select {
		case <-goOn:
			return picture(j), nil
		case <-ctx.Done():
			return jobs.Result{}, ctx.Err()
		}
	})})
	first, second := submit(t, bot, job("ann", "a1")), submit(t, bot, job("ann", "a2"))
	<-drawing
	stopped := make(chan bool)
	go func() { stop(); close(stopped) }()
	time.Sleep(50 * time.Millisecond) // it most likely knows by now
	goOn <- true
	<-stopped
	wantPicture(t, bot, first, job("ann", "a1"))
	if s := stats(t, bot); s.Waiting != 1 || s.Running != 0 {
		t.Errorf("stats %+v, want the second job waiting", s)
	}
	if lease := take(t, bot, "w2/0"); lease.ID != second.ID || lease.Attempt != 1 {
		t.Errorf("took %+v", lease)
	}
}

// What is not finished in time goes to another worker at once.
func testWorkerGivesBack(t *testing.T, create New) {
	open := create(t, jobs.Options{Deaths: 1})
	bot := open()
	drawing := make(chan bool, 1)
	stop := work(t, &jobs.Worker{Source: open(), Drain: 20 * time.Millisecond, Engine: engine(func(ctx context.Context, j jobs.Job, p func(jobs.Progress)) (jobs.Result, error) {
		drawing <- true
		return until(ctx, j, p)
	})})
	ticket := submit(t, bot, job("ann", "a1"))
	<-drawing
	stop()
	lease := take(t, bot, "w2/0")
	if lease.ID != ticket.ID || lease.Attempt != 2 {
		t.Fatalf("took %+v", lease)
	}
	finish(t, bot, lease)
	wantPicture(t, bot, ticket, lease.Job)
}

// A worker stops drawing what was cancelled, and takes the next job.
func testWorkerStops(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot := open()
	drawing, stopped := make(chan bool, 1), make(chan bool, 1)
	defer work(t, &jobs.Worker{Source: open(), Engine: engine(func(ctx context.Context, j jobs.Job, p func(jobs.Progress)) (jobs.Result, error) {
		if j.Key == "good" {
			return picture(j), nil
		}
		drawing <- true
		defer func() { stopped <- true }()
		return until(ctx, j, p)
	})})()
	bad, good := submit(t, bot, job("ann", "bad")), submit(t, bot, job("ann", "good"))
	<-drawing
	if ok, err := bot.Cancel(t.Context(), bad); !ok || err != nil {
		t.Fatalf("cancel: %v, %v", ok, err)
	}
	<-stopped
	wantPicture(t, bot, good, job("ann", "good"))
	wantError(t, bot, bad, jobs.ErrCancelled)
	if s := stats(t, bot); s.DeadLetters != 0 {
		t.Errorf("a cancelled job is a dead letter: %+v", s)
	}
}

// No log above debug has what somebody asked for.
func testLogHasNoPrompts(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot := open()
	var out bytes.Buffer
	stop := work(t, &jobs.Worker{
		Source: open(), Log: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelInfo})),
		Engine: engine(func(_ context.Context, j jobs.Job, _ func(jobs.Progress)) (jobs.Result, error) {
			if j.Key == "bad" {
				return jobs.Result{}, fmt.Errorf("the prompt %q is odd", j.Recipe.Turns[0].Prompt)
			}
			return picture(j), nil
		}),
	})
	bad, good := submit(t, bot, job("ann", "bad")), submit(t, bot, job("ann", "good"))
	if _, err := await(t, bot, bad); err == nil {
		t.Error("the bad job was drawn")
	}
	wantPicture(t, bot, good, job("ann", "good"))
	stop()
	if log := out.String(); !strings.Contains(log, `"turn":"good"`) || !strings.Contains(log, `"kind":"engine"`) || strings.Contains(log, secret) {
		t.Errorf("log:\n%s", log)
	}
}

// Users ask and cancel, workers draw, fail, give back and die, all at random.
// Every job ends once, as one thing, and with its own picture.
func testHistory(t *testing.T, create New) {
	open := create(t, jobs.Options{Silence: 400 * time.Millisecond, Deaths: 1000, PerUser: 20})
	ctx, stop := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for n := range 4 {
		q, r := open(), rand.New(rand.NewPCG(1, uint64(n)))
		workers.Go(func() { erratic(ctx, t, q, fmt.Sprint("worker", n), r) })
	}
	workers.Go(func() {
		q := open()
		for ctx.Err() == nil {
			if err := q.Reap(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			time.Sleep(20 * time.Millisecond)
		}
	})
	ends := &tally{ends: map[string][]string{}}
	var askers sync.WaitGroup
	for n := range 8 {
		q, r := open(), rand.New(rand.NewPCG(2, uint64(n)))
		askers.Go(func() {
			for k := range 12 {
				ends.ask(ctx, t, q, job(fmt.Sprint("user", n), fmt.Sprintf("%d/%d", n, k)), r)
			}
		})
	}
	askers.Wait()
	stop()
	workers.Wait()
	ends.check(t, 8*12)
	if pending, err := open().Outstanding(t.Context()); err != nil || len(pending) > 0 {
		t.Errorf("%d jobs are left, %v", len(pending), err)
	}
}

// erratic is a worker that does everything that workers do.
func erratic(ctx context.Context, t *testing.T, q Broker, name string, r *rand.Rand) {
	for life := 0; ; life++ {
		slot := fmt.Sprintf("%s-%d/0", name, life)
		for alive := true; alive; {
			lease, err := q.Take(ctx, slot, served)
			if err != nil {
				return // the test is over
			}
			switch r.IntN(12) {
			case 0:
				alive = false // it dies with the job
			case 1:
				err = q.Release(ctx, lease)
			case 2:
				err = q.Finish(ctx, lease, jobs.Result{}, &jobs.Failure{Kind: jobs.EngineFailed, Sentence: "no"})
			case 3: // a long silence, and late
				time.Sleep(600 * time.Millisecond)
				err = q.Finish(ctx, lease, picture(lease.Job), nil)
			default:
				time.Sleep(time.Duration(r.IntN(10)) * time.Millisecond)
				err = q.Finish(ctx, lease, picture(lease.Job), nil)
			}
			if err != nil && !errors.Is(err, jobs.ErrNotYours) && ctx.Err() == nil {
				t.Errorf("%s: %v", slot, err)
			}
		}
	}
}

// tally notes how jobs ended.
type tally struct {
	mu   sync.Mutex
	ends map[string][]string
}

// ask has a job drawn by two askers at once, as an event that is delivered twice,
// and sometimes cancels it.
func (y *tally) ask(ctx context.Context, t *testing.T, q Broker, j jobs.Job, r *rand.Rand) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if r.IntN(6) == 0 {
		time.AfterFunc(time.Duration(r.IntN(100))*time.Millisecond, cancel)
	}
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			settled, err := jobs.Do(ctx, q, j, nil, func(_ context.Context, got jobs.Result) error {
				if string(got.PNG) != string(picture(j).PNG) {
					t.Errorf("%s got %q", j.Key, got.PNG)
				}
				return nil
			})
			y.note(t, j, settled, err)
		})
	}
	both.Wait()
}

// note notes what Do said.
func (y *tally) note(t *testing.T, j jobs.Job, settled bool, err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	_, failed := errors.AsType[*jobs.Failure](err)
	switch {
	case settled && err == nil:
		y.ends[j.Key] = append(y.ends[j.Key], "drawn")
	case settled && failed:
		y.ends[j.Key] = append(y.ends[j.Key], "failed")
	case settled && errors.Is(err, jobs.ErrCancelled):
		y.ends[j.Key] = append(y.ends[j.Key], "cancelled")
	case err == nil, failed, errors.Is(err, jobs.ErrCancelled), errors.Is(err, context.Canceled):
		y.ends[j.Key] = append(y.ends[j.Key], "")
	default:
		t.Errorf("%s: %v", j.Key, err)
	}
}

// check checks that every job was ended once at most, and that all that were not
// cancelled were.
func (y *tally) check(t *testing.T, total int) {
	counts := map[string]int{}
	for key, ends := range y.ends {
		said := strings.Join(ends, "")
		counts[said]++
		switch said {
		case "drawn", "failed", "cancelled", "":
		default:
			t.Errorf("%s ended %q", key, ends)
		}
	}
	if len(y.ends) != total || counts["drawn"] < total/2 {
		t.Errorf("%d of %d ended: %v", len(y.ends), total, counts)
	}
	t.Logf("%v", counts)
}
