package discord

import (
	"context"
	"errors"
	"time"

	"pentimento/jobs"
)

// An Observer is told what turns take and how they end; package metrics is one.
type Observer interface {
	// Stage is called with how long a stage of a turn took: "keep", storing a
	// picture and its turn; "answer", showing it; "turn", all of it.
	Stage(name string, took time.Duration)
	// Turn is called once for every turn, with one of a few words.
	Turn(outcome string)
	// Error is called with the kind of a failure that is nobody's wish.
	Error(kind string)
}

// How turns end.
const (
	outcomeAnswered  = "answered"
	outcomeRefused   = "refused"
	outcomeCancelled = "cancelled"
	outcomeDetached  = "detached" // the next process goes on with it
	outcomeStopped   = "stopped"
	outcomeFailed    = "failed"
	outcomeUnwritten = "unwritten" // not even its message could be written
)

// Kinds of failures.
const (
	kindMessage = "message" // a message could not be written or changed
	kindQueue   = "queue"
	kindFault   = "fault"
	kindTurn    = "turn" // all others; the log has them
)

// nobody observes nothing.
type nobody struct{}

func (nobody) Stage(string, time.Duration) {}
func (nobody) Turn(string)                 {}
func (nobody) Error(string)                {}

// ended notes how a turn ended, and returns it in a word.
func (b *Bot) ended(t *turn, err error) string {
	outcome, kind := outcomeOf(t.why(err))
	if kind != "" {
		b.o.Observer.Error(kind)
	}
	if what := refusedWhat(err); what != "" {
		b.refused(t.speaker.ID, what)
	}
	b.o.Observer.Turn(outcome)
	return outcome
}

// outcomeOf is how a turn with the error ended, and the kind of failure if it
// is one that nobody else counts.
func outcomeOf(err error) (outcome, kind string) {
	var refused refusal
	var limit *jobs.LimitError
	var failure *jobs.Failure
	switch {
	case err == nil:
		return outcomeAnswered, ""
	case errors.As(err, &refused), errors.As(err, &limit), errors.Is(err, jobs.ErrQueueFull):
		return outcomeRefused, ""
	case errors.Is(err, jobs.ErrDetached):
		return outcomeDetached, ""
	case errors.Is(err, errStopping):
		return outcomeStopped, ""
	case errors.Is(err, errCancelled), errors.Is(err, jobs.ErrCancelled):
		return outcomeCancelled, ""
	case errors.As(err, &failure):
		return outcomeFailed, "" // whoever drew it has counted it
	case errors.Is(err, jobs.ErrUnavailable):
		return outcomeFailed, kindQueue
	case errors.Is(err, errFault):
		return outcomeFailed, kindFault
	case hasSentence(err):
		return outcomeRefused, ""
	}
	return outcomeFailed, kindTurn
}

// connected notes that a shard is connected, or is no more.
func (b *Bot) connected(shard int, up bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shards[shard] = up
}

// errNotConnected says that the bot hears nothing of what people say.
var errNotConnected = errors.New("not connected to Discord")

// Check reports whether the bot is connected to Discord.
func (b *Bot) Check(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.shards) == 0 {
		return errNotConnected
	}
	for _, up := range b.shards {
		if !up {
			return errNotConnected
		}
	}
	return nil
}
