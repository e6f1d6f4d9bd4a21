package turn

import (
	"context"
	"errors"
	"time"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/view"
)

// A Delivery has messages written, whatever Discord answers.
type Delivery struct {
	// Backoff is how long is waited before what Discord cannot take just now is
	// written again, a second time; 2 s if zero. Every request is repeated some
	// times before that.
	Backoff time.Duration
	// Waiting is called before each wait; nil for nothing.
	Waiting func()
}

// How often what Discord cannot take just now is written again, and after how long
// at first.
const (
	deliverAgain = 4
	deliverAfter = 2 * time.Second
)

// Write writes the content. If Discord refuses it, simpler ones are written in its
// place, in the end a sentence; if it cannot take it, the same is written again. The
// error is that of the last attempt.
func (d Delivery) Write(ctx context.Context, c object.Content, write func(context.Context, object.Content) error) error {
	wait := d.Backoff
	if wait == 0 {
		wait = deliverAfter
	}
	simpler := view.Simpler(c)
	err := write(ctx, c)
	for n := 0; err != nil && !errors.Is(err, rest.ErrToken); {
		switch {
		case rest.Refused(err) && len(simpler) == 0, n == deliverAgain:
			return err
		case rest.Refused(err):
			if errors.Is(err, rest.ErrPermission) && len(c.Files) > 0 {
				simpler = []object.Content{view.NoAttaching()}
			}
			c, simpler = simpler[0], simpler[1:]
		default:
			if !d.pause(ctx, wait<<(2*n)) {
				return err
			}
			n++
		}
		err = write(ctx, c)
	}
	return err
}

// pause waits, and reports whether ctx goes on.
func (d Delivery) pause(ctx context.Context, wait time.Duration) bool {
	if d.Waiting != nil {
		d.Waiting()
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// reveal makes the turn's message show how it ended, and reports whether nothing
// more can be done for it. If not, the next process tries. While Discord cannot
// take it, the turns after this one go on.
func (r *Runner) reveal(ctx context.Context, t *Turn, final object.Content) bool {
	delivery := Delivery{Backoff: r.Backoff, Waiting: t.place.leave}
	err := delivery.Write(ctx, final, t.Surface.edit)
	switch {
	case err == nil:
		return true
	case errors.Is(err, rest.ErrGone):
		r.Report.unwritten("the message of a turn is gone", t, err)
		r.tellElsewhere(ctx, t, view.MessageGone(final))
		return true
	}
	r.Report.unwritten("a picture cannot be shown", t, err)
	r.tellElsewhere(ctx, t, view.Undelivered())
	return false
}

// post writes the turn's message and returns its ID. If it cannot be written, the
// speaker is told so where that is possible.
func (r *Runner) post(ctx context.Context, t *Turn, c object.Content) (id string, err error) {
	err = Delivery{Backoff: r.Backoff}.Write(ctx, c, func(ctx context.Context, c object.Content) (err error) {
		id, _, err = t.Surface.post(ctx, c)
		return err
	})
	if err != nil {
		r.Report.unwritten("no answer can be written", t, err)
		r.tellElsewhere(ctx, t, view.Undelivered())
	}
	return id, err
}

// tellElsewhere says to the speaker what cannot be said in the turn's message.
func (r *Runner) tellElsewhere(ctx context.Context, t *Turn, c object.Content) {
	if t.Tell == nil || ctx.Err() != nil {
		return
	}
	if err := t.Tell(ctx, c); err != nil {
		r.Report.unwritten("nothing can be said", t, err)
	}
}
