package jobs

import (
	"errors"
	"testing"
	"time"

	"pentimento/recipe"
)

// What nobody settles does not stay for ever.
func TestUnclaimedResultsGo(t *testing.T) {
	m := NewMemory(Options{})
	job := func(key string) Job {
		return Job{Key: key, User: "ann", Place: "p", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
	}
	for _, key := range []string{"drawn", "waiting"} {
		if _, err := m.Submit(t.Context(), job(key)); err != nil {
			t.Fatal(err)
		}
	}
	lease, err := m.Take(t.Context(), "w/0", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Finish(t.Context(), lease, Result{PNG: []byte("picture")}, nil); err != nil {
		t.Fatal(err)
	}
	left := func(after time.Duration) int {
		m.dropUnclaimed(time.Now().Add(after))
		pending, err := m.Outstanding(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(pending)
	}
	if n := left(unclaimedFor / 2); n != 2 {
		t.Errorf("%d are left early on, want 2", n)
	}
	if n := left(2 * unclaimedFor); n != 1 {
		t.Errorf("%d are left in the end, want the one that waits", n)
	}
	if _, err := m.Submit(t.Context(), job("drawn")); !errors.Is(err, ErrSettled) {
		t.Errorf("submitted again: %v", err)
	}
}

// Who is forgotten is not remembered for having talked either.
func TestForgetLeavesNoName(t *testing.T) {
	m := NewMemory(Options{})
	for _, user := range []string{"ann", "anna"} {
		job := Job{Key: user, User: user, Place: "p", Recipe: recipe.Recipe{Turns: []recipe.Turn{{Prompt: "a cat"}}}}
		ticket, err := m.Submit(t.Context(), job)
		if err != nil {
			t.Fatal(err)
		}
		lease, err := m.Take(t.Context(), "w/0", nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Finish(t.Context(), lease, Result{}, nil); err != nil {
			t.Fatal(err)
		}
		if ok, err := m.Settle(t.Context(), ticket); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if err := m.Forget(t.Context(), "ann"); err != nil {
		t.Fatal(err)
	}
	if len(m.homes) != 1 || m.homes[sessionOf(Job{User: "anna", Place: "p"})] != "w" {
		t.Errorf("known are the sessions %q", m.homes)
	}
}
