package jobstest

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pentimento/jobs"
)

// A Shared queue is one of several processes: workers die and others go on, and
// what they give up is kept for the operator.
type Shared interface {
	Broker
	// DeadLetters returns at most that many of the jobs given up, the latest
	// first.
	DeadLetters(ctx context.Context, most int) ([]jobs.DeadLetter, error)
	// RetryDead has those that can be read wait again and returns how many.
	RetryDead(ctx context.Context) (int, error)
}

// NewShared is [New] for queues of several processes.
type NewShared func(t *testing.T, options jobs.Options) (open func() Shared)

// RunShared tests what only queues of several processes have.
func RunShared(t *testing.T, create NewShared) {
	tests := []struct {
		name string
		test func(*testing.T, NewShared)
	}{
		{"SilentWorker", testSilentWorker},
		{"WorkersDie", testWorkersDie},
		{"IdleWorker", testIdleWorker},
		{"WorkersAreCounted", testWorkersAreCounted},
		{"VacantAndBack", testVacantAndBack},
		{"VacantIsKept", testVacantIsKept},
		{"WorkerHangs", testWorkerHangs},
		{"DeadLetters", testDeadLetters},
		{"RetryDead", testRetryDead},
		{"RetryDeadFencesLate", testRetryDeadFencesLate},
		{"ForgetDead", testForgetDead},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, create) })
	}
}

// quick has workers be taken for dead soon.
var quick = jobs.Options{Silence: 400 * time.Millisecond, Passes: -1}

