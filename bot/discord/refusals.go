package discord

import (
	"errors"
	"sync"
	"time"

	"pentimento/jobs"
)

// refusals are what was refused to whom of late. Whoever tries a thousand times
// gets a thousand sentences and one line of the log.
type refusals struct {
	mu   sync.Mutex
	last map[string]time.Time
}

const (
	// refusedEvery is how long a refusal is not logged again.
	refusedEvery = time.Hour
	// maxRefusals bounds how many are remembered.
	maxRefusals = 10_000
)

// add reports whether the refusal is to be logged.
func (r *refusals) add(now time.Time, user, what string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := user + " " + what
	if last, ok := r.last[key]; ok && now.Sub(last) < refusedEvery {
		return false
	}
	if r.last == nil || len(r.last) >= maxRefusals {
		r.last = map[string]time.Time{}
	}
	r.last[key] = now
	return true
}

// refusedWhat is what an error refuses, without a word of what the user said;
// empty if it is no refusal.
func refusedWhat(err error) string {
	var said refusal
	var limit *jobs.LimitError
	switch {
	case errors.As(err, &said):
		return said.Error()
	case errors.As(err, &limit):
		return "more pictures than a user may have waiting"
	case errors.Is(err, jobs.ErrQueueFull):
		return "the queue is full"
	}
	return ""
}

// refused logs, once in a while, that something was refused to a user.
func (b *Bot) refused(userID, what string) {
	if b.refusals.add(b.o.Clock.Now(), userID, what) {
		b.log.Warn("refused", "user", userID, "what", what)
	}
}
