// Package bot is the conversation itself, wherever it is held: it takes what
// somebody says, asks the dialogue what is meant, has the engine draw it and
// keeps the turn in the session. The terminal and Discord are two mouths for
// it.
//
// Start with [Conversation.Say]. draw.go makes a job of every picture, which the
// engine draws at once or whoever takes it from a queue; drawer.go is how an
// engine draws a job.
package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/recipe"
	"pentimento/session"
)

// Conversation is one person's dialogue with the engine in one place. Its
// methods must be called one after the other.
type Conversation struct {
	engine  Engine
	queue   jobs.Queue // nil: the engine draws
	planner Planner
	store   session.Store
	key     session.Key
	clock   Clock
	options Options
	pending *dialogue.Question
	asked   Asked
	approve func(ctx context.Context, picture []byte) error // nil: all
}

// Engine draws; [*editor.Engine] does it in this process.
type Engine interface {
	// Draw draws the last turn of the recipe; progress may be nil.
	Draw(ctx context.Context, r recipe.Recipe, progress func(editor.Progress)) (*editor.Drawing, error)
	// Remembers reports whether an edit of the recipe's last turn need not
	// draw that turn again.
	Remembers(ctx context.Context, r recipe.Recipe) bool
	// Find returns the first span of the prompt that is the phrase.
	Find(prompt, phrase string) (recipe.Span, error)
	// Model is what draws.
	Model() *models.Model
}

// Asked is who asks for something, and of which picture. The zero value is
// the session's user, who speaks of the head.
type Asked struct {
	// Author is who says it; empty for the session's user.
	Author string
	// Event is the identity of the message: what is delivered twice makes one
	// turn. A conversation with a queue needs it.
	Event string
	// Turn is the picture that is spoken of; 0 for the head.
	Turn int
	// Allow refuses a prompt before it is drawn, with a sentence for the user;
	// nil allows all.
	Allow func(prompt string) error
	// Previews says that the asker shows the previews of a drawing.
	Previews bool
	// Memo is what the asker needs to answer if it is another process by the
	// time that the picture is drawn; see [ReadMemo].
	Memo json.RawMessage
}

// With returns the conversation as the asker has it. Options and the question
// that is pending are copied.
func (c *Conversation) With(asked Asked) *Conversation {
	out := *c
	out.asked = asked
	return &out
}

// WithApproval returns the conversation as one that shows only pictures of which
// approve is given the PNG and returns no error; what it returns is for the user.
// A picture that is refused when it is drawn is not kept.
func (c *Conversation) WithApproval(approve func(ctx context.Context, picture []byte) error) *Conversation {
	out := *c
	out.approve = approve
	return &out
}

// approved is approve, or nil for all.
func (c *Conversation) approved(ctx context.Context, picture []byte) error {
	if c.approve == nil {
		return nil
	}
	return c.approve(ctx, picture)
}

// Pending is the question that was asked last and not answered; nil for none.
func (c *Conversation) Pending() *dialogue.Question { return c.pending }

// Ask makes the question the one that the next utterance may answer.
func (c *Conversation) Ask(question *dialogue.Question) { c.pending = question }

// load returns the session with the picture that is spoken of at its head.
func (c *Conversation) load(ctx context.Context) (*session.Session, error) {
	s, err := c.store.Load(ctx, c.key)
	if err == nil {
		err = c.turnTo(s)
	}
	return s, err
}

// turnTo moves the head of s to the picture that is spoken of.
func (c *Conversation) turnTo(s *session.Session) error {
	if c.asked.Turn == 0 || c.asked.Turn == s.Head {
		return nil
	}
	return s.Goto(c.asked.Turn)
}

// Clock is what a conversation needs of the world outside.
type Clock struct {
	// Now is the time of a turn.
	Now func() time.Time
	// Seed chooses the seed of a new picture when the options give none.
	Seed func() uint64
}

// New returns the conversation that store keeps under key, or a new one.
func New(engine Engine, planner Planner, store session.Store, key session.Key, options Options, clock Clock) *Conversation {
	return &Conversation{engine: engine, planner: planner, store: store, key: key, options: options, clock: clock}
}

// Answer is what a conversation says back: a picture, or a question.
type Answer struct {
	// Turn is the head of the session now; its ID is 0 while nothing is drawn.
	Turn session.Turn
	// Source is the turn that Turn edits; nil for a root.
	Source *session.Turn
	// PNG is the picture of Turn.
	PNG []byte
	// Plan is what was understood; nil for commands.
	Plan *dialogue.Plan
	// Drawing is what drawing the picture took; nil when an old picture is
	// shown again.
	Drawing *jobs.Result
	// Kept is how long storing the turn and its picture took.
	Kept time.Duration
	// Seconds from the utterance to the picture.
	Seconds float64
	// Question is asked instead of an answer.
	Question *dialogue.Question
	// Notices are sentences that the user should read: words that were
	// dropped, parts that could not be done.
	Notices []string
}

