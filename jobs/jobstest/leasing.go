package jobstest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pentimento/jobs"
)

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
		lease, err := worker.Take(ctx, "one/0", served)
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
	q := create(t, jobs.Options{Deaths: 1})()
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
	if s := stats(t, q); s.Waiting != 2 || s.Running != 0 {
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
	q := create(t, jobs.Options{})()
	for n := range 2 {
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
