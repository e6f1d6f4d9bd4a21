package jobstest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"pentimento/jobs"
)

// A worker gets the jobs of the models that it serves, in their order, and no
// others, however many of those wait before.
func testModels(t *testing.T, create New) {
	q := create(t, jobs.Options{PerUser: 100, Passes: -1})()
	for n := range 3 * jobs.LookAhead {
		submit(t, q, jobOf("ann", keyOf("ann", n), "a"))
	}
	submit(t, q, jobOf("bob", "b1", "b"))
	submit(t, q, jobOf("cid", "c1", "c"))
	submit(t, q, jobOf("bob", "b2", "b"))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if lease, err := q.Take(ctx, "other/0", []string{"d"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("took %v, %v", lease, err)
	}
	submit(t, q, jobOf("dan", "d1", "")) // names no model
	for _, want := range []struct {
		key    string
		models []string
	}{
		{"b1", []string{"b"}},
		{"c1", []string{"b", "c"}},
		{"ann/0", []string{"b", "a"}},
		{"d1", []string{"c", "b"}},
		{"b2", []string{"e", "b"}},
		{"ann/1", nil},
	} {
		lease := takeOf(t, q, "w/0", want.models)
		if lease.Job.Key != want.key {
			t.Errorf("a worker of %v took %s, want %s", want.models, lease.Job.Key, want.key)
		}
		finish(t, q, lease)
	}
}

// The jobs of one model are served slower than those of another. Somebody who asks
// for it then is behind nobody's second.
func testModelsOutOfStep(t *testing.T, create New) {
	q := create(t, jobs.Options{PerUser: 100, Passes: -1})()
	for n := range 5 {
		submit(t, q, jobOf("ann", keyOf("slow", n), "slow"))
	}
	for n := range 12 {
		submit(t, q, jobOf("bob", keyOf("quick", n), "quick"))
		finish(t, q, takeOf(t, q, "quick/0", []string{"quick"}))
	}
	submit(t, q, jobOf("cid", "late", "slow"))
	submit(t, q, jobOf("ann", "more", "slow"))
	var got []string
	for range 7 {
		lease := takeOf(t, q, "slow/0", []string{"slow"})
		got = append(got, lease.Job.Key)
		finish(t, q, lease)
	}
	if want := "[slow/0 late slow/1 slow/2 slow/3 slow/4 more]"; fmt.Sprint(got) != want {
		t.Errorf("served %v, want %s", got, want)
	}
}

// The queue knows which models are served, as long as somebody does.
func testServing(t *testing.T, create New) {
	open := create(t, jobs.Options{Silence: time.Second})
	q := open()
	if s := stats(t, q); s.Serves("a") || len(s.Serving) > 0 {
		t.Errorf("before: %+v", s)
	}
	ctx, leave := context.WithCancel(t.Context())
	var workers sync.WaitGroup
	for name, models := range map[string][]string{"one/0": {"a", "b"}, "one/1": {"a", "b"}, "two/0": {"b"}} {
		worker := open()
		workers.Go(func() { _, _ = worker.Take(ctx, name, models) })
	}
	want := map[string]int{"a": 1, "b": 2}
	reapUntil(t, q, func() bool { return maps.Equal(stats(t, q).Serving, want) })
	if s := stats(t, q); s.Workers != 2 || s.Any != 0 || !s.Serves("a") || s.Serves("c") {
		t.Errorf("stats %+v", s)
	}
	leave()
	workers.Wait()
	reapUntil(t, q, func() bool { return len(stats(t, q).Serving) == 0 })
	submit(t, q, jobOf("ann", "a1", "c"))
	take := takeOf(t, q, "any/0", nil)
	if s := stats(t, q); !s.Serves("anything") || s.Any != 1 {
		t.Errorf("a worker of any model: %+v", s)
	}
	finish(t, q, take)
}

// vacant has jobs given up soon whose model nobody serves.
var vacant = jobs.Options{Silence: 400 * time.Millisecond, Vacant: 1500 * time.Millisecond}

// Nobody serves the model of a job: who awaits it is told so, and then that it was
// given up. A job of a model that is served waits as long as it must.
func testVacant(t *testing.T, create New) {
	open := create(t, vacant)
	bot, worker := open(), open()
	busy := submit(t, bot, job("ann", "a1"))
	lease := take(t, worker, "w/0")
	beating, stop := context.WithCancel(t.Context())
	var beats sync.WaitGroup
	beats.Go(func() {
		for beating.Err() == nil {
			_ = worker.Beat(beating, lease, nil)
			time.Sleep(50 * time.Millisecond)
		}
	})
	patient := submit(t, bot, job("cid", "c1"))
	var patience sync.WaitGroup
	patience.Go(func() { wantPicture(t, bot, patient, job("cid", "c1")) })

	ticket := submit(t, bot, jobOf("bob", "b1", "other"))
	told := time.Duration(0)
	begun := time.Now()
	_, err := bot.Await(t.Context(), ticket, func(e jobs.Event) { told = max(told, e.Vacant) })
	if failure, ok := errors.AsType[*jobs.Failure](err); !ok || failure.Kind != jobs.Unserved || failure.Sentence == "" {
		t.Fatalf("await: %v, want a failure of the kind %s", err, jobs.Unserved)
	}
	if waited := time.Since(begun); waited < vacant.Vacant || told != vacant.Vacant {
		t.Errorf("given up after %v, and told %v", waited, told)
	}
	settle(t, bot, ticket, true)
	if s := stats(t, bot); s.Waiting != 1 {
		t.Errorf("stats %+v, want the job of the served model alone", s)
	}
	stop()
	beats.Wait()
	finish(t, worker, lease)
	wantPicture(t, bot, busy, job("ann", "a1"))
	finish(t, worker, take(t, worker, "w/0"))
	patience.Wait()
}

// A worker of the model comes before the job is given up.
func testVacantAndBack(t *testing.T, create NewShared) {
	open := create(t, vacant)
	bot, worker := open(), open()
	j := jobOf("ann", "a1", "late")
	ticket := submit(t, bot, j)
	var asked sync.WaitGroup
	asked.Go(func() { wantPicture(t, bot, ticket, j) })
	time.Sleep(vacant.Silence)
	finish(t, worker, takeOf(t, worker, "w/0", []string{"late"}))
	asked.Wait()
}

// What was given up because nobody served its model is kept for the operator, who
// starts a worker of it and has it drawn.
func testVacantIsKept(t *testing.T, create NewShared) {
	open := create(t, jobs.Options{Silence: 200 * time.Millisecond, Vacant: 300 * time.Millisecond})
	bot := open()
	j := jobOf("ann", "a1", "rare")
	ticket := submit(t, bot, j)
	if _, err := await(t, bot, ticket); err == nil {
		t.Fatal("drawn by nobody")
	}
	settle(t, bot, ticket, true)
	letters, err := bot.DeadLetters(t.Context(), 10)
	if err != nil || len(letters) != 1 || letters[0].Failure.Kind != jobs.Unserved {
		t.Fatalf("dead letters %+v, %v", letters, err)
	}
	if n, err := bot.RetryDead(t.Context()); n != 1 || err != nil {
		t.Fatalf("retried %d, %v", n, err)
	}
	lease := takeOf(t, bot, "w/0", []string{"rare"})
	if lease.Job.Key != j.Key {
		t.Errorf("took %s", lease.Job.Key)
	}
	finish(t, bot, lease)
}
