package turn

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/view"
	"pentimento/jobs"
	"pentimento/session"
)

// An Observer is told what turns take and how they end; package metrics is one.
type Observer interface {
	// Stage is called with how long a stage of a turn took: "keep", storing a
	// picture and its turn; "answer", showing it; "turn", all of it.
	Stage(name string, took time.Duration)
	// Turn is called once for every turn, with one of a few words.
	Turn(outcome string)
	// Error is called with the kind of a failure.
	Error(kind string)
}

// Nobody observes nothing.
type Nobody struct{}

// Stage does nothing.
func (Nobody) Stage(string, time.Duration) {}

// Turn does nothing.
func (Nobody) Turn(string) {}

// Error does nothing.
func (Nobody) Error(string) {}

// How turns end without a problem.
const (
	outcomeAnswered  = "answered"
	outcomeUnwritten = "unwritten" // not even its message could be written
)

// outcomeOf is how a turn ends with a problem of the kind.
func outcomeOf(kind bot.Kind) string {
	switch kind {
	case bot.Refused, bot.Limited, bot.Busy, bot.NotFound, bot.Invalid:
		return "refused"
	case bot.Cancelled, bot.Stopped, bot.Detached:
		return string(kind)
	}
	return "failed"
}

// errFault is why a turn ended whose carrying out panicked.
var errFault = errors.New("the turn ended in a fault")

// failureOf is how a problem is counted as a failure; empty if it is not one, or if
// the worker that met it has counted it.
func failureOf(p *bot.Problem) string {
	switch {
	case errors.Is(p, jobs.ErrUnavailable):
		return "queue"
	case errors.Is(p, errFault):
		return "fault"
	case p.Kind == bot.Internal, p.Kind == bot.Unavailable:
		return "turn" // the log has it
	}
	return ""
}

// A Report tells users and operators how what was asked for ended.
type Report struct {
	observer Observer
	now      func() time.Time
	log      *slog.Logger

	mu      sync.Mutex
	refused map[string]time.Time // when what was refused to whom was logged
}

// NewReport returns a report to the observer and the log.
func NewReport(observer Observer, now func() time.Time, log *slog.Logger) *Report {
	return &Report{observer: observer, now: now, log: log, refused: map[string]time.Time{}}
}

// Sentence is an error as the user reads it. The log has the error itself if those
// who run the bot can do something about it.
func (r *Report) Sentence(err error) string {
	p := bot.ProblemOf(err)
	p.Log(r.log)
	if p.Kind == bot.NotFound || p.Kind == bot.Invalid {
		return view.Escape(p.Sentence()) // it may quote what somebody said
	}
	return p.Sentence()
}

// refusedEvery is how long a refusal is not logged again, maxRefusals how many
// are remembered.
const (
	refusedEvery = time.Hour
	maxRefusals  = 10_000
)

// Refused logs that something was refused to a user. Whoever tries a thousand
// times gets a thousand sentences and one line of the log.
func (r *Report) Refused(user, what string) {
	if r.isNews(user + " " + what) {
		r.log.Warn("refused", "user", user, "what", what)
	}
}

func (r *Report) isNews(refusal string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	if last, ok := r.refused[refusal]; ok && now.Sub(last) < refusedEvery {
		return false
	}
	if len(r.refused) >= maxRefusals {
		clear(r.refused)
	}
	r.refused[refusal] = now
	return true
}

// Ended notes how a turn of the user ended, and returns it in a word. The log does
// not repeat what the user said.
func (r *Report) Ended(user string, err error) (outcome string) {
	outcome = outcomeAnswered
	if p := bot.ProblemOf(err); p != nil {
		outcome = outcomeOf(p.Kind)
		if failure := failureOf(p); failure != "" {
			r.observer.Error(failure)
		}
		switch {
		case p.Kind == bot.Refused:
			r.Refused(user, p.Sentence())
		case p.Kind == bot.Limited:
			r.Refused(user, "more pictures than a user may have waiting")
		case p.Kind == bot.Busy:
			r.Refused(user, "the queue is full")
		case errors.Is(p, session.ErrNoSuchShare):
			r.Refused(user, "a code under which nothing is shared")
		}
	}
	r.observer.Turn(outcome)
	return outcome
}

// unwritten notes that a message could not be written or changed.
func (r *Report) unwritten(what string, t *Turn, err error) {
	r.log.Warn(what, "turn", t.Request.Event, "error", err)
	r.observer.Error("message")
}