// Say answers an utterance. watch, which may be nil, is told how the picture
// fares. When ctx is cancelled the turn is dropped and the session stays as it
// was, unless the picture is finished by then.
func (c *Conversation) Say(ctx context.Context, utterance string, watch func(jobs.Event)) (*Answer, error) {
	s, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := s.ByEvent(c.asked.Event); ok {
		return c.Made(ctx, c.asked.Event)
	}
	talk, err := c.dialogueOf(s)
	if err != nil {
		return nil, err
	}
	reply := c.planner.Plan(ctx, utterance, talk)
	c.pending = reply.Question
	if reply.Question != nil {
		return &Answer{Question: reply.Question}, nil
	}
	answer, err := c.do(ctx, s, utterance, reply.Plan, watch)
	if err != nil {
		return nil, err
	}
	answer.Plan = reply.Plan
	answer.Notices = append(answer.Notices, c.noticesOf(reply.Plan)...)
	return answer, nil
}

// Imagine draws a new picture of the prompt as it stands, without asking the
// dialogue what is meant. watch is as in Say.
func (c *Conversation) Imagine(ctx context.Context, prompt string, watch func(jobs.Event)) (*Answer, error) {
	s, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	c.pending = nil // it was about another picture
	plan := &dialogue.Plan{Action: dialogue.Imagine, Prompt: prompt, Reason: "a new picture by command"}
	return c.draw(ctx, s, prompt, plan, watch)
}

// do carries out a plan.
func (c *Conversation) do(ctx context.Context, s *session.Session, utterance string, plan *dialogue.Plan, watch func(jobs.Event)) (*Answer, error) {
	switch plan.Action {
	case dialogue.Imagine, dialogue.Edit:
		return c.draw(ctx, s, utterance, plan, watch)
	case dialogue.Undo:
		return c.Revert(ctx, max(1, plan.Steps))
	case dialogue.Redo:
		return c.Redo(ctx, max(1, plan.Steps))
	case dialogue.Goto:
		return c.Goto(ctx, plan.Steps)
	case dialogue.Restart:
		return c.Restart(ctx)
	case dialogue.Set:
		return c.change(ctx, plan.Settings)
	}
	return nil, fmt.Errorf("the plan's action %q is not known", plan.Action)
}

// author is who speaks.
func (c *Conversation) author() string {
	if c.asked.Author != "" {
		return c.asked.Author
	}
	return c.key.User
}

// answer shows the head of the session.
func (c *Conversation) answer(ctx context.Context, s *session.Session) (*Answer, error) {
	answer, err := answerOf(s)
	if err == nil {
		answer.PNG, err = c.Picture(ctx, s, s.Head)
	}
	return answer, err
}

// answerOf is the head of the session as an answer without its picture.
func answerOf(s *session.Session) (*Answer, error) {
	turn, err := s.Turn(s.Head)
	if err != nil {
		return nil, err
	}
	answer := &Answer{Turn: turn}
	if turn.Parent != 0 {
		source, err := s.Turn(turn.Parent)
		if err != nil {
			return nil, err
		}
		answer.Source = &source
	}
	return answer, nil
}

// Picture returns the PNG of a turn. A picture that is no longer kept is drawn
// again from its recipe.
func (c *Conversation) Picture(ctx context.Context, s *session.Session, id int) ([]byte, error) {
	turn, err := s.Turn(id)
	if err != nil {
		return nil, err
	}
	picture, err := c.store.GetBlob(ctx, c.key, turn.Picture)
	if err == nil {
		return picture, c.approved(ctx, picture)
	}
	result, err := c.redraw(ctx, s, id, nil)
	if err == nil {
		err = c.approved(ctx, result.PNG)
	}
	if err != nil {
		return nil, err
	}
	if digestOf(result.PNG) == turn.Picture {
		// It will be asked for again. Where there is no room for it, it is
		// drawn again.
		_, _ = c.store.PutBlob(ctx, c.key, result.PNG)
	}
	return result.PNG, nil
}

// Session returns the session as it is kept.
func (c *Conversation) Session(ctx context.Context) (*session.Session, error) {
	return c.store.Load(ctx, c.key)
}

// dialogueOf is the session as the dialogue sees it: the way to the head.
func (c *Conversation) dialogueOf(s *session.Session) (dialogue.Conversation, error) {
	talk := dialogue.Conversation{CanRedo: s.CanRedo(), Pending: c.pending}
	talk.Vocabulary, talk.Known = c.vocabulary()
	if s.Head == 0 {
		return talk, nil
	}
	path, err := s.Path(s.Head)
	if err != nil {
		return talk, err
	}
	for _, t := range path {
		turn := dialogue.Turn{Utterance: t.Utterance, Prompt: t.Recipe.Prompt, Weights: t.Recipe.Weights}
		if len(t.Plan) > 0 {
			turn.Plan = new(dialogue.Plan)
			if err := json.Unmarshal(t.Plan, turn.Plan); err != nil {
				return talk, fmt.Errorf("read the plan of turn %d: %w", t.ID, err)
			}
		}
		talk.Turns = append(talk.Turns, turn)
	}
	return talk, nil
}
