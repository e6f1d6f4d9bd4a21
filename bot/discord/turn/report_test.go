package turn

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/jobs"
	"pentimento/session"
)

// noted is an observer that writes down what it is told.
type noted struct{ outcomes, failures []string }

func (n *noted) Stage(string, time.Duration) {}
func (n *noted) Turn(outcome string)         { n.outcomes = append(n.outcomes, outcome) }
func (n *noted) Error(kind string)           { n.failures = append(n.failures, kind) }

// How turns end is counted in the words that docs/operations.md lists.
func TestHowTurnsEnd(t *testing.T) {
	for _, c := range []struct {
		err                      error
		outcome, failure, logged string
	}{
		{nil, "answered", "", ""},
		{bot.Problemf(bot.Refused, "no"), "refused", "", `what=No.`},
		{&jobs.LimitError{Limit: 5}, "refused", "", "more pictures than a user may have waiting"},
		{jobs.ErrQueueFull, "refused", "", "the queue is full"},
		{session.ErrNoSuchTurn, "refused", "", ""},
		{session.ErrNoSuchShare, "refused", "", "a code under which nothing is shared"},
		{bot.ErrTooStrong, "refused", "", ""},
		{jobs.ErrDetached, "detached", "", ""},
		{errStopping, "stopped", "", ""},
		{errCancelled, "cancelled", "", ""},
		{jobs.ErrCancelled, "cancelled", "", ""},
		{&jobs.Failure{Kind: "time_limit"}, "failed", "", ""},
		{jobs.ErrUnavailable, "failed", "queue", ""},
		{session.ErrUnavailable, "failed", "turn", ""},
		{session.ErrDiskFull, "failed", "turn", ""},
		{errFault, "failed", "fault", ""},
		{errors.New("anything else"), "failed", "turn", ""},
	} {
		var log strings.Builder
		observer := &noted{}
		r := NewReport(observer, time.Now, slog.New(slog.NewTextHandler(&log, nil)))
		err := c.err
		if err != nil {
			err = fmt.Errorf("wrapped: %w", err)
		}
		if got := r.Ended("ann", err); got != c.outcome || strings.Join(observer.outcomes, " ") != c.outcome || strings.Join(observer.failures, " ") != c.failure {
			t.Errorf("%v ended as %q, is counted as %q with the failures %q", c.err, got, observer.outcomes, observer.failures)
		}
		r.Ended("ann", err)
		if n := strings.Count(log.String(), "refused"); (n == 1) != (c.logged != "") || !strings.Contains(log.String(), c.logged) {
			t.Errorf("%v, twice, is logged as %s", c.err, log.String())
		}
	}
}
