package editor

import (
	"context"
	"fmt"
	"slices"

	"pentimento/editor/attention"
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
	traces []*attention.Trace
	// kept are the layers, by step, whose maps go into the last turn's trace.
	kept        [][]bool
	traced      bool
	rows        int
	cachedSteps int
	// guided is the guided prediction of the last step computed, for the turn
	// that is drawn. [C, H, W]
	guided []float32
}

func (e *Engine) newRun(ctx context.Context, r recipe.Recipe, links []*link) (*run, error) {
	spec, steps := e.model.Spec(), r.Settings.Steps
	sampler, err := newDDIM(spec, steps)
	if err != nil {
		return nil, err
	}
	uncond, err := e.model.EncodeText(ctx, e.model.Tokenizer().Encode("").IDs)
	if err != nil {
		return nil, fmt.Errorf("encode the empty prompt: %w", err)
	}
	known := e.known(ctx, r)
	run := &run{
		engine: e, r: r, links: links, sampler: sampler, uncond: uncond,
		needs:  plan(links, known, steps, spec),
		traces: known,
		kept:   kept(spec, steps, e.cache.MapsBudget()),
		traced: len(known) > 1 && known[len(known)-2] != nil,
	}
	start := e.initial(r.Settings.Seed)
	for i, t := range known {
		if t == nil {
			run.traces[i] = newTrace(steps, start)
		}
	}
	return run, nil
}

// known returns the traces that the cache has of the turns before the last.
// Those before one whose maps are known are hardly needed: a look into memory
// is enough for them, and no reason to keep them longer than that one.
func (e *Engine) known(ctx context.Context, r recipe.Recipe) []*attention.Trace {
	known := make([]*attention.Trace, len(r.Turns))
	shape := e.shape(r.Settings.Steps)
	found := false
	for i := len(r.Turns) - 2; i >= 0; i-- {
		prefix := r
		prefix.Turns = r.Turns[:i+1]
		if found {
			known[i] = e.cache.Peek(e.key(prefix))
			continue
		}
		known[i] = e.cache.Get(ctx, e.key(prefix), shape)
		found = known[i] != nil && known[i].HasMaps()
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
	if len(out.Captured) > 0 {
		run.keep(s, out.Captured[0])
	}
	for i, l := range run.links {
		if cond[i] < 0 {
			continue
		}
		t := run.traces[i]
		if t.Means[s] == nil {
			t.Means[s] = slices.Clone(row(out.Maps, cond[i], mapSize))
		}
		if !run.needs[s][i].advance {
			continue
		}
		prediction := row(out.Noise, cond[i], latentSize)
		if uncond[i] >= 0 {
			guide(prediction, row(out.Noise, uncond[i], latentSize), run.r.Settings.Guidance)
		}
		t.Latents[s+1] = run.sampler.step(s, t.Latents[s], prediction)
		run.guided = prediction // of the last turn, in the end
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
		need, x := run.needs[s][i], run.traces[i].Latents[s]
		if need.advance && run.r.Settings.Guidance != 1 {
			uncond[i] = add(x, run.uncond)
		}
		if need.attention {
			cond[i] = add(x, l.text)
		}
	}
	if run.kept[s] != nil {
		batch.Capture = []int{cond[len(cond)-1]}
	}
	batch.Control = controls(batch.Rows, run.sources(s, cond, batch), run.links, s, spec)
	return batch, cond, uncond
}

// sources returns, by turn, where the turn after it finds its maps: the turn's
// conditional row or, where there is none but the maps are known, their place
// after the rows, among the batch's cached maps.
func (run *run) sources(s int, cond []int, batch *models.Batch) []int {
	sources := slices.Clone(cond)
	for i, next := range run.links[1:] {
		if cond[i] < 0 && cond[i+1] >= 0 && next.injects(s) {
			sources[i] = batch.Rows + len(batch.Cached)
			batch.Cached = append(batch.Cached, run.traces[i].Maps[s])
		}
	}
	if len(batch.Cached) > 0 {
		run.cachedSteps++
	}
	return sources
}

// keep puts the maps of the last turn into its trace. Self-attention maps that
// it took from its source's trace are the same numbers: they are shared.
func (run *run) keep(s int, maps models.Maps) {
	spec, last := run.engine.model.Spec(), len(run.links)-1
	for l, keep := range run.kept[s] {
		switch {
		case !keep:
			maps[l] = nil
		case last > 0 && !spec.Layers[l].Cross && run.links[last].self.has(s) && run.traces[last-1].Maps[s] != nil:
			if source := run.traces[last-1].Maps[s][l]; source != nil {
				maps[l] = source
			}
		}
	}
	run.last().Maps[s] = maps
}

// last returns the trace of the turn that is drawn.
func (run *run) last() *attention.Trace { return run.traces[len(run.traces)-1] }

// row returns row b of a batched tensor with size values a row.
func row(tensor []float32, b, size int) []float32 {
	return tensor[b*size : (b+1)*size]
}
