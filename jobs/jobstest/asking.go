package jobstest

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pentimento/jobs"
)

func testDraw(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot, worker := open(), open()
	j := job("ann", "a1")
	ticket := submit(t, bot, j)
	if ticket.Key != j.Key || ticket.ID == "" || ticket.Ahead != 0 || ticket.Repeated {
		t.Errorf("ticket %+v", ticket)
	}
	lease := take(t, worker, "w/0")
	want, _ := j.Encode()
	if got, err := lease.Job.Encode(); err != nil || !bytes.Equal(got, want) || lease.Attempt != 1 || lease.Slot != "w/0" {
		t.Errorf("lease %+v of %s, %v", lease, got, err)
	}
	result := picture(j)
	result.Dropped, result.Traced, result.Seconds, result.Worker = []string{"hat"}, true, 1.5, "w"
	change := .25
	result.Change, result.Seen = &change, map[string][]string{"people.hair": {"brown", "black"}}
	result.PNG = bytes.Repeat([]byte("0123456789abcdef"), 200_000) // of several chunks
	if err := worker.Finish(t.Context(), lease, result, nil); err != nil {
		t.Fatal(err)
	}
	for range 2 { // until it is settled the result is there
		got, err := await(t, bot, ticket)
		if err != nil || !bytes.Equal(got.PNG, result.PNG) {
			t.Fatalf("await: %d bytes, %v", len(got.PNG), err)
		}
		if got.Rows != 8 || !got.Traced || got.Seconds != 1.5 || got.Worker != "w" || !slices.Equal(got.Dropped, result.Dropped) ||
			got.Change == nil || *got.Change != change || !reflect.DeepEqual(got.Seen, result.Seen) {
			t.Errorf("result %+v", got)
		}
	}
	settle(t, bot, ticket, true)
	wantError(t, bot, ticket, jobs.ErrSettled)
	if s := stats(t, bot); s.Waiting+s.Running+s.DeadLetters != 0 {
		t.Errorf("stats %+v", s)
	}
}

func testOneKey(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	q := open()
	j := job("ann", "a1")
	first := submit(t, q, j)
	again := submit(t, open(), j)
	if again.ID != first.ID || !again.Repeated {
		t.Errorf("the second submission gave %+v, the first %+v", again, first)
	}
	lease := take(t, q, "w/0")
	if running := submit(t, q, j); running.ID != first.ID {
		t.Errorf("a third one %+v", running)
	}
	finish(t, q, lease)
	if finished := submit(t, q, j); finished.ID != first.ID {
		t.Errorf("a fourth one %+v", finished)
	}
	settle(t, q, first, true)
	if ticket, err := q.Submit(t.Context(), j); !errors.Is(err, jobs.ErrSettled) {
		t.Errorf("after it was settled: %+v, %v; want ErrSettled", ticket, err)
	}
	noTake(t, q, "w/0")
}

func testSettledOnce(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	q := open()
	ticket := submit(t, q, job("ann", "a1"))
	settle(t, q, ticket, false)
	lease := take(t, q, "w/0")
	settle(t, q, ticket, false)
	finish(t, q, lease)
	var settled atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		handle := open()
		all.Go(func() {
			if ok, err := handle.Settle(t.Context(), ticket); err != nil {
				t.Error(err)
			} else if ok {
				settled.Add(1)
			}
		})
	}
	all.Wait()
	if settled.Load() != 1 {
		t.Errorf("%d settled the job, want 1", settled.Load())
	}
}

func testLimitPerUser(t *testing.T, create New) {
	q := create(t, jobs.Options{PerUser: 2})()
	submit(t, q, job("ann", "a1"))
	second := submit(t, q, job("ann", "a2"))
	refused := func() {
		t.Helper()
		_, err := q.Submit(t.Context(), job("ann", "one too many"))
		if limit, ok := errors.AsType[*jobs.LimitError](err); !ok || limit.Limit != 2 || !strings.Contains(err.Error(), "2 pictures") {
			t.Fatalf("got %v, want a LimitError of 2", err)
		}
	}
	refused()
	submit(t, q, job("bob", "b1"))
	lease := take(t, q, "w/0")
	refused() // running counts
	finish(t, q, lease)
	submit(t, q, job("ann", "a3"))
	refused()
	if ok, err := q.Cancel(t.Context(), second); !ok || err != nil {
		t.Fatal(ok, err)
	}
	submit(t, q, job("ann", "a4"))
}

