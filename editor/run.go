package editor

import (
	"context"
	"fmt"

	"pentimento/editor/recipe"
	"pentimento/models"
)

// A run is one drawing in progress: the state of every turn of the chain.
type run struct {
	engine  *Engine
	r       recipe.Recipe
	links   []*link
	sampler *ddim
	needs   [][]need
	uncond  []float32 // [M, D]
	// traces hold what is known of every turn: complete for turns drawn
	// before, growing with every step for the others.
	traces []*Trace
	traced bool
	rows   int
}

func (e *Engine) newRun(ctx context.Context, r recipe.Recipe, links []*link) (*run, error) {
	sampler, err := newDDIM(e.model.Spec(), r.Settings.Steps)
	if err != nil {
		return nil, err
	}
	uncond, err := e.model.EncodeText(ctx, e.model.Tokenizer().Encode("").IDs)
	if err != nil {
		return nil, fmt.Errorf("encode the empty prompt: %w", err)
	}
	known := e.known(r)
	run := &run{
		engine: e, r: r, links: links, sampler: sampler, uncond: uncond,
		needs:  plan(links, known, r.Settings.Steps),
		traces: known,
		traced: len(known) > 1 && known[len(known)-2] != nil,
	}
	start := e.initial(r.Settings.Seed)
	for i, t := range known {
		if t == nil {
			run.traces[i] = newTrace(r.Settings.Steps, start)
		}
	}
	return run, nil
}

// known returns the traces that the engine has of the turns before the last.
func (e *Engine) known(r recipe.Recipe) []*Trace {
	known := make([]*Trace, len(r.Turns))
	for i := range len(r.Turns) - 1 {
		prefix := r
		prefix.Turns = r.Turns[:i+1]
		known[i] = e.traces.get(traceKey(prefix))
	}
	return known
}

// step computes one denoising step of every turn that needs it, as rows of one
// batch.
func (run *run) step(ctx context.Context, s int) error {
	batch, cond, uncond := run.batch(s)
	out, err := run.engine.model.Denoise(ctx, batch)
	if err != nil {
		return err
	}
	run.rows += batch.Rows
	spec := run.engine.model.Spec()
	latentSize := len(batch.Latents) / batch.Rows
	mapSize := spec.MapHeight * spec.MapWidth * spec.ContextLength
	for i, l := range run.links {
		if cond[i] < 0 {
			continue
		}
		t := run.traces[i]
		if t.maps[s] == nil {
			t.maps[s] = clone(row(out.Maps, cond[i], mapSize))
		}
		if !run.needs[s][i].advance {
			continue
		}
		prediction := row(out.Noise, cond[i], latentSize)
		if uncond[i] >= 0 {
			guide(prediction, row(out.Noise, uncond[i], latentSize), run.r.Settings.Guidance)
		}
		t.latents[s+1] = run.sampler.step(s, t.latents[s], prediction)
		if l.blend != nil {
			l.blend.apply(s, run.traces[i-1], t, spec)
		}
	}
	return nil
}

// batch lays out the rows of step s: for every turn its conditional row and,
// where it advances under guidance, its unconditional row. It returns the row
// numbers by turn, −1 for none.
func (run *run) batch(s int) (batch *models.Batch, cond, uncond []int) {
	spec := run.engine.model.Spec()
	batch = &models.Batch{Timestep: run.sampler.timesteps[s]}
	add := func(x, text []float32) int {
		batch.Latents = append(batch.Latents, x...)
		batch.Text = append(batch.Text, text...)
		batch.Rows++
		return batch.Rows - 1
	}
	for i, l := range run.links {
		cond, uncond = append(cond, -1), append(uncond, -1)
		need, x := run.needs[s][i], run.traces[i].latents[s]
		if need.advance && run.r.Settings.Guidance != 1 {
			uncond[i] = add(x, run.uncond)
		}
		if need.attention {
			cond[i] = add(x, l.text)
		}
	}
	batch.Control = controls(batch.Rows, cond, run.links, s, spec)
	return batch, cond, uncond
}

// last returns the trace of the turn that is drawn.
func (run *run) last() *Trace { return run.traces[len(run.traces)-1] }

// row returns row b of a batched tensor with size values a row.
func row(tensor []float32, b, size int) []float32 {
	return tensor[b*size : (b+1)*size]
}

func clone(x []float32) []float32 { return append([]float32(nil), x...) }
