package study

import (
	"context"
	"math"
	"sort"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/recipe"
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

func promptToPrompt(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	return e.Draw(ctx, t.recipe(), nil)
}

func regenerate(ctx context.Context, e *editor.Engine, t task) (*editor.Drawing, error) {
	t.turns = []recipe.Turn{{Prompt: t.prompt(), Weights: t.turns[len(t.turns)-1].Weights}}
	return e.Draw(ctx, t.recipe(), nil)
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
