package jobstest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pentimento/jobs"
)

// A worker stops beating: another one gets the job, and what the first still
// delivers is refused.
func testSilentWorker(t *testing.T, create New) {
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
func testIdleWorker(t *testing.T, create New) {
	open := create(t, jobs.Options{Silence: 3 * time.Second})
	q, worker := open(), open()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := worker.Take(ctx, "w/0")
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

// A job over which every worker dies is given up.
func testWorkersDie(t *testing.T, create New) {
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
	letters, err := q.DeadLetters(t.Context())
	if err != nil || len(letters) != 1 || letters[0].Failure.Kind != jobs.WorkersDied || letters[0].Attempts != 2 || letters[0].Job.Key != "a1" {
		t.Errorf("dead letters %+v, %v", letters, err)
	}
	noTake(t, q, "w/2")
}

// The answer to Take was lost: the slot asks again.
func testTakeAgain(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	submit(t, q, job("ann", "a1"))
	submit(t, q, job("bob", "b1"))
	first, again := take(t, q, "w/0"), take(t, q, "w/0")
	if first.ID != again.ID || first.Attempt != again.Attempt {
		t.Errorf("first %+v, then %+v", first, again)
	}
	finish(t, q, again)
	if next := take(t, q, "w/0"); next.ID == first.ID {
		t.Error("a finished job was taken again")
	}
}

// A worker is told to end while it takes: it has the job, or the job waits.
func testTakeInterrupted(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot, worker := open(), open()
	leased := 0
	for n := range 60 {
		ticket := submit(t, bot, job(keyOf("user", n), keyOf("a", n)))
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(n*20)*time.Microsecond)
		lease, err := worker.Take(ctx, "one/0")
		cancel()
		switch {
		case err == nil:
			leased++
		case !errors.Is(err, context.DeadlineExceeded):
			t.Fatal(err)
		case stats(t, bot).Waiting != 1:
			t.Fatalf("after %v the job does not wait: %+v", err, stats(t, bot))
		default:
			lease = take(t, worker, "two/0")
		}
		finish(t, worker, lease)
		settle(t, bot, ticket, true)
	}
	t.Logf("%d of 60 were taken", leased)
}

// The answer to Finish was lost: the worker delivers again.
func testFinishAgain(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	j := job("ann", "a1")
	ticket := submit(t, q, j)
	lease := take(t, q, "w/0")
	finish(t, q, lease)
	finish(t, q, lease)
	wantPicture(t, q, ticket, j)
	settle(t, q, ticket, true)
	if err := q.Finish(t.Context(), lease, picture(j), nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("finish after it was settled: %v, want ErrNotYours", err)
	}
	wantError(t, q, ticket, jobs.ErrSettled)
}

// A job that is given back is next again, and that is no death.
func testRelease(t *testing.T, create New) {
	options := quick
	options.Deaths = 1
	q := create(t, options)()
	for _, user := range []string{"ann", "bob"} {
		submit(t, q, job(user, user))
	}
	for n := range 3 {
		lease := take(t, q, "w/0")
		if lease.Job.Key != "ann" || lease.Attempt != n+1 {
			t.Fatalf("took %+v, want ann's attempt %d", lease, n+1)
		}
		if err := q.Release(t.Context(), lease); err != nil {
			t.Fatal(err)
		}
		if err := q.Finish(t.Context(), lease, picture(lease.Job), nil); !errors.Is(err, jobs.ErrNotYours) {
			t.Errorf("finish after release: %v, want ErrNotYours", err)
		}
	}
	if s := stats(t, q); s.Waiting != 2 || s.Running != 0 || s.Workers != 0 {
		t.Errorf("stats %+v", s)
	}
}

// A session's next job goes to the worker that drew its last, while that one is
// there.
func testHome(t *testing.T, create New) {
	q := create(t, jobs.Options{Patience: 30 * time.Millisecond, Passes: 4})()
	draw := func(slot, user, key string) {
		t.Helper()
		lease := take(t, q, slot)
		if lease.Job.Key != key {
			t.Fatalf("%s took %s, want %s", slot, lease.Job.Key, key)
		}
		finish(t, q, lease)
	}
	submit(t, q, job("ann", "a1"))
	draw("one/0", "ann", "a1")
	submit(t, q, job("bob", "b1"))
	draw("two/0", "bob", "b1")

	submit(t, q, job("ann", "a2"))
	submit(t, q, job("bob", "b2"))
	draw("two/0", "bob", "b2") // past ann's, which is older
	draw("one/1", "ann", "a2") // another slot of the same worker

	submit(t, q, job("bob", "b3"))
	draw("one/0", "bob", "b3") // with patience lost
	submit(t, q, job("bob", "b4"))
	draw("one/0", "bob", "b4") // and bob has moved
}

// A job is passed over only so often, whoever knows the others' sessions.
func testPasses(t *testing.T, create New) {
	q := create(t, jobs.Options{Passes: 2, PerUser: 10, Patience: time.Hour})()
	submit(t, q, job("ann", "a0"))
	finish(t, q, take(t, q, "one/0"))
	submit(t, q, job("bob", "b0"))
	finish(t, q, take(t, q, "two/0"))
	submit(t, q, job("ann", "a1"))
	for n := range 4 {
		submit(t, q, job("bob", keyOf("b", n)))
	}
	var taken []string
	for range 5 {
		lease := take(t, q, "two/0")
		taken = append(taken, lease.Job.Key)
		finish(t, q, lease)
	}
	if got := strings.Join(taken, " "); got != "b/0 b/1 a1 b/2 b/3" {
		t.Errorf("taken in the order %s", got)
	}
}

func testFailure(t *testing.T, create New) {
	q := create(t, jobs.Options{DeadLetters: 3})()
	for n := range 5 {
		ticket := submit(t, q, job("ann", keyOf("a", n)))
		lease := take(t, q, "w/0")
		want := jobs.Failure{Kind: jobs.EngineFailed, Sentence: "It didn't work.", Detail: keyOf("detail", n)}
		for range 2 { // the answer to the first was lost
			if err := q.Finish(t.Context(), lease, jobs.Result{}, &want); err != nil {
				t.Fatal(err)
			}
		}
		_, err := await(t, q, ticket)
		if got, ok := errors.AsType[*jobs.Failure](err); !ok || *got != want || err.Error() != want.Sentence {
			t.Fatalf("await: %v, want %+v", err, want)
		}
		settle(t, q, ticket, true)
	}
	letters, err := q.DeadLetters(t.Context())
	if err != nil || len(letters) != 3 || stats(t, q).DeadLetters != 3 {
		t.Fatalf("%d dead letters, %v; want 3", len(letters), err)
	}
	for i, letter := range letters {
		if letter.Job.Key != keyOf("a", 4-i) || letter.Failure.Detail != keyOf("detail", 4-i) || letter.Attempts != 1 {
			t.Errorf("dead letter %d is %+v", i, letter)
		}
	}
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if letters, err := q.DeadLetters(t.Context()); err != nil || len(letters) != 0 {
		t.Errorf("after Forget: %v, %v", letters, err)
	}
}

func testTooLarge(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	ticket := submit(t, q, job("ann", "a1"))
	lease := take(t, q, "w/0")
	if err := q.Finish(t.Context(), lease, jobs.Result{PNG: make([]byte, jobs.MaxPictureBytes+1)}, nil); err != nil {
		t.Fatal(err)
	}
	_, err := await(t, q, ticket)
	if failure, ok := errors.AsType[*jobs.Failure](err); !ok || failure.Kind != jobs.TooLarge {
		t.Errorf("await: %v, want a failure of kind %s", err, jobs.TooLarge)
	}
}
