package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/models"
	"pentimento/models/element"
	"pentimento/models/pocket"
	"pentimento/models/runtime"
	"pentimento/recipe"
)

// repeats is how often a picture is timed. The fastest counts: whatever else
// the machine does only makes a run slower, and PyTorch is timed so too.
const repeats = 9

// speed times a picture, an edit with nothing known of its source, and an
// edit whose source was just drawn, and compares the controlled UNet with the
// untouched one.
func (b *bench) speed() error {
	engine := editor.New(b.model)
	plain := b.recipe(recipe.Turn{Prompt: sourcePrompt})
	edit := b.recipe(plain.Turns[0], b.redHair(engine))
	var plains, edits, traced []float64
	for i := range repeats + 1 {
		engine.Forget()
		p, _, err := b.time(engine, plain)
		if err != nil {
			return err
		}
		t, tracedRows, err := b.time(engine, edit)
		if err != nil {
			return err
		}
		engine.Forget()
		e, rows, err := b.time(engine, edit)
		if err != nil {
			return err
		}
		if i == 0 {
			b.figures["speed.edit_rows"] = float64(rows)
			b.figures["speed.edit_traced_rows"] = float64(tracedRows)
			continue // warming up
		}
		plains, edits, traced = append(plains, p), append(edits, e), append(traced, t)
	}
	b.figures["speed.steps"] = float64(b.steps)
	b.figures["speed.plain_seconds"] = slices.Min(plains)
	b.figures["speed.edit_seconds"] = slices.Min(edits)
	b.figures["speed.edit_traced_seconds"] = slices.Min(traced)
	b.figures["speed.edit_vs_plain"] = slices.Min(edits) / slices.Min(plains)
	b.figures["speed.edit_traced_vs_plain"] = slices.Min(traced) / slices.Min(plains)
	return errors.Join(b.meanEdit(), b.controlled())
}

// redHair is the turn of "make her hair red" with local blend.
func (b *bench) redHair(engine *editor.Engine) recipe.Turn {
	preset, _ := recipe.PresetNamed("appearance")
	turn := recipe.Turn{Prompt: "a woman's face with red hair", Preset: "appearance", Start: preset.Start, Windows: preset.Windows}
	source, err := engine.Find(sourcePrompt, "blond hair")
	if err != nil {
		panic(err) // both prompts are constants
	}
	target, err := engine.Find(turn.Prompt, "red hair")
	if err != nil {
		panic(err)
	}
	turn.Blend = recipe.Blend{Threshold: preset.Threshold, Start: preset.BlendStart, Source: []recipe.Span{source}, Target: []recipe.Span{target}}
	return turn
}

func (b *bench) recipe(turns ...recipe.Turn) recipe.Recipe {
	return recipe.New(recipe.Settings{Model: b.model.Digest(), Seed: 7, Scheduler: "ddim", Steps: b.steps, Guidance: 4.5}, turns...)
}

// time draws a recipe and returns the seconds and the rows that it took.
func (b *bench) time(engine *editor.Engine, r recipe.Recipe) (float64, int, error) {
	start := time.Now()
	drawing, err := engine.Draw(b.ctx, r, nil)
	if err != nil {
		return 0, 0, err
	}
	return time.Since(start).Seconds(), drawing.Rows, nil
}

// controlled compares the controlled UNet in plain mode with the graph as it
// was exported, on the two rows of a guided step, taking turns so that both
// see the same machine. The fastest run of each counts: whatever else the
// machine does only makes a run slower.
func (b *bench) controlled() error {
	const rows, rounds = 2, 150
	spec := b.model.Spec()
	latents := noise.Normal(7, rows*spec.LatentChannels*spec.LatentHeight*spec.LatentWidth)
	text := noise.Normal(8, rows*spec.ContextLength*spec.TextWidth)
	untouched, err := b.openUntouched(rows, latents, text)
	if err != nil {
		return err
	}
	batch := &models.Batch{
		Rows: rows, Timestep: 500, Latents: latents, Text: text,
		Control: models.Identity(rows, len(spec.Layers), spec.ContextLength),
	}
	fastest := func(best *float64, run func() error) error {
		start := time.Now()
		err := run()
		if s := time.Since(start).Seconds(); *best == 0 || s < *best {
			*best = s
		}
		return err
	}
	var plain, controlled float64
	for range rounds {
		if err := fastest(&plain, untouched.run); err != nil {
			return fmt.Errorf("run the untouched UNet: %w", err)
		}
		if err := fastest(&controlled, func() error { _, err := b.model.Denoise(b.ctx, batch); return err }); err != nil {
			return fmt.Errorf("run the controlled UNet: %w", err)
		}
	}
	b.figures["speed.untouched_unet_ms"] = 1e3 * plain
	b.figures["speed.controlled_unet_ms"] = 1e3 * controlled
	b.figures["speed.controlled_vs_untouched"] = controlled / plain
	return untouched.close()
}

// untouchedUNet is the UNet as it was exported, with its inputs bound.
type untouchedUNet struct {
	run   func() error
	close func() error
}

func (b *bench) openUntouched(rows int, latents, text []float32) (*untouchedUNet, error) {
	data, err := fs.ReadFile(pocket.Files(), "unet/model.onnx")
	if err != nil {
		return nil, err
	}
	session, err := b.runtime.Open(runtime.Graph{Data: data}, runtime.SessionOptions{
		Inputs:  []string{"sample", "timestep", "encoder_hidden_states"},
		Outputs: []string{"out_sample"},
		Device:  runtime.Device{Provider: runtime.CPU},
	})
	if err != nil {
		return nil, fmt.Errorf("open the untouched UNet: %w", err)
	}
	spec := b.model.Spec()
	shape := []int{rows, spec.LatentChannels, spec.LatentHeight, spec.LatentWidth}
	sample, err := runtime.FloatTensor(element.Float32, shape, latents)
	if err != nil {
		return nil, err
	}
	context, err := runtime.FloatTensor(element.Float32, []int{rows, spec.ContextLength, spec.TextWidth}, text)
	if err != nil {
		return nil, err
	}
	out, err := runtime.FloatTensor(element.Float32, shape, make([]float32, len(latents)))
	if err != nil {
		return nil, err
	}
	timestep, err := b.timestep(session, sample, context, out, rows)
	if err != nil {
		return nil, err
	}
	return &untouchedUNet{
		run: func() error {
			return session.Run(b.ctx, []*runtime.Tensor{sample, timestep, context}, []*runtime.Tensor{out})
		},
		close: session.Close,
	}, nil
}

// timestep makes the input in the shape that the export takes: one value, or
// one for each row.
func (b *bench) timestep(session *runtime.Session, sample, context, out *runtime.Tensor, rows int) (*runtime.Tensor, error) {
	var last error
	for _, n := range []int{rows, 1} {
		t, err := runtime.IntTensor(element.Int64, []int{n}, slices.Repeat([]int64{500}, n))
		if err != nil {
			return nil, err
		}
		if last = session.Run(b.ctx, []*runtime.Tensor{sample, t, context}, []*runtime.Tensor{out}); last == nil {
			return t, nil
		}
	}
	return nil, fmt.Errorf("run the untouched UNet: %w", last)
}