func testQueueFull(t *testing.T, create New) {
	q := create(t, jobs.Options{MaxWaiting: 2})()
	submit(t, q, job("ann", "a1"))
	submit(t, q, job("bob", "b1"))
	if _, err := q.Submit(t.Context(), job("cid", "c1")); !errors.Is(err, jobs.ErrQueueFull) {
		t.Fatalf("got %v, want ErrQueueFull", err)
	}
	take(t, q, "w/0")
	submit(t, q, job("cid", "c1"))
}

func testInvalid(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	long := strings.Repeat("x", jobs.MaxNameBytes+1)
	for name, change := range map[string]func(*jobs.Job){
		"no key":       func(j *jobs.Job) { j.Key = "" },
		"no user":      func(j *jobs.Job) { j.User = "" },
		"no place":     func(j *jobs.Job) { j.Place = "" },
		"long user":    func(j *jobs.Job) { j.User = long },
		"no turns":     func(j *jobs.Job) { j.Recipe.Turns = nil },
		"memo no JSON": func(j *jobs.Job) { j.Memo = []byte("{") },
		"too large":    func(j *jobs.Job) { j.Recipe.Turns[0].Prompt = strings.Repeat("x", jobs.MaxJobBytes) },
	} {
		j := job("ann", "a1")
		change(&j)
		if _, err := q.Submit(t.Context(), j); !errors.Is(err, jobs.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
	noTake(t, q, "w/0")
}

func testCancelWaiting(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	ticket := submit(t, q, job("ann", "a1"))
	next := submit(t, q, job("bob", "b1"))
	ended := make(chan error, 1)
	go func() {
		_, err := q.Await(t.Context(), ticket, nil)
		ended <- err
	}()
	for range 2 { // the second time it is cancelled already
		if ok, err := q.Cancel(t.Context(), ticket); !ok || err != nil {
			t.Fatalf("cancel: %v, %v", ok, err)
		}
	}
	if err := <-ended; !errors.Is(err, jobs.ErrCancelled) {
		t.Errorf("await: %v, want ErrCancelled", err)
	}
	if lease := take(t, q, "w/0"); lease.ID != next.ID {
		t.Errorf("took %s, want the next one", lease.Job.Key)
	}
	settle(t, q, ticket, true)
	if ok, err := q.Cancel(t.Context(), ticket); ok || err != nil {
		t.Errorf("cancel after it was settled: %v, %v", ok, err)
	}
}

func testCancelRunning(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot, q := open(), open()
	ticket := submit(t, bot, job("ann", "a1"))
	lease := take(t, q, "w/0")
	if ok, err := bot.Cancel(t.Context(), ticket); !ok || err != nil {
		t.Fatalf("cancel: %v, %v", ok, err)
	}
	select {
	case <-lease.Doubt:
	case <-time.After(10 * time.Second):
		t.Error("the worker was not told")
	}
	wantError(t, q, ticket, jobs.ErrCancelled)
	if err := q.Beat(t.Context(), lease, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("beat: %v, want ErrNotYours", err)
	}
	if err := q.Finish(t.Context(), lease, picture(lease.Job), nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("finish: %v, want ErrNotYours", err)
	}
	if err := q.Release(t.Context(), lease); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("release: %v, want ErrNotYours", err)
	}
	wantError(t, q, ticket, jobs.ErrCancelled)
	next := submit(t, q, job("ann", "a2"))
	if lease := take(t, q, "w/0"); lease.ID != next.ID {
		t.Errorf("the slot got %s, want the next job", lease.Job.Key)
	}
}

func testCancelFinished(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	j := job("ann", "a1")
	ticket := submit(t, q, j)
	finish(t, q, take(t, q, "w/0"))
	if ok, err := q.Cancel(t.Context(), ticket); ok || err != nil {
		t.Errorf("cancel: %v, %v; want false", ok, err)
	}
	wantPicture(t, q, ticket, j)
}

// Cancel and Finish meet: one wins, and everybody is told the same.
func testCancelOrFinish(t *testing.T, create New) {
	open := create(t, jobs.Options{})
	bot, worker := open(), open()
	for n := range 60 {
		j := job("ann", keyOf("a", n))
		ticket := submit(t, bot, j)
		lease := take(t, worker, "w/0")
		var cancelled bool
		var cancelling, finishing error
		var both sync.WaitGroup
		both.Go(func() { cancelled, cancelling = bot.Cancel(t.Context(), ticket) })
		both.Go(func() { finishing = worker.Finish(t.Context(), lease, picture(j), nil) })
		both.Wait()
		if cancelling != nil || cancelled != errors.Is(finishing, jobs.ErrNotYours) {
			t.Fatalf("cancelled: %v, %v; finish: %v", cancelled, cancelling, finishing)
		}
		if cancelled {
			wantError(t, bot, ticket, jobs.ErrCancelled)
		} else {
			wantPicture(t, bot, ticket, j)
		}
		settle(t, bot, ticket, true)
	}
}

func testEvents(t *testing.T, create New) {
	open := create(t, jobs.Options{Passes: -1})
	bot, worker := open(), open()
	for _, user := range []string{"ann", "bob"} {
		submit(t, bot, job(user, user))
	}
	j := job("cid", "c")
	ticket := submit(t, bot, j)
	if ticket.Ahead != 2 {
		t.Errorf("%d ahead, want 2", ticket.Ahead)
	}
	events := make(chan jobs.Event, 100)
	ended := make(chan error, 1)
	go func() {
		_, err := bot.Await(t.Context(), ticket, func(e jobs.Event) { events <- e })
		ended <- err
	}()
	wait := func(what string, is func(jobs.Event) bool) {
		t.Helper()
		timeout := time.After(20 * time.Second)
		for {
			select {
			case e := <-events:
				if is(e) {
					return
				}
			case <-timeout:
				t.Fatalf("nobody said %s", what)
			}
		}
	}
	wait("two ahead", func(e jobs.Event) bool { return e.Ahead == 2 && !e.Running })
	finish(t, worker, take(t, worker, "w/0"))
	wait("one ahead", func(e jobs.Event) bool { return e.Ahead == 1 && e.Drawing == 0 && !e.Running })
	before := take(t, worker, "w/0")
	wait("one being drawn", func(e jobs.Event) bool { return e.Ahead == 0 && e.Drawing == 1 && !e.Running })
	finish(t, worker, before)
	wait("next", func(e jobs.Event) bool { return e.Ahead == 0 && e.Drawing == 0 && !e.Running })
	lease := take(t, worker, "w/0")
	wait("running", func(e jobs.Event) bool { return e.Running })
	// A preview may come after its step.
	if err := worker.Beat(t.Context(), lease, &jobs.Progress{Step: 2, Steps: 4}); err != nil {
		t.Fatal(err)
	}
	wait("step 2 without", func(e jobs.Event) bool { return e.Step == 2 && e.Preview == nil })
	if err := worker.Beat(t.Context(), lease, &jobs.Progress{Step: 2, Steps: 4, Preview: []byte("small")}); err != nil {
		t.Fatal(err)
	}
	wait("step 2 with its preview", func(e jobs.Event) bool {
		return e.Running && e.Step == 2 && e.Steps == 4 && string(e.Preview) == "small"
	})
	tooLarge := make([]byte, jobs.MaxPreviewBytes+1)
	if err := worker.Beat(t.Context(), lease, &jobs.Progress{Step: 3, Steps: 4, Preview: tooLarge}); err != nil {
		t.Fatal(err)
	}
	wait("step 3 without", func(e jobs.Event) bool { return e.Step == 3 && e.Preview == nil })
	finish(t, worker, lease)
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func testOutstanding(t *testing.T, create New) {
	open := create(t, jobs.Options{Passes: -1})
	q := open()
	if pending, err := q.Outstanding(t.Context()); err != nil || len(pending) != 0 {
		t.Fatalf("%v, %v", pending, err)
	}
	var tickets []jobs.Ticket
	for _, user := range []string{"ann", "bob", "cid", "dan"} {
		tickets = append(tickets, submit(t, q, job(user, user)))
	}
	finish(t, q, take(t, q, "w/0")) // ann's is finished
	take(t, q, "w/0")               // bob's runs
	if _, err := q.Cancel(t.Context(), tickets[2]); err != nil {
		t.Fatal(err)
	}
	settle(t, q, tickets[2], true)
	pending, err := open().Outstanding(t.Context())
	if err != nil || len(pending) != 3 {
		t.Fatalf("%d outstanding, %v; want 3", len(pending), err)
	}
	for i, want := range []int{0, 1, 3} {
		if got := pending[i]; got.Ticket.ID != tickets[want].ID || got.Job.Key != tickets[want].Key || string(got.Job.Memo) == "" {
			t.Errorf("%d is %+v, want job %s", i, got, tickets[want].Key)
		}
	}
	wantPicture(t, q, pending[0].Ticket, pending[0].Job)
}

func testForget(t *testing.T, create New) {
	q := create(t, jobs.Options{Passes: -1})()
	tickets := map[string]jobs.Ticket{}
	for _, user := range []string{"ann", "bob"} {
		for n := range 3 {
			tickets[keyOf(user, n)] = submit(t, q, job(user, keyOf(user, n)))
		}
	}
	finish(t, q, take(t, q, "w/0"))
	finish(t, q, take(t, q, "w/0"))
	running := take(t, q, "w/0")
	if running.Job.User != "ann" {
		t.Fatalf("%s is drawn", running.Job.Key)
	}
	if err := q.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if err := q.Beat(t.Context(), running, nil); !errors.Is(err, jobs.ErrNotYours) {
		t.Errorf("beat: %v, want ErrNotYours", err)
	}
	for n := range 3 {
		wantError(t, q, tickets[keyOf("ann", n)], jobs.ErrSettled)
	}
	for n := 1; n < 3; n++ {
		lease := take(t, q, "w/0")
		if lease.Job.Key != keyOf("bob", n) {
			t.Errorf("took %s, want bob's %d", lease.Job.Key, n)
		}
		finish(t, q, lease)
	}
	for n := range 3 {
		wantPicture(t, q, tickets[keyOf("bob", n)], job("bob", keyOf("bob", n)))
	}
}

func testClose(t *testing.T, create New) {
	q := create(t, jobs.Options{})()
	ticket := submit(t, q, job("ann", "a1"))
	take(t, q, "w/0")
	ended := make(chan error, 2)
	go func() {
		_, err := q.Await(t.Context(), ticket, nil)
		ended <- err
	}()
	go func() {
		_, err := q.Take(t.Context(), "w/1", served)
		ended <- err
	}()
	time.Sleep(20 * time.Millisecond) // most likely both wait by now
	for range 2 {
		if err := q.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := <-ended; !errors.Is(err, jobs.ErrClosed) {
			t.Errorf("got %v, want ErrClosed", err)
		}
	}
	if _, err := q.Submit(t.Context(), job("ann", "a2")); !errors.Is(err, jobs.ErrClosed) {
		t.Errorf("submit: %v, want ErrClosed", err)
	}
	if _, err := q.Stats(context.WithoutCancel(t.Context())); !errors.Is(err, jobs.ErrClosed) {
		t.Errorf("stats: %v, want ErrClosed", err)
	}
}
