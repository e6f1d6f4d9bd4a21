// Package bot is the conversation itself, wherever it is held: it takes what
// somebody says, asks the dialogue what is meant, has the picture drawn and keeps
// the turn in the session. The terminal and Discord are gateways of it.
//
// Start with [Conversation.Say] and draw.go, which makes a job of every picture.
// commands.go is the table of commands that every gateway offers, answer.go what
// a gateway has to show, and problem.go what users are told of an error.
package bot

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/session"
)

// A Conversation is one person's dialogue about pictures in one place. Its
// methods must be called one after the other.
type Conversation struct {
	// Key names the session that Store keeps of it.
	Key   session.Key
	Store session.Store
	// Planner understands what is said.
	Planner Planner
	// Model is the one that draws where no other is chosen, Others are those that may
	// be, and Queue is where pictures wait to be drawn.
	Model  Model
	Others []Model
	Queue  jobs.Queue
	// Clock is the world's time and chance.
	Clock Clock
	// Options are the hyper-parameters now.
	Options Options
	// Pending is the question that was asked last and not answered; nil for
	// none. The next utterance may answer it.
	Pending *dialogue.Question
	// Gate lets the pictures pass that may be kept and shown; nil lets all.
	Gate *gate.Gate
}

// Clock is what a conversation needs of the world outside.
type Clock struct {
	// Now is the time of a turn.
	Now func() time.Time
	// Seed chooses the seed of a new picture when the options give none.
	Seed func() uint64
}

// Say answers an utterance. When ctx is cancelled the turn is dropped and the
// session stays as it was, unless the picture is finished by then.
func (c *Conversation) Say(ctx context.Context, r Request, utterance string) (*Answer, error) {
	s, err := c.load(ctx, r)
	if err != nil {
		return nil, err
	}
	if turn, ok := s.ByEvent(r.Event); ok {
		return c.showTurn(ctx, s, turn.ID)
	}
	if c.Pending != nil && c.Pending.Kind == dialogue.Describe {
		return c.described(ctx, r, s, utterance)
	}
	if answer, ok, err := c.picked(ctx, r, utterance); ok || err != nil {
		return answer, err
	}
	reply, err := c.understand(ctx, s, utterance)
	if err != nil {
		return nil, err
	}
	c.Pending = reply.Question
	switch {
	case reply.Question != nil:
		answer := &Answer{Session: s, Question: reply.Question}
		if s.Head != 0 {
			answer.Turn, err = s.Turn(s.Head)
		}
		return answer, err
	case reply.Answer != "":
		return &Answer{Session: s, Notices: []string{reply.Answer}}, nil
	}
	if reply.Plan.Back > 0 {
		if err := s.Revert(reply.Plan.Back); err != nil {
			return nil, err
		}
	}
	var answer *Answer
	switch reply.Plan.Action {
	case dialogue.Imagine, dialogue.Edit:
		answer, err = c.draw(ctx, r, s, utterance, reply.Plan, nil)
	default:
		answer, err = c.carryOut(ctx, r, s, reply.Plan)
	}
	if err != nil {
		return nil, err
	}
	answer.Plan = reply.Plan
	answer.Notices = append(answer.Notices, noticesOf(reply.Plan)...)
	return answer, nil
}

// understand plans what is said. A new picture is planned with the words of the model
// that is chosen for it, all else with those of the picture shown.
func (c *Conversation) understand(ctx context.Context, s *session.Session, utterance string) (dialogue.Reply, error) {
	shown, err := c.spokenOf(s)
	if err != nil {
		// Another picture can still be asked for.
		if shown, err = c.modelNamed(c.Options.Model); err != nil {
			return dialogue.Reply{}, err
		}
	}
	talk, err := c.dialogueOf(s, shown)
	if err != nil {
		return dialogue.Reply{}, err
	}
	reply := c.Planner.Plan(ctx, utterance, talk)
	asks := reply.Question != nil && reply.Question.Kind == dialogue.UnknownWord
	if !asks && !beginsAnew(reply) {
		return reply, nil
	}
	chosen, err := c.modelNamed(c.Options.Model)
	if err != nil || chosen.Digest == shown.Digest {
		return reply, err
	}
	if talk, err = c.dialogueOf(s, chosen); err != nil {
		return dialogue.Reply{}, err
	}
	if anew := c.Planner.Plan(ctx, utterance, talk); !asks || beginsAnew(anew) {
		return anew, nil
	}
	return reply, nil
}

