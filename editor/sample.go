package editor

import (
	"context"
	"fmt"
	"slices"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// A Sample is a picture drawn under one prompt from given latents on, without
// a source turn. Editing methods other than Prompt-to-Prompt are made of it:
// those that begin in the middle of the denoising, and those that mix
// something into the latents on the way.
type Sample struct {
	Prompt   string
	Settings recipe.Settings
	// From is the first step computed; the steps before it are skipped.
	From int
	// Latents are x before step From; nil means the seed's noise. [C, H, W]
	Latents []float32
	// Mix may change the latents in place after every step: x is what step
	// next begins with, or the result where next is the number of steps. Nil
	// leaves them.
	Mix func(next int, x []float32)
}

// Sample draws without attention control. Nothing of it is cached.
func (e *Engine) Sample(ctx context.Context, in Sample) (*Drawing, error) {
	r := recipe.Recipe{Settings: in.Settings, Turns: []recipe.Turn{{Prompt: in.Prompt}}}
	e, err := e.checked(r)
	if err != nil {
		return nil, err
	}
	n := in.Settings.Steps
	if in.From < 0 || in.From >= n {
		return nil, fmt.Errorf("sample from step %d of %d", in.From, n)
	}
	links, err := e.chain(ctx, r)
	if err != nil {
		return nil, err
	}
	run, err := e.newRun(ctx, r, nil, nil, links)
	if err != nil {
		return nil, err
	}
	t := run.last()
	if in.Latents != nil {
		if len(in.Latents) != len(t.Latents[0]) {
			return nil, fmt.Errorf("sample from %d latents, the model has %d", len(in.Latents), len(t.Latents[0]))
		}
		t.Latents[0] = in.Latents
	}
	t.Latents[in.From] = slices.Clone(t.Latents[0])
	for s := in.From; s < n; s++ {
		if err := run.step(ctx, s); err != nil {
			return nil, fmt.Errorf("step %d of %d: %w", s+1, n, err)
		}
		if in.Mix != nil {
			in.Mix(s+1, t.Latents[s+1])
		}
	}
	return e.finish(ctx, &attention.Trace{Latents: t.Latents, Means: t.Means[in.From:]}, links[0], nil, run)
}

// Noised returns latents with so much noise as the step begins with:
// √ᾱ·x_0 + √(1−ᾱ)·ε (Ho et al. 2020, eq. 4). Step n of n is the picture
// itself. [C, H, W]
func (e *Engine) Noised(s recipe.Settings, step int, x0, epsilon []float32) ([]float32, error) {
	d, err := newSampler(e.model.Spec(), s.Scheduler, s.Steps)
	if err != nil {
		return nil, err
	}
	if step < 0 || step > s.Steps || len(x0) != len(epsilon) {
		return nil, fmt.Errorf("noise %d latents with %d values at step %d of %d", len(x0), len(epsilon), step, s.Steps)
	}
	if step == s.Steps {
		return slices.Clone(x0), nil
	}
	return noised(d.at[step], x0, epsilon), nil
}

// noised mixes signal with noise.
func noised(l level, x0, epsilon []float32) []float32 {
	signal, sigma := float32(l.signal), float32(l.sigma)
	out := make([]float32, len(x0))
	for i := range out {
		out[i] = signal*x0[i] + sigma*epsilon[i]
	}
	return out
}

// PromptErrors tells how well each prompt explains each of the latents x_0: the
// mean squared error of the model's prediction of the noise epsilon that was
// added to them at a training step. Among prompts the one with the least error
// is the model's own reading of the picture (Li et al. 2023, "Your Diffusion
// Model is Secretly a Zero-Shot Classifier"). [x_0, prompts]
func (e *Engine) PromptErrors(ctx context.Context, prompts []string, timestep int, latents [][]float32, epsilon []float32) ([][]float64, error) {
	spec := e.model.Spec()
	d, err := newSchedule(spec)
	if err != nil {
		return nil, err
	}
	size := spec.LatentChannels * spec.LatentHeight * spec.LatentWidth
	if len(prompts) == 0 || timestep < 0 || timestep >= len(d.alphas) || len(epsilon) != size {
		return nil, fmt.Errorf("judge by %d prompts at training step %d with %d values of noise", len(prompts), timestep, len(epsilon))
	}
	var rows []reading
	for _, x0 := range latents {
		if len(x0) != size {
			return nil, fmt.Errorf("judge %d latents, the model has %d", len(x0), size)
		}
		at := d.level(timestep)
		x, want := noised(at, x0, epsilon), predicted(spec.Prediction, at, x0, epsilon)
		for _, prompt := range prompts {
			rows = append(rows, reading{prompt: prompt, x: x, want: want})
		}
	}
	for some := range slices.Chunk(rows, maxRows) {
		if err := e.read(ctx, timestep, some); err != nil {
			return nil, err
		}
	}
	out := make([][]float64, 0, len(latents))
	for some := range slices.Chunk(rows, len(prompts)) {
		var squares []float64
		for _, r := range some {
			squares = append(squares, r.meanSquare)
		}
		out = append(out, squares)
	}
	return out, nil
}

// A reading is noised latents, what a prompt should make the model predict of
// them, and the mean squared error of what it does predict.
type reading struct {
	prompt     string
	x, want    []float32
	meanSquare float64
}

// read fills in the errors.
func (e *Engine) read(ctx context.Context, timestep int, rows []reading) error {
	spec := e.model.Spec()
	batch := &models.Batch{Rows: len(rows), Timestep: float64(timestep), Control: models.Identity(len(rows), len(spec.Layers), spec.ContextLength)}
	texts := map[string]models.Text{}
	for _, r := range rows {
		if _, known := texts[r.prompt]; !known {
			text, err := e.model.EncodeText(ctx, r.prompt)
			if err != nil {
				return fmt.Errorf("encode the prompt: %w", err)
			}
			texts[r.prompt] = text
		}
		batch.Latents = append(batch.Latents, r.x...)
		batch.AddText(texts[r.prompt])
	}
	out, err := e.model.Denoise(ctx, batch)
	if err != nil {
		return err
	}
	for b := range rows {
		r := &rows[b]
		for i, p := range part(out.Noise, b, batch.Rows) {
			difference := float64(p - r.want[i])
			r.meanSquare += difference * difference / float64(len(r.want))
		}
	}
	return nil
}

// predicted is what a model that predicts so should say of noised latents.
func predicted(kind models.Prediction, at level, x0, epsilon []float32) []float32 {
	switch kind {
	case models.PredictSample:
		return x0
	case models.PredictV:
		out := make([]float32, len(x0))
		signal, sigma := float32(at.signal), float32(at.sigma)
		for i := range out {
			out[i] = signal*epsilon[i] - sigma*x0[i]
		}
		return out
	}
	return epsilon
}
