package turn

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
	"pentimento/bot/gate"
	"pentimento/jobs"
)

// A Runner carries out turns.
type Runner struct {
	// Conversations are those that turns belong to, Quota is what may be drawn.
	Conversations *Conversations
	Quota         Quota
	// PerUser is how many turns somebody without a special role may have waiting
	// or being drawn.
	PerUser int
	// Desk is where pages are put together.
	Desk *Desk
	// Running has the turns that are being carried out.
	Running *Running
	// State remembers the messages that wait, as those of a process with these
	// Shards.
	State  *state.State
	Shards string
	// Style is what messages look like.
	Style view.Style
	// Backoff is how long is waited before a message that Discord cannot take is
	// written again; see [Delivery].
	Backoff time.Duration
	// Again has [Runner.Tidy] complete a message that Discord did not take, which is
	// noted under the name; nil leaves it to the next process.
	Again func(name string, m state.OpenMessage)
	// Report is told how turns end.
	Report *Report
	Log    *slog.Logger

	line line
}

// Run carries out a turn, from its place in the line to the message that shows
// how it ended. Messages are written until ctx ends, also when the turn is
// cancelled.
func (r *Runner) Run(ctx context.Context, t *Turn) {
	working, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	t.cancel, t.ended = cancel, make(chan struct{})
	defer close(t.ended)
	if t.Quick {
		r.runQuick(ctx, working, t)
		return
	}
	if t.place != nil {
		r.Running.add(t)
	} else if !r.open(ctx, t) {
		return
	}
	defer t.place.leave()
	start := r.Report.now()
	show := newThrottle(working, r.showing(ctx, working, t))
	defer show.stop()
	var final object.Content
	err := t.place.wait(working, func(ahead int) { show.set(view.Waiting(r.Style, t.shown(), ahead)) })
	if err == nil {
		final, err = r.answer(working, t, r.request(t, show))
	}
	show.stop()
	if err != nil {
		err = reason(working, err)
		final = view.NotDrawn(t.Said, r.Report.Sentence(err))
	}
	r.Running.remove(t)
	showing := r.Report.now()
	switch shown := r.reveal(ctx, t, final); {
	case !shown && t.note != "" && r.Again != nil:
		r.Again(t.note, r.waiting(t))
	case shown && !errors.Is(err, jobs.ErrDetached):
		r.Settle(t)
	}
	now := r.Report.now()
	r.Report.observer.Stage("answer", now.Sub(showing))
	r.Report.observer.Stage("turn", now.Sub(start))
	r.Log.Info("a turn has ended", "turn", t.Request.Event, "outcome", r.Report.Ended(t.Speaker.ID, err), "seconds", now.Sub(start).Seconds())
}

// runQuick carries out a turn that draws nothing new, and writes its message.
func (r *Runner) runQuick(ctx, working context.Context, t *Turn) {
	r.Running.add(t)
	defer r.Running.remove(t)
	request := t.Request
	request.Allow = r.Quota.Policy.Allows
	leave, err := r.enterDesk(working, t)
	defer leave()
	var final object.Content
	if err == nil {
		final, err = r.answer(working, t, request)
	}
	if err != nil {
		err = reason(working, err)
		final = view.NotDrawn(t.Said, r.Report.Sentence(err))
	}
	r.Report.Ended(t.Speaker.ID, err)
	id, posting := r.post(ctx, t, final)
	if posting != nil {
		return
	}
	r.Settle(t)
	if err == nil && t.After != nil {
		t.After(ctx, id)
	}
}

// enterDesk gives a turn that puts pages together its place at the desk, to be left
// when they are sent. Others need none.
func (r *Runner) enterDesk(ctx context.Context, t *Turn) (leave func(), err error) {
	if !t.Pages {
		return func() {}, nil
	}
	leave, err = r.Desk.enter(ctx, t.Speaker.ID)
	if err != nil {
		leave = func() {}
	}
	return leave, err
}

