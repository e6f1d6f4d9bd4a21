package study

import (
	"context"

	"pentimento/editor"
	"pentimento/recipe"
	"pentimento/study/metric"
)

// A task is an edit to be drawn and measured.
type task struct {
	settings   recipe.Settings
	parameters Parameters
	// turns is the chain up to the edit.
	turns []recipe.Turn
	// source is the picture of the turn before the last, mask where the words
	// that the edit replaces attend in it; nil without such words. Methods
	// other than Prompt-to-Prompt need them.
	source *editor.Drawing
	mask   *metric.Mask
	// cycle asks for the way home too.
	cycle bool
	home  recipe.Turn

	drawing *editor.Drawing
	metrics map[string]float64
}

// turn counts from 1, the first edit.
func (t task) turn() int { return len(t.turns) - 1 }

func (t task) prompt() string { return t.turns[len(t.turns)-1].Prompt }

func (t task) recipe() recipe.Recipe {
	return recipe.New(t.settings, t.turns...)
}

// tasks draws the cells of a group, and with them the yardstick, which is
// often one of them. The region is where the judge sees in the first picture what
// is edited.
func (in *instrument) tasks(ctx context.Context, g *group, y *yardstick, region *metric.Mask) ([]*task, error) {
	all := make([]*task, len(g.cells))
	var together []*task
	var recipes []recipe.Recipe
	for i, c := range g.cells {
		turns, err := turnsOf(in.engine, c.Parameters, g.place.prompt.From, g.place.edit.Turns[:c.Turn])
		if err != nil {
			return nil, err
		}
		t := &task{settings: in.at.settings, parameters: c.Parameters, turns: turns, cycle: c.Cycle}
		all[i] = t
		// Edits that are edited further are drawn alone, so that they are kept.
		if c.Method == PromptToPrompt && len(g.place.edit.Turns) == 1 {
			together, recipes = append(together, t), append(recipes, t.recipe())
			continue
		}
		if t.drawing, err = in.draw(ctx, *t, g.place); err != nil {
			return nil, err
		}
	}
	if len(together) == 0 {
		return all, nil
	}
	if g.place.edit.Turns[0].sought(region) {
		recipes = append(recipes, chain(in.at.settings, y.turns[:2]...))
	}
	drawings, err := in.engine.DrawVariants(ctx, recipes)
	if err != nil {
		return nil, err
	}
	for i, d := range drawings {
		if i < len(together) {
			together[i].drawing = d
		} else {
			y.drawn = d
		}
	}
	return all, nil
}

// draw edits with the task's method.
func (in *instrument) draw(ctx context.Context, t task, at place) (*editor.Drawing, error) {
	t.source = in.first
	if t.parameters.Method != PromptToPrompt && t.parameters.Method != Regenerate {
		if n := len(t.turns); n > 2 {
			before := t
			before.turns = t.turns[:n-1]
			var err error
			if t.source, err = in.draw(ctx, before, at); err != nil {
				return nil, err
			}
		}
		last := len(t.turns) - 2
		t.mask = in.attended(t.source, t.turns[last].Prompt, *at.edit.Turns[last].Replaces)
	}
	return methods()[t.parameters.Method](ctx, in.engine, t)
}
