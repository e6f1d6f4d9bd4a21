package turn

import (
	"context"
	"errors"
	"testing"

	"pentimento/jobs"
	"pentimento/session"
)

// Turns of a session follow one another in the order of arrival; those of other
// sessions don't wait for them.
func TestLine(t *testing.T) {
	var l line
	enter := func(user, place string) *spot {
		s, err := l.enter(user, session.Key{Place: place}, 3)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	nobody := func(int) { t.Error("the first of a session was told to wait") }
	first, second, third := enter("ann", "a"), enter("ann", "a"), enter("ann", "a")
	if err := first.wait(t.Context(), nobody); err != nil {
		t.Error(err)
	}
	if err := enter("bob", "b").wait(t.Context(), nobody); err != nil {
		t.Error(err)
	}
	var limit *jobs.LimitError
	if _, err := l.enter("ann", session.Key{Place: "elsewhere"}, 3); !errors.As(err, &limit) || limit.Limit != 3 {
		t.Errorf("a fourth turn: %v", err)
	}
	l.admit("ann", session.Key{Place: "from before the restart"}).leave()

	// One in the middle gives up.
	ctx, cancel := context.WithCancel(t.Context())
	if err := second.wait(ctx, func(ahead int) {
		if ahead != 1 {
			t.Errorf("%d are before the second", ahead)
		}
		cancel()
	}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	second.leave()
	told := make(chan int, 10)
	waited := make(chan error, 1)
	go func() { waited <- third.wait(t.Context(), func(ahead int) { told <- ahead }) }()
	if ahead := <-told; ahead != 1 {
		t.Errorf("%d are before the third when the second has gone", ahead)
	}
	first.leave()
	if err := <-waited; err != nil {
		t.Error(err)
	}
	third.leave()
	if len(l.sessions) != 1 || len(l.users) != 1 {
		t.Errorf("of those who left remain %v, %v", l.sessions, l.users)
	}
}
