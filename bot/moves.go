package bot

import (
	"context"
	"errors"
	"fmt"

	"pentimento/dialogue"
	"pentimento/recipe"
	"pentimento/session"
)

// ErrNothingDrawn says that there is no picture yet.
var ErrNothingDrawn = errors.New("nothing is drawn yet: say what you would like to see")

// Revert goes n turns back towards the first picture.
func (c *Conversation) Revert(ctx context.Context, r Request, n int) (*Answer, error) {
	return c.move(ctx, r, func(s *session.Session) error { return s.Revert(n) })
}

// Redo goes n turns forward again after Revert.
func (c *Conversation) Redo(ctx context.Context, r Request, n int) (*Answer, error) {
	return c.move(ctx, r, func(s *session.Session) error { return s.Redo(n) })
}

// Goto makes any turn the head.
func (c *Conversation) Goto(ctx context.Context, r Request, id int) (*Answer, error) {
	return c.move(ctx, r, func(s *session.Session) error { return s.Goto(id) })
}

// Restart goes back to the picture that the conversation about the head began
// with.
func (c *Conversation) Restart(ctx context.Context, r Request) (*Answer, error) {
	return c.move(ctx, r, func(s *session.Session) error {
		path, err := s.Path(s.Head)
		if err != nil {
			return err
		}
		return s.Goto(path[0].ID)
	})
}

// move changes the head and shows it. The picture may have to be drawn again, and
// may not be shown after all: until it can be, nothing is changed.
func (c *Conversation) move(ctx context.Context, r Request, change func(*session.Session) error) (*Answer, error) {
	move := func(s *session.Session) error {
		if s.Head == 0 {
			return ErrNothingDrawn
		}
		if err := r.turnTo(s); err != nil {
			return err
		}
		return change(s)
	}
	there, err := c.Store.Load(ctx, c.Key)
	if err == nil {
		err = move(there)
	}
	if err != nil {
		return nil, err
	}
	answer, err := c.show(ctx, there)
	if err != nil {
		return nil, err
	}
	s, err := c.Store.Update(ctx, c.Key, move)
	if err != nil {
		return nil, err
	}
	c.Pending = nil                                               // it was about another picture
	if s.Head != there.Head || len(s.Turns) != len(there.Turns) { // it has changed meanwhile
		return c.show(ctx, s)
	}
	answer.Session = s
	return answer, nil
}

// Weight edits the head by giving the attention of a word a factor. Of a word that
// stands there more than once it asks which is meant; "second cat" names one.
func (c *Conversation) Weight(ctx context.Context, r Request, word string, factor float64) (*Answer, error) {
	s, turn, err := c.head(ctx, r)
	if err != nil {
		return nil, err
	}
	model, err := c.modelOf(turn.Settings.Model)
	if err != nil {
		return nil, err
	}
	span, q, err := model.word(turn.Recipe.Prompt, word, func(which string) string { return fmt.Sprintf("/weight %s %g", which, factor) })
	if err != nil {
		return nil, err
	}
	if c.Pending = q; q != nil {
		return &Answer{Session: s, Turn: turn, Question: q}, nil
	}
	plan := &dialogue.Plan{
		Action:  dialogue.Edit,
		Prompt:  turn.Recipe.Prompt,
		Weights: reweighted(turn.Recipe.Weights, span, factor),
		Preset:  "re-weight",
		Label:   fmt.Sprintf("%s ×%g", turn.Recipe.Prompt[span.Start:span.End], factor),
		Reason:  "re-weighted by command",
	}
	plan.Blend.Source, plan.Blend.Target = []recipe.Span{span}, []recipe.Span{span}
	return c.draw(ctx, r, s, fmt.Sprintf("/weight %s %g", word, factor), plan, nil)
}

// reweighted returns weights with the factor of span replaced.
func reweighted(weights []recipe.Weight, span recipe.Span, factor float64) []recipe.Weight {
	var out []recipe.Weight
	for _, w := range weights {
		if w.End <= span.Start || span.End <= w.Start {
			out = append(out, w)
		}
	}
	return append(out, recipe.Weight{Span: span, Factor: factor})
}
