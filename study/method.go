package study

import (
	"context"
	"math"
	"sort"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/recipe"
	"pentimento/study/metric"
)

// The methods of editing that can be compared.
const (
	// PromptToPrompt is the engine's own (Hertz et al. 2022), chained.
	PromptToPrompt = "p2p"
	// Regenerate draws the target prompt afresh with the same seed.
	Regenerate = "regenerate"
	// SDEdit adds noise to the source and denoises it under the target prompt
	// (Meng et al. 2022).
	SDEdit = "sdedit"
	// MagicMix does so while it mixes the noised source into the layout phase
	// (Liew et al. 2022).
	MagicMix = "magicmix"
	// BlendedLatent draws under the target prompt within a mask and puts the
	// noised source back outside it after every step (Avrahami et al. 2023).
	// The mask is where the source's words attend.
	BlendedLatent = "blended"
)

// A method draws what a task asks for.
type method func(context.Context, *editor.Engine, task) (*editor.Drawing, error)

func methods() map[string]method {
	return map[string]method{
		PromptToPrompt: promptToPrompt, Regenerate: regenerate,
		SDEdit: sdedit, MagicMix: magicMix, BlendedLatent: blendedLatent,
	}
}

// Methods lists the names of the methods, in alphabetical order.
func Methods() []string {
	var out []string
	for name := range methods() {
		out = append(out, name)
	}
	sort.Strings(out)
	return out
}

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
	return recipe.Recipe{Version: recipe.Version, Settings: t.settings, Turns: t.turns}
}

func promptToPrompt(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	return e.Draw(ctx, t.recipe(), nil)
}

func regenerate(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	t.turns = []recipe.Turn{{Prompt: t.prompt(), Weights: t.turns[len(t.turns)-1].Weights}}
	return e.Draw(ctx, t.recipe(), nil)
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

// first is the step that a method begins with which computes the last
// strength of the steps; at least one is left.
func (t task) first() int {
	n := t.settings.Steps
	return min(n-int(math.Round(t.parameters.Strength*float64(n))), n-1)
}

// noisedSource returns the source as latents at any step, always with the same
// noise, which is not the noise that it was drawn from.
func (t task) noisedSource(e *editor.Engine) func(step int) ([]float32, error) {
	const other = 1_000_003 // seeds of studies are small
	epsilon := noise.Normal(t.settings.Seed+other, len(t.source.Latents))
	return func(step int) ([]float32, error) {
		return e.Noised(t.settings, step, t.source.Latents, epsilon)
	}
}

func sdedit(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	return t.sample(ctx, e, func(int, []float32, []float32) {})
}

func magicMix(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	// The layout phase is the first half of the steps, as in the paper, whose
	// phases are [.6, .3] and [.3, 0] of the noise.
	layout := (t.first() + t.settings.Steps) / 2
	share := float32(t.parameters.Mix)
	return t.sample(ctx, e, func(next int, x, source []float32) {
		if next <= layout {
			for i := range x {
				x[i] = share*x[i] + (1-share)*source[i]
			}
		}
	})
}

func blendedLatent(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	spec := e.Model().Spec()
	return t.sample(ctx, e, func(_ int, x, source []float32) {
		if t.mask == nil {
			return
		}
		for i := range x {
			row, column := i/spec.LatentWidth%spec.LatentHeight, i%spec.LatentWidth
			if !t.mask.Set[row*t.mask.Height/spec.LatentHeight*t.mask.Width+column*t.mask.Width/spec.LatentWidth] {
				x[i] = source[i]
			}
		}
	})
}

// sample draws the target prompt from the noised source on. mix sees the
// latents after each step, and the source with as much noise.
func (t task) sample(ctx context.Context, e *editor.Engine, mix func(next int, x, source []float32)) (*editor.Drawing, error) {
	noised := t.noisedSource(e)
	start, err := noised(t.first())
	if err != nil {
		return nil, err
	}
	var failed error
	drawing, err := e.Sample(ctx, editor.Sample{
		Prompt: t.prompt(), Settings: t.settings, From: t.first(), Latents: start,
		Mix: func(next int, x []float32) {
			source, err := noised(next)
			if err != nil {
				failed = err
				return
			}
			mix(next, x, source)
		},
	})
	if err == nil {
		err = failed
	}
	return drawing, err
}
