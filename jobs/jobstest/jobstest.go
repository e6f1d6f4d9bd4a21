// Package jobstest is what every queue of jobs must do, as tests. Call [Run]
// with a way to make one, and [RunShared] too if several processes share it.
package jobstest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"pentimento/jobs"
	"pentimento/recipe"
)

// A Broker is both sides of a queue.
type Broker interface {
	jobs.Queue
	jobs.Source
}

// New makes an empty queue for a test. open returns another handle to the same
// queue, as another process has it, and the test closes none of them.
type New func(t *testing.T, options jobs.Options) (open func() Broker)

// Run tests the queues that create makes.
func Run(t *testing.T, create New) {
	tests := []struct {
		name string
		test func(*testing.T, New)
	}{
		{"Draw", testDraw},
		{"OneKeyIsOneJob", testOneKey},
		{"SettledOnce", testSettledOnce},
		{"LimitPerUser", testLimitPerUser},
		{"QueueFull", testQueueFull},
		{"Invalid", testInvalid},
		{"Order", testOrder},
		{"Fair", testFair},
		{"Models", testModels},
		{"ModelsOutOfStep", testModelsOutOfStep},
		{"Serving", testServing},
		{"Vacant", testVacant},
		{"CancelWaiting", testCancelWaiting},
		{"CancelRunning", testCancelRunning},
		{"CancelFinished", testCancelFinished},
		{"CancelOrFinish", testCancelOrFinish},
		{"TakeAgain", testTakeAgain},
		{"TakeInterrupted", testTakeInterrupted},
		{"FinishAgain", testFinishAgain},
		{"Release", testRelease},
		{"Home", testHome},
		{"Passes", testPasses},
		{"Events", testEvents},
		{"Failure", testFailure},
		{"TooLarge", testTooLarge},
		{"Outstanding", testOutstanding},
		{"Forget", testForget},
		{"Close", testClose},
		{"Do", testDo},
		{"DoCancelled", testDoCancelled},
		{"DoDetached", testDoDetached},
		{"Worker", testWorker},
		{"WorkerPanics", testWorkerPanics},
		{"WorkerTimeLimit", testWorkerTimeLimit},
		{"WorkerDrains", testWorkerDrains},
		{"WorkerGivesBack", testWorkerGivesBack},
		{"WorkerStops", testWorkerStops},
		{"LogHasNoPrompts", testLogHasNoPrompts},
		{"History", testHistory},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.test(t, create) })
	}
}

// secret is in every prompt and must not be in a log.
const secret = "xyzzy"

// served is what the tests' workers draw with.
var served = []string{"5e7f"}

// job makes a job of the user's.
func job(user, key string) jobs.Job {
	return jobs.Job{
		Key: key, User: user, Place: "place of " + user, Memo: json.RawMessage(`{"for":"` + key + `"}`),
		Recipe: recipe.Recipe{
			Version: recipe.Version, Settings: recipe.Settings{Model: served[0], Seed: 7, Steps: 4},
			Turns: []recipe.Turn{{Prompt: secret + " " + key}},
		},
	}
}

// picture is what a stub engine draws of a job.
func picture(j jobs.Job) jobs.Result {
	return jobs.Result{PNG: []byte("picture of " + j.Recipe.Turns[0].Prompt), Rows: 8}
}

func submit(t *testing.T, q Broker, j jobs.Job) jobs.Ticket {
	t.Helper()
	ticket, err := q.Submit(t.Context(), j)
	if err != nil {
		t.Fatalf("submit %s: %v", j.Key, err)
	}
	return ticket
}

// take leases the next job of the tests' model, which must be there.
func take(t *testing.T, q Broker, slot string) *jobs.Lease {
	t.Helper()
	return takeOf(t, q, slot, served)
}

// takeOf leases the next job of the models.
func takeOf(t *testing.T, q Broker, slot string, models []string) *jobs.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	lease, err := q.Take(ctx, slot, models)
	if err != nil {
		t.Fatalf("take: %v", err)
	}
	return lease
}

// noTake checks that there is nothing to take.
func noTake(t *testing.T, q Broker, slot string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if lease, err := q.Take(ctx, slot, served); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("take: got %v, %v; want nothing", lease, err)
	}
}

// finish delivers the picture of a lease.
func finish(t *testing.T, q Broker, lease *jobs.Lease) {
	t.Helper()
	if err := q.Finish(t.Context(), lease, picture(lease.Job), nil); err != nil {
		t.Fatalf("finish %s: %v", lease.Job.Key, err)
	}
}

// await waits for a job that ends soon.
func await(t *testing.T, q Broker, ticket jobs.Ticket) (jobs.Result, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	return q.Await(ctx, ticket, nil)
}

// wantPicture checks that the job ends with its picture.
func wantPicture(t *testing.T, q Broker, ticket jobs.Ticket, j jobs.Job) {
	t.Helper()
	got, err := await(t, q, ticket)
	if err != nil || string(got.PNG) != string(picture(j).PNG) {
		t.Fatalf("await %s: %q, %v", j.Key, got.PNG, err)
	}
}

// wantError checks that the job ends with an error.
func wantError(t *testing.T, q Broker, ticket jobs.Ticket, want error) {
	t.Helper()
	if got, err := await(t, q, ticket); !errors.Is(err, want) {
		t.Fatalf("await: %q, %v; want %v", got.PNG, err, want)
	}
}

// settle settles a job and checks whether it was this call that did.
func settle(t *testing.T, q Broker, ticket jobs.Ticket, want bool) {
	t.Helper()
	if got, err := q.Settle(t.Context(), ticket); err != nil || got != want {
		t.Fatalf("settle: %v, %v; want %v", got, err, want)
	}
}

// stats counts, or fails the test.
func stats(t *testing.T, q Broker) jobs.Stats {
	t.Helper()
	s, err := q.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func keyOf(user string, n int) string { return fmt.Sprintf("%s/%d", user, n) }
