package bot

import (
	"context"
	"errors"
	"fmt"

	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

// ErrNothingDrawn says that there is no picture yet.
var ErrNothingDrawn = errors.New("nothing is drawn yet: say what you would like to see")

// Revert goes n turns back towards the first picture.
func (c *Conversation) Revert(ctx context.Context, n int) (*Answer, error) {
	return c.move(ctx, func(s *session.Session) error { return s.Revert(n) })
}

// Redo goes n turns forward again after Revert.
func (c *Conversation) Redo(ctx context.Context, n int) (*Answer, error) {
	return c.move(ctx, func(s *session.Session) error { return s.Redo(n) })
}

// Goto makes any turn the head.
func (c *Conversation) Goto(ctx context.Context, id int) (*Answer, error) {
	return c.move(ctx, func(s *session.Session) error { return s.Goto(id) })
}

// Restart goes back to the picture that the conversation about the head began
// with.
func (c *Conversation) Restart(ctx context.Context) (*Answer, error) {
	return c.move(ctx, func(s *session.Session) error {
		path, err := s.Path(s.Head)
		if err != nil {
			return err
		}
		return s.Goto(path[0].ID)
	})
}

// move changes the head and shows it.
func (c *Conversation) move(ctx context.Context, change func(*session.Session) error) (*Answer, error) {
	s, err := c.store.Update(ctx, c.key, func(s *session.Session) error {
		if s.Head == 0 {
			return ErrNothingDrawn
		}
		if err := c.turnTo(s); err != nil {
			return err
		}
		return change(s)
	})
	if err != nil {
		return nil, err
	}
	return c.answer(ctx, s)
}

// Weight edits the head by giving the attention of a word a factor. watch is
// as in Say.
func (c *Conversation) Weight(ctx context.Context, word string, factor float64, watch func(jobs.Event)) (*Answer, error) {
	s, turn, err := c.head(ctx)
	if err != nil {
		return nil, err
	}
	span, err := c.engine.Find(turn.Recipe.Prompt, word)
	if err != nil {
		return nil, fmt.Errorf("%w: %q", err, word)
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
	return c.draw(ctx, s, fmt.Sprintf("/weight %s %g", word, factor), plan, watch)
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

// head returns the session and the turn at its head.
func (c *Conversation) head(ctx context.Context) (*session.Session, session.Turn, error) {
	s, err := c.load(ctx)
	if err != nil {
		return nil, session.Turn{}, err
	}
	if s.Head == 0 {
		return nil, session.Turn{}, ErrNothingDrawn
	}
	turn, err := s.Turn(s.Head)
	return s, turn, err
}

// Heat is where a word of the head's prompt attended.
type Heat struct {
	// Word as it stands in the prompt.
	Word string
	// Map is the attention. [Height, Width]
	Map           []float32
	Height, Width int
	// PNG is the picture that the map belongs to.
	PNG  []byte
	Turn session.Turn
}

// errNoHeat says that a worker has not done what it was asked for.
var errNoHeat = errors.New("the picture came without its attention: its worker may be of another version")

// Attention returns where the word attended in the head's picture.
func (c *Conversation) Attention(ctx context.Context, word string) (*Heat, error) {
	s, turn, err := c.head(ctx)
	if err != nil {
		return nil, err
	}
	span, err := c.engine.Find(turn.Recipe.Prompt, word)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is not in “%s”", err, word, turn.Recipe.Prompt)
	}
	result, err := c.redraw(ctx, s, turn.ID, &span)
	if err != nil {
		return nil, err
	}
	heat := result.Heat
	if heat == nil || heat.Width < 1 || heat.Height < 1 || len(heat.Map) != heat.Width*heat.Height {
		return nil, errNoHeat
	}
	return &Heat{
		Word: turn.Recipe.Prompt[span.Start:span.End], Map: heat.Map,
		Height: heat.Height, Width: heat.Width, PNG: result.PNG, Turn: turn,
	}, nil
}
