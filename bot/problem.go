package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"pentimento/bot/gate"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/picture/photo"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// Kind is what sort of problem somebody has met. Surfaces and metrics decide by
// it.
type Kind string

// The kinds of problems.
const (
	// Refused: the rules of the place forbid it.
	Refused Kind = "refused"
	// Limited: the user has as many pictures waiting as are allowed.
	Limited Kind = "limited"
	// Busy: too much is waiting for everybody.
	Busy Kind = "busy"
	// NotFound: the turn, word, share or picture that was named is not there.
	NotFound Kind = "not_found"
	// Invalid: what was asked for cannot be done as it was said.
	Invalid Kind = "invalid"
	// Cancelled: the user wished so.
	Cancelled Kind = "cancelled"
	// Detached: the next process goes on with it.
	Detached Kind = "detached"
	// Stopped: the program ends, and nothing was drawn.
	Stopped Kind = "stopped"
	// Failed: whoever drew the picture gave it up, and has logged why.
	Failed Kind = "failed"
	// Unavailable: the queue or the store cannot be reached, or has no room.
	Unavailable Kind = "unavailable"
	// Internal: a fault of the program or its surroundings.
	Internal Kind = "internal"
)

// A Problem is an error as the user meets it. Every surface shows its sentence,
// metrics count its kind, and the log has the error behind it.
type Problem struct {
	// Kind is what sort of problem it is.
	Kind Kind
	// Text tells the user what is wrong and what can be done, without the full
	// stop and mostly without the capital, as errors are written. It may quote
	// what the user said.
	Text string
	// Err is the error behind it; nil for none.
	Err error
}

// Problemf returns a problem with that text and no other error behind it.
func Problemf(kind Kind, format string, args ...any) *Problem {
	return &Problem{Kind: kind, Text: fmt.Sprintf(format, args...)}
}

// Error is the text for the user.
func (p *Problem) Error() string { return p.Text }

// Unwrap returns the error behind the problem.
func (p *Problem) Unwrap() error { return p.Err }

// Sentence is the text with its capital and its full stop.
func (p *Problem) Sentence() string {
	first, size := utf8.DecodeRuneInString(p.Text)
	text := string(unicode.ToUpper(first)) + p.Text[size:]
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// Log writes the error behind the problem to log if those who run the program
// can do something about it.
func (p *Problem) Log(log *slog.Logger) {
	switch p.Kind {
	case Unavailable:
		log.Error("something that is needed cannot be reached", "error", p.cause())
	case Internal:
		log.Error("a turn failed", "error", p.cause())
	}
}

// cause is the error behind the problem, or the problem if that is all.
func (p *Problem) cause() error {
	if p.Err == nil {
		return p
	}
	return p.Err
}

// ProblemOf makes a problem of any error; nil of nil. An error that it does not
// know is [Internal], and only the log tells what it was.
func ProblemOf(err error) *Problem {
	if err == nil {
		return nil
	}
	if known, ok := errors.AsType[*Problem](err); ok {
		return known
	}
	of := func(kind Kind, text string) *Problem { return &Problem{Kind: kind, Text: text, Err: err} }
	if limit, ok := errors.AsType[*jobs.LimitError](err); ok {
		return of(Limited, fmt.Sprintf("you have %s waiting or being drawn already; wait for one or cancel it", Plural(limit.Limit, "picture")))
	}
	if failure, ok := errors.AsType[*jobs.Failure](err); ok {
		return of(Failed, strings.TrimSuffix(failure.Sentence, "."))
	}
	if kind, text := retold(err); kind != "" {
		return of(kind, text)
	}
	if kind := kindOfTold(err); kind != "" {
		return of(kind, err.Error())
	}
	return of(Internal, "something went wrong on my side. It is in the log; try again")
}

// retold is the kind of an error that was not written for users, and what they are
// told instead; empty for any other error.
func retold(err error) (Kind, string) {
	switch {
	case isAny(err, jobs.ErrQueueFull):
		return Busy, "very many pictures are waiting just now. Try again in a minute"
	case isAny(err, jobs.ErrUnavailable):
		return Unavailable, "the pictures' queue cannot be reached just now, so nothing was drawn. Try again in a minute"
	case isAny(err, jobs.ErrDetached):
		return Detached, "I am being restarted. This picture goes on being drawn and will appear here"
	case isAny(err, jobs.ErrCancelled, context.Canceled):
		return Cancelled, "cancelled. Nothing was changed"
	case isAny(err, session.ErrNotErased):
		return Unavailable, "nobody can ask for what you said any more, but the disk is full, so some of it still lies there. It is erased by the next /forget, or when I am started again"
	case isAny(err, session.ErrUnavailable, session.ErrMemoryFull, session.ErrDiskFull):
		return Unavailable, "what we say cannot be kept just now. Try again in a minute"
	case isAny(err, jobs.ErrInvalid):
		return Internal, "the way to this picture is too long to be drawn. Go back some turns, or start a new one"
	}
	return "", ""
}

// kindOfTold is the kind of an error whose text tells users what they did; empty
// for any other error.
func kindOfTold(err error) Kind {
	_, otherModel := errors.AsType[*editor.ModelError](err)
	switch {
	case isAny(err, gate.ErrUnsafe, gate.ErrUnchecked):
		return Refused
	case isAny(err, session.ErrNoSuchTurn, session.ErrNoSuchShare, session.ErrNothingToUndo, session.ErrNothingToRedo, editor.ErrNoSuchWord, editor.ErrNoPicture, ErrNothingDrawn, ErrPictureGone):
		return NotFound
	case otherModel,
		isAny(err, session.ErrFull, session.ErrTooLarge, ErrTooStrong),
		isAny(err, photo.ErrPhoto, photo.ErrArea),
		isAny(err, models.ErrNoEncoder, models.ErrFixedSize, models.ErrSizeMultiple, models.ErrSizeBounds),
		isAny(err, recipefile.ErrNoRecipe, recipefile.ErrNewer, recipefile.ErrInvalid, recipefile.ErrTooLarge):
		return Invalid
	}
	return ""
}

// isAny reports whether an error is one of those.
func isAny(err error, targets ...error) bool {
	return slices.ContainsFunc(targets, func(target error) bool { return errors.Is(err, target) })
}
