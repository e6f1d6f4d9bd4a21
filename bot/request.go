package bot

import (
	"context"
	"encoding/json"
	"errors"

	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

// A Request is who asks a conversation for something, of which picture, and how
// the answer is shown. The zero value is the session's user, who speaks of the
// head and looks at the answer alone.
type Request struct {
	// Author is who says it; empty for the session's user.
	Author string
	// Event is the identity of the message: what is delivered twice makes one
	// turn. Without one, only this process can answer.
	Event string
	// Turn is the picture that is spoken of; 0 for the head.
	Turn int
	// Identity is what the turn of that number must have, so that a button of a
	// picture that was deleted is not one of the next with its number; nil for any.
	// With a Turn of 0 it says that nothing was drawn.
	Identity *uint64
	// Session is the conversation's session, if the asker has read it and it has
	// not changed since; nil has it read.
	Session *session.Session
	// Watch is told how the picture fares; nil for nobody.
	Watch func(jobs.Event)
	// Previews says that whoever watches shows the previews of a drawing.
	Previews bool
	// Thumbnails is how many pictures an answer about several turns shows at
	// most. With 0, a film or sheet has all and a history or share has none.
	Thumbnails int
	// Allow refuses a prompt before it is drawn, AllowImport a whole recipe that
	// comes as a file; the errors are for the user. Nil allows all.
	Allow       func(prompt string) error
	AllowImport func(recipe.Recipe) error
	// Memo is what the asker needs to answer if it is another process by the
	// time that the picture is drawn; see [ReadMemo].
	Memo json.RawMessage
}

// allow is Allow, or nil for all.
func (r Request) allow(prompt string) error {
	if r.Allow == nil {
		return nil
	}
	return r.Allow(prompt)
}

// allowNegative refuses a negative prompt that is drawn: with guidance below 1 the
// picture is led to it and not away.
func (r Request) allowNegative(s recipe.Settings) error {
	if s.Guidance >= 1 || s.Negative == "" {
		return nil
	}
	return r.allow(s.Negative)
}

// turnTo moves the head of s to the picture that is spoken of.
func (r Request) turnTo(s *session.Session) error {
	if err := r.About(s); err != nil {
		return err
	}
	if r.Turn == 0 || r.Turn == s.Head {
		return nil
	}
	return s.Goto(r.Turn)
}

// ErrPictureGone says that somebody speaks of a picture that is not kept any more,
// by a button of it or in a reply to it.
var ErrPictureGone = errors.New("that picture is not kept any more, so nothing was done; speak of a newer one")

// About reports whether the session still has what is spoken of; the error is
// [ErrPictureGone].
func (r Request) About(s *session.Session) error {
	if r.Identity == nil || r.Turn == 0 && s.Head == 0 {
		return nil
	}
	turn, err := s.Turn(r.Turn)
	if err != nil || turn.Identity != *r.Identity {
		return ErrPictureGone
	}
	return nil
}

// load returns the session with the picture that is spoken of at its head.
func (c *Conversation) load(ctx context.Context, r Request) (*session.Session, error) {
	s := r.Session
	if s == nil {
		var err error
		if s, err = c.Store.Load(ctx, c.Key); err != nil {
			return nil, err
		}
	}
	return s, r.turnTo(s)
}

// head is load where something is drawn, with the turn at the head.
func (c *Conversation) head(ctx context.Context, r Request) (*session.Session, session.Turn, error) {
	s, err := c.load(ctx, r)
	if err != nil {
		return nil, session.Turn{}, err
	}
	if s.Head == 0 {
		return nil, session.Turn{}, ErrNothingDrawn
	}
	turn, err := s.Turn(s.Head)
	return s, turn, err
}

// Memo is what a job carries for those who answer.
type Memo struct {
	// Turn is what will be kept, but for its ID and its picture.
	Turn session.Turn `json:"turn"`
	// Asker is the memo of the [Request].
	Asker json.RawMessage `json:"asker,omitempty"`
}

// ReadMemo reads the memo of a job. Jobs that make no turn have none, and ok is
// false.
func ReadMemo(job jobs.Job) (memo Memo, ok bool) {
	err := json.Unmarshal(job.Memo, &memo)
	return memo, err == nil && memo.Turn.Event != "" && memo.Turn.Event == job.Key
}