// reapUntil reaps until done says so.
func reapUntil(t *testing.T, q Broker, done func() bool) {
	t.Helper()
	for range 400 {
		if err := q.Reap(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done() {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the silent worker was not noticed")
}

// A worker stops beating: another one gets the job, and what the first still
// delivers is refused.
func testSilentWorker(t *testing.T, create NewShared) {
	open := create(t, quick)
	bot, dead, living := open(), open(), open()
	j := job("ann", "a1")
	ticket := submit(t, bot, j)
	lost := take(t, dead, "dead/0")
	other := submit(t, bot, job("bob", "b1"))
	kept := take(t, living, "living/1")
	reapUntil(t, living, func() bool {
		if err := living.Beat(t.Context(), kept, nil); err != nil {
			t.Fatalf("the one that beats: %v", err)
		}
		return stats(t, bot).Waiting == 1
	})
	again := take(t, living, "living/0")
	if again.ID != ticket.ID || again.Attempt != 2 {
		t.Fatalf("took %+v, want the lost job's second attempt", again)
	}
	late := jobs.Result{PNG: []byte("too late")}
	if err := dead.Finish(t.Context(), lost, late, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("late finish: %v, want ErrNotYours", err)
	}
	if err := dead.Beat(t.Context(), lost, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("late beat: %v, want ErrNotYours", err)
	}
	finish(t, living, again)
	if err := dead.Finish(t.Context(), lost, late, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("finish after the other's: %v, want ErrNotYours", err)
	}
	wantPicture(t, bot, ticket, j)
	finish(t, living, kept)
	wantPicture(t, bot, other, kept.Job)
}

// A worker that has had nothing to draw for long is still there.
func testIdleWorker(t *testing.T, create NewShared) {
	open := create(t, jobs.Options{Silence: 3 * time.Second})
	q, worker := open(), open()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := worker.Take(ctx, "w/0", served)
		ended <- err
	}()
	reapUntil(t, q, func() bool { return stats(t, q).Workers == 1 })
	for begun := time.Now(); time.Since(begun) < 4*time.Second; time.Sleep(100 * time.Millisecond) {
		if err := q.Reap(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if s := stats(t, q); s.Workers != 1 {
		t.Errorf("stats %+v, want the worker that waits", s)
	}
	stop()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("take: %v", err)
	}
}

// A worker that draws counts, and one that gives its job back does not.
func testWorkersAreCounted(t *testing.T, create NewShared) {
	q := create(t, jobs.Options{})()
	submit(t, q, job("ann", "a1"))
	lease := take(t, q, "w/0")
	if s := stats(t, q); s.Workers != 1 {
		t.Errorf("stats %+v, want one worker", s)
	}
	if err := q.Release(t.Context(), lease); err != nil {
		t.Fatal(err)
	}
	if s := stats(t, q); s.Workers != 0 {
		t.Errorf("stats %+v, want no worker", s)
	}
}

// A job over which every worker dies is given up.
func testWorkersDie(t *testing.T, create NewShared) {
	options := quick
	options.Deaths = 2
	open := create(t, options)
	q := open()
	ticket := submit(t, q, job("ann", "a1"))
	take(t, q, "w/0")
	reapUntil(t, q, func() bool { return stats(t, q).Waiting == 1 })
	take(t, q, "w/1")
	reapUntil(t, q, func() bool { return stats(t, q).Running == 0 })
	_, err := await(t, q, ticket)
	if failure, ok := errors.AsType[*jobs.Failure](err); !ok || failure.Kind != jobs.WorkersDied || failure.Sentence == "" {
		t.Errorf("await: %v, want a failure of kind %s", err, jobs.WorkersDied)
	}
	letters, err := q.DeadLetters(t.Context(), 10)
	if err != nil || len(letters) != 1 || letters[0].Failure.Kind != jobs.WorkersDied || letters[0].Attempts != 2 || letters[0].Job.Key != "a1" {
		t.Errorf("dead letters %+v, %v", letters, err)
	}
	noTake(t, q, "w/2")
}

// The job of an engine that does not stop goes to another worker, and what the
// first one draws in the end is not wanted.
func testWorkerHangs(t *testing.T, create NewShared) {
	open := create(t, quick)
	bot := open()
	drawing, wake := make(chan bool, 1), make(chan bool)
	stop := work(t, &jobs.Worker{Name: "hung", Source: open(), TimeLimit: 30 * time.Millisecond, Engine: engine(func(context.Context, jobs.Job, func(jobs.Progress)) (jobs.Result, error) {
		drawing <- true
		<-wake
		return jobs.Result{PNG: []byte("too late")}, nil
	})})
	defer stop()
	defer close(wake)
	j := job("ann", "a1")
	ticket := submit(t, bot, j)
	<-drawing
	defer work(t, &jobs.Worker{Name: "well", Source: open(), Engine: engine(stub)})()
	wantPicture(t, bot, ticket, j)
	wake <- true
	stop()
	wantPicture(t, bot, ticket, j)
}

// A job that is given up is a dead letter, with the reason, until there are too
// many later ones or its user is forgotten.
func testDeadLetters(t *testing.T, create NewShared) {
	q := create(t, jobs.Options{DeadLetters: 3})()
	begun := time.Now()
	for n := range 5 {
		ticket := submit(t, q, job("ann", keyOf("a", n)))
		lease := take(t, q, "w/0")
		failure := jobs.Failure{Kind: jobs.EngineFailed, Sentence: "It didn't work.", Detail: keyOf("detail", n)}
		for range 2 { // the answer to the first was lost
			if err := q.Finish(t.Context(), lease, jobs.Result{}, &failure); err != nil {
				t.Fatal(err)
			}
		}
		settle(t, q, ticket, true)
	}
	letters, err := q.DeadLetters(t.Context(), 10)
	if err != nil || len(letters) != 3 || stats(t, q).DeadLetters != 3 {
		t.Fatalf("%d dead letters, %v; want 3", len(letters), err)
	}
	for i, letter := range letters {
		if letter.Job.Key != keyOf("a", 4-i) || letter.Failure.Detail != keyOf("detail", 4-i) || letter.Attempts != 1 {
			t.Errorf("dead letter %d is %+v", i, letter)
		}
		if letter.At.Before(begun.Add(-time.Second)) || letter.At.After(time.Now().Add(time.Second)) {
			t.Errorf("dead letter %d was given up at %v, now it is %v", i, letter.At, time.Now())
		}
	}
	if latest, err := q.DeadLetters(t.Context(), 1); err != nil || len(latest) != 1 || latest[0].Job.Key != letters[0].Job.Key {
		t.Errorf("the latest is %+v, %v", latest, err)
	}
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if letters, err := q.DeadLetters(t.Context(), 10); err != nil || len(letters) != 0 {
		t.Errorf("after Forget: %v, %v", letters, err)
	}
}

// A dead letter that is retried is a job again: drawn once, however many retry
// it, and found by its asker, who had settled it or not.
func testRetryDead(t *testing.T, create NewShared) {
	open := create(t, jobs.Options{PerUser: 1})
	q := open()
	failure := &jobs.Failure{Kind: jobs.EngineFailed, Sentence: "It didn't work."}
	for _, key := range []string{"told", "untold"} {
		ticket := submit(t, q, job("ann", key))
		if err := q.Finish(t.Context(), take(t, q, "w/0"), jobs.Result{}, failure); err != nil {
			t.Fatal(err)
		}
		if key == "told" {
			settle(t, q, ticket, true)
		}
	}
	var retried atomic.Int64
	var all sync.WaitGroup
	for range 4 {
		q := open()
		all.Go(func() {
			n, err := q.RetryDead(t.Context())
			if err != nil {
				t.Error(err)
			}
			retried.Add(int64(n))
		})
	}
	all.Wait()
	if s := stats(t, q); retried.Load() != 2 || s.Waiting != 2 || s.DeadLetters != 0 {
		t.Fatalf("%d were retried; %+v", retried.Load(), s)
	}
	if again, err := q.RetryDead(t.Context()); again != 0 || err != nil {
		t.Errorf("another time %d were retried, %v", again, err)
	}
	for _, key := range []string{"told", "untold"} {
		lease := take(t, q, "w/0")
		if lease.Job.Key != key || lease.Attempt != 1 {
			t.Fatalf("took %+v, want %s", lease, key)
		}
		finish(t, q, lease)
	}
	noTake(t, q, "w/0")
	pending, err := open().Outstanding(t.Context())
	if err != nil || len(pending) != 2 {
		t.Fatalf("%d jobs for the asker, %v; want 2", len(pending), err)
	}
	for _, p := range pending {
		wantPicture(t, q, p.Ticket, p.Job)
		settle(t, q, p.Ticket, true)
		settle(t, q, p.Ticket, false)
		if ticket, err := q.Submit(t.Context(), p.Job); !errors.Is(err, jobs.ErrSettled) {
			t.Errorf("%s again: %+v, %v; want ErrSettled", p.Job.Key, ticket, err)
		}
	}
}

// What a worker delivers late, to a job that was given up and is retried, is not
// wanted.
func testRetryDeadFencesLate(t *testing.T, create NewShared) {
	options := quick
	options.Deaths = 1
	q := create(t, options)()
	submit(t, q, job("ann", "a1"))
	late := take(t, q, "w/0")
	reapUntil(t, q, func() bool { return stats(t, q).Running == 0 })
	if n, err := q.RetryDead(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	again := take(t, q, "w/1")
	if err := q.Finish(t.Context(), late, jobs.Result{PNG: []byte("too late")}, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("late finish: %v, want ErrNotYours", err)
	}
	finish(t, q, again)
	pending, err := q.Outstanding(t.Context())
	if err != nil || len(pending) != 1 {
		t.Fatalf("%d jobs, %v", len(pending), err)
	}
	wantPicture(t, q, pending[0].Ticket, pending[0].Job)
}

// Neither a dead letter nor one that is retried survives its user.
func testForgetDead(t *testing.T, create NewShared) {
	q := create(t, jobs.Options{})()
	for _, user := range []string{"ann", "bob"} {
		ticket := submit(t, q, job(user, user))
		if err := q.Finish(t.Context(), take(t, q, "w/0"), jobs.Result{}, &jobs.Failure{Kind: jobs.EngineFailed}); err != nil {
			t.Fatal(err)
		}
		settle(t, q, ticket, true)
	}
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if n, err := q.RetryDead(t.Context()); n != 1 || err != nil {
		t.Errorf("%d were retried, %v; want bob's", n, err)
	}
	if err := q.Forget(t.Context(), "bob"); err != nil {
		t.Fatal(err)
	}
	if s := stats(t, q); s.Waiting+s.DeadLetters != 0 {
		t.Errorf("stats %+v", s)
	}
	noTake(t, q, "w/0")
}
