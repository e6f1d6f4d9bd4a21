package turn

import (
	"context"
	"sync"

	"pentimento/bot"
	"pentimento/jobs"
)

// Why turns are cancelled.
var (
	// errCancelled is why a turn was dropped whose user wished so.
	errCancelled = bot.Problemf(bot.Cancelled, "cancelled. Nothing was changed")
	// errStopping ends turns when the bot stops.
	errStopping = bot.Problemf(bot.Stopped, "I am being restarted, so this was not drawn; say it again in a minute")
)

// Running are the turns that are being carried out, and whether new ones are
// taken.
type Running struct {
	// shared says that what is in the queue is drawn and answered without this
	// process too.
	shared bool

	mu       sync.Mutex
	turns    map[*Turn]bool
	ended    int // turns
	draining bool
	aborted  bool
}

// NewRunning returns an empty set. Shared says that what is in the queue is drawn
// and answered without this process too.
func NewRunning(shared bool) *Running { return &Running{shared: shared, turns: map[*Turn]bool{}} }

// add has the turn be cancelled when it is to be.
func (r *Running) add(t *Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turns[t] = true
	if r.draining && !t.Quick || r.aborted {
		t.cancel(errStopping)
	}
}

// posted notes the turn's message, by which it is cancelled.
func (r *Running) posted(t *Turn, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.message = message
}

// remove notes that the turn has ended.
func (r *Running) remove(t *Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.turns, t)
	r.ended++
}

// Ended counts the turns that have ended. While the count stays the same, no
// session has changed.
func (r *Running) Ended() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.ended
}

// drawing notes that a worker has taken the turn's picture.
func (r *Running) drawing(t *Turn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	t.drawing = true
}

// Cancel cancels the turn with that message if it is the user's, and reports
// whether it is.
func (r *Running) Cancel(message, user string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for t := range r.turns {
		if message != "" && t.message == message && t.Speaker.ID == user {
			t.cancel(errCancelled)
			return true
		}
	}
	return false
}

// CancelAll cancels the turns of a user, and those in the user's sessions, and
// waits until they have ended.
func (r *Running) CancelAll(ctx context.Context, user string) error {
	r.mu.Lock()
	var cancelled []*Turn
	for t := range r.turns {
		if t.Key.User == user || t.Speaker.ID == user {
			t.cancel(errCancelled)
			cancelled = append(cancelled, t)
		}
	}
	r.mu.Unlock()
	// One that came too late to be stopped is still being kept.
	for _, t := range cancelled {
		select {
		case <-t.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// Draining reports whether no new turns are taken.
func (r *Running) Draining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.draining
}

// ToggleDraining has new turns refused, or taken again, and reports which.
func (r *Running) ToggleDraining() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = !r.draining
	return r.draining
}

// Stop refuses new turns. Of those that run, it leaves in the queue what another
// process can answer, ends what still waits, and lets go on what is being drawn.
func (r *Running) Stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
	for t := range r.turns {
		_, lasting := t.Surface.lasting()
		switch {
		case t.Quick:
		case lasting && r.shared:
			t.cancel(jobs.ErrDetached)
		case !t.drawing:
			t.cancel(errStopping)
		}
	}
}

// Abort ends all turns.
func (r *Running) Abort() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.aborted = true
	for t := range r.turns {
		t.cancel(errStopping)
	}
}
