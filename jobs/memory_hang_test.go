package jobs

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"pentimento/recipe"
)

// hangs draws until it is woken, whatever its context says.
type hangs chan bool

// Draw implements Engine.
func (h hangs) Draw(context.Context, Job, func(Progress)) (Result, error) {
	<-h
	return Result{PNG: []byte("too late")}, nil
}

// The job of an engine that does not stop ends, as does that of a worker that was
// stopped together with this process only if it hangs on.
func TestHangingEngine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wake := make(hangs)
		q := NewLocal(t.Context(), Options{}, Worker{Name: "w", Engine: wake, TimeLimit: time.Minute, Drain: time.Millisecond})
		job := Job{Key: "a", User: "ann", Place: "p", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
		ticket, err := q.Submit(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		begun := time.Now()
		_, err = q.Await(t.Context(), ticket, nil)
		if f, ok := errors.AsType[*Failure](err); !ok || f.Kind != TimeLimit || f.Sentence == "" {
			t.Errorf("await: %v, want a failure of kind %s", err, TimeLimit)
		}
		if took := time.Since(begun); took < 2*time.Minute || took > 3*time.Minute {
			t.Errorf("it took %v to notice", took)
		}
		close(wake)
		if _, err := q.Await(t.Context(), ticket, nil); err == nil {
			t.Error("the late picture was taken")
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
}

// A process that was stopped for a while takes none of its workers for hung.
func TestStoppedProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(Options{})
		job := Job{Key: "a", User: "ann", Place: "p", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
		if _, err := m.Submit(t.Context(), job); err != nil {
			t.Fatal(err)
		}
		lease, err := m.Take(t.Context(), "w/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, stopped := range []time.Duration{time.Second, time.Hour, time.Second} {
			time.Sleep(stopped)
			if err := m.Reap(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Beat(t.Context(), lease, nil); err != nil {
			t.Errorf("beat: %v", err)
		}
	})
}