// open gives the turn its place in the line and its message, and reports whether
// it has both. It counts as running before anything is noted of it, so that who forgets
// meanwhile waits for its end.
func (r *Runner) open(ctx context.Context, t *Turn) bool {
	t.Arrival.wait(ctx)
	place, refused := r.line.enter(t.Speaker.ID, t.queue(), r.Quota.Policy.MayWait(r.PerUser, t.Roles))
	t.Arrival.Pass()
	if refused == nil {
		r.Running.add(t)
		if refused = r.Note(t); refused != nil {
			place.leave()
			r.Running.remove(t)
		}
	}
	first := view.Waiting(r.Style, t.shown(), 0)
	if refused != nil {
		first = view.NotDrawn(t.Said, r.Report.Sentence(refused))
	}
	id, err := r.post(ctx, t, first)
	if err != nil {
		r.Report.observer.Turn(outcomeUnwritten)
	}
	switch {
	case refused == nil && err == nil:
		t.place = place
		r.Running.posted(t, id)
		r.noteMessage(t)
		return true
	case refused == nil:
		place.leave()
		r.Running.remove(t)
	case err == nil:
		r.Report.Ended(t.Speaker.ID, refused)
		r.Settle(t)
	}
	return false
}

// answer has the turn's conversation do what is asked for, and returns what the
// message shows of the answer. A panic in that is returned as an error.
func (r *Runner) answer(working context.Context, t *Turn, request bot.Request) (out object.Content, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			r.Log.Error("a turn ended in a fault", "turn", request.Event, "fault", fault, "stack", string(debug.Stack()))
			err = errFault
		}
	}()
	if t.Before != nil {
		if request.Turn, err = t.Before(working); err != nil {
			return out, err
		}
	}
	c := r.Conversations.Open(t.Key)
	before := *c
	a, err := t.Do(working, c, request)
	r.Conversations.KeepQuestion(&before, c)
	if err == nil {
		err = r.Conversations.KeepOptions(&before, c)
	}
	if err != nil {
		return out, err
	}
	if a.Drawing != nil {
		r.Report.observer.Stage("keep", a.Kept)
	}
	// The turn is done, and shown even if it was cancelled too late.
	return view.Answer(r.Style, t.shown(), a)
}

// gate is what pictures are shown through.
func (r *Runner) gate() *gate.Gate { return r.Conversations.Pattern.Gate }

// request is what a turn asks for that has its place and its message.
func (r *Runner) request(t *Turn, show *throttle) bot.Request {
	out := t.Request
	if t.asOf == r.Running.Ended() {
		out.Session = t.session
	}
	out.Allow = func(prompt string) error { return r.Quota.allow(t, prompt) }
	out.Watch, out.Previews, out.Memo = r.watching(t, show), !r.gate().Checks(), r.memoOf(t)
	return out
}

// showing shows what becomes of a turn in its message.
func (r *Runner) showing(ctx, working context.Context, t *Turn) func(object.Content) {
	return func(c object.Content) {
		// The last word waits for it, so that it is not overwritten by what was
		// before it; not for long. A cancel does not cut it short: Discord may
		// have taken the request already, and carry it out later.
		ctx, cancel := context.WithTimeout(ctx, showWithin)
		defer cancel()
		if err := t.Surface.edit(ctx, c); err != nil && working.Err() == nil {
			r.Log.Debug("progress cannot be shown", "error", err)
		}
	}
}

// watching shows how the turn's picture fares.
func (r *Runner) watching(t *Turn, show *throttle) func(jobs.Event) {
	var preview gate.Picture
	return func(e jobs.Event) {
		if e.Vacant > 0 {
			show.set(view.Vacant(r.Style, t.shown(), bot.NoticeVacant(e.Vacant)))
			return
		}
		if !e.Running {
			// Besides those that will be drawn before it, one that is being
			// drawn has to end first.
			show.set(view.Waiting(r.Style, t.shown(), e.Ahead+min(1, e.Drawing)))
			return
		}
		r.Running.drawing(t)
		if len(e.Preview) > 0 {
			preview = r.gate().Preview(e.Preview)
		}
		show.set(view.Progress(r.Style, t.shown(), e.Progress, preview))
	}
}

// reason is why a turn ended with the error: that it was cancelled, and by whom,
// if it was.
func reason(working context.Context, err error) error {
	if working.Err() == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, jobs.ErrCancelled) {
		return err
	}
	cause := context.Cause(working)
	if errors.Is(cause, jobs.ErrDetached) {
		return errStopping // it was not in the queue yet
	}
	return cause
}