// beginsAnew reports whether a reply is a new picture that is not like another.
func beginsAnew(r dialogue.Reply) bool {
	return r.Plan != nil && r.Plan.Action == dialogue.Imagine && !r.Plan.Another
}

// Imagine draws a new picture of the prompt as it stands, without asking the
// dialogue what is meant. wishes are settings of this picture alone, by name; nil
// for none.
func (c *Conversation) Imagine(ctx context.Context, r Request, prompt string, wishes map[string]string) (*Answer, error) {
	s, err := c.load(ctx, r)
	if err != nil {
		return nil, err
	}
	chosen, err := c.modelNamed(cmp.Or(wishes["model"], c.Options.Model))
	if err != nil {
		return nil, err
	}
	talk, err := c.dialogueOf(s, chosen)
	if err != nil {
		return nil, err
	}
	reply := c.Planner.Picture(prompt, talk)
	c.Pending = reply.Question // one before was about another picture
	if reply.Question != nil {
		for _, choice := range reply.Question.Plans {
			if choice != nil {
				choice.Settings = wishes
			}
		}
		return &Answer{Session: s, Question: reply.Question}, nil
	}
	reply.Plan.Settings = wishes
	return c.draw(ctx, r, s, prompt, reply.Plan, nil)
}

// carryOut does what a plan says that draws nothing.
func (c *Conversation) carryOut(ctx context.Context, r Request, s *session.Session, plan *dialogue.Plan) (*Answer, error) {
	switch plan.Action {
	case dialogue.Undo:
		return c.Revert(ctx, r, max(1, plan.Steps))
	case dialogue.Redo:
		return c.Redo(ctx, r, max(1, plan.Steps))
	case dialogue.Goto:
		return c.Goto(ctx, r, plan.Steps)
	case dialogue.Restart:
		return c.Restart(ctx, r)
	case dialogue.Set:
		return c.change(s, plan.Settings)
	case dialogue.Bound:
		return c.setRegion(ctx, r, plan.Region)
	case dialogue.Remask:
		return c.Reshape(ctx, r, Reshaping(plan.Region))
	case dialogue.Vary:
		return c.Variations(ctx, r, plan.Steps)
	}
	return nil, fmt.Errorf("the plan's action %q is not known", plan.Action)
}

// author is who speaks.
func (c *Conversation) author(r Request) string {
	if r.Author != "" {
		return r.Author
	}
	return c.Key.User
}

// dialogueOf is the session as the dialogue sees it: the way to the head, and the
// turns beside it, for what is drawn with the model.
func (c *Conversation) dialogueOf(s *session.Session, m Model) (dialogue.Conversation, error) {
	talk := dialogue.Conversation{CanRedo: s.CanRedo(), Pending: c.Pending, Vocabulary: m.Words, Known: m.knows(), Reads: m.Reads, Models: c.ModelNames()}
	if s.Head == 0 {
		return talk, nil
	}
	path, err := s.Path(s.Head)
	if err != nil {
		return talk, err
	}
	onPath := map[int]bool{}
	for _, t := range path {
		turn := spoken(t)
		if len(t.Plan) > 0 {
			turn.Plan = new(dialogue.Plan)
			if err := json.Unmarshal(t.Plan, turn.Plan); err != nil {
				return talk, fmt.Errorf("read the plan of turn %d: %w", t.ID, err)
			}
		}
		talk.Turns = append(talk.Turns, turn)
		onPath[t.ID] = true
	}
	for _, t := range s.Turns {
		if !onPath[t.ID] {
			talk.Others = append(talk.Others, spoken(t))
		}
	}
	return talk, nil
}

// spoken is a turn as the dialogue sees it, without its plan.
func spoken(t session.Turn) dialogue.Turn {
	return dialogue.Turn{ID: t.ID, Utterance: t.Utterance, Prompt: t.Recipe.Prompt, Weights: t.Recipe.Weights}
}

// Repertoire says in a sentence what the model draws, with up to that many words of
// a kind.
func (c *Conversation) Repertoire(words int) string {
	return c.Planner.Repertoire(dialogue.Conversation{Vocabulary: c.Model.Words, Known: c.Model.knows()}, words)
}

// Session returns the session as it is kept.
func (c *Conversation) Session(ctx context.Context) (*session.Session, error) {
	return c.Store.Load(ctx, c.Key)
}
