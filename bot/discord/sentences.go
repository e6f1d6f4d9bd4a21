package discord

import (
	"context"
	"errors"
	"fmt"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/session"
	"pentimento/session/recipefile"
)

var (
	// errCancelled is why a turn was dropped whose user pressed Cancel.
	errCancelled = errors.New("cancelled")
	// errFault is why a turn ended whose carrying out panicked.
	errFault = errors.New("the turn ended in a fault")
	// errStopping ends turns when the bot stops.
	errStopping = errors.New("the bot is being stopped")
)

// noAttaching is said where the bot may write and not attach files.
const noAttaching = "I may not attach files here, so I can't show it. Whoever runs the server can give me the permission Attach Files."

// failed is what the message says instead of a picture.
func (b *Bot) failed(t *turn, err error) content {
	return content{text: notDrawn(t.said, b.sentence(t.why(err)))}
}

// why is the reason for an error: that the turn was cancelled, and by whom, if
// it was.
func (t *turn) why(err error) error {
	if t.ctx == nil || t.ctx.Err() == nil || !errors.Is(err, context.Canceled) && !errors.Is(err, jobs.ErrCancelled) {
		return err
	}
	cause := context.Cause(t.ctx)
	if errors.Is(cause, jobs.ErrDetached) {
		return errStopping // it was not in the queue yet
	}
	return cause
}

// sentence is an error as the user reads it. What has no sentence for users
// goes to the log.
func (b *Bot) sentence(err error) string {
	var refused refusal
	var limit *jobs.LimitError
	var failure *jobs.Failure
	switch {
	case errors.As(err, &refused):
		return refused.Error()
	case errors.As(err, &limit):
		return fmt.Sprintf("You have %s waiting or being drawn already; wait for one or cancel it.", plural(limit.Limit, "picture"))
	case errors.As(err, &failure):
		return failure.Sentence
	case errors.Is(err, jobs.ErrQueueFull):
		return "Very many pictures are waiting just now. Try again in a minute."
	case errors.Is(err, jobs.ErrUnavailable):
		b.log.Error("the queue of pictures cannot be reached", "error", err)
		return "The pictures' queue cannot be reached just now, so nothing was drawn. Try again in a minute."
	case errors.Is(err, jobs.ErrDetached):
		return "I am being restarted. This picture goes on being drawn and will appear here."
	case errors.Is(err, errCancelled), errors.Is(err, jobs.ErrCancelled):
		return "Cancelled. Nothing was changed."
	case errors.Is(err, errStopping):
		return "I am being restarted, so this was not drawn; say it again in a minute."
	case errors.Is(err, session.ErrUnavailable), errors.Is(err, session.ErrMemoryFull), errors.Is(err, session.ErrDiskFull):
		b.log.Error("sessions cannot be kept", "error", err)
		return "What we say cannot be kept just now. Try again in a minute."
	case errors.Is(err, jobs.ErrInvalid):
		b.log.Warn("a picture cannot be queued", "error", err)
		return "The way to this picture is too long to be drawn. Go back some turns, or start a new one."
	case hasSentence(err):
		return capital(escape(err.Error())) + "." // it may quote what somebody said
	}
	b.log.Error("a turn failed", "error", err)
	return "Something went wrong on my side. It is in the log; try again."
}

// hasSentence reports whether an error says to users what they did.
func hasSentence(err error) bool {
	var distance *session.DistanceError
	var model *editor.ModelError
	return errors.As(err, &distance) || errors.As(err, &model) || errors.Is(err, bot.ErrNothingDrawn) || errors.Is(err, bot.ErrTooStrong) ||
		errors.Is(err, session.ErrNoSuchTurn) || errors.Is(err, session.ErrFull) || errors.Is(err, session.ErrTooLarge) ||
		errors.Is(err, editor.ErrNoSuchWord) || errors.Is(err, recipefile.ErrNoRecipe) || errors.Is(err, recipefile.ErrNewer) ||
		errors.Is(err, recipefile.ErrInvalid) || errors.Is(err, recipefile.ErrTooLarge)
}
