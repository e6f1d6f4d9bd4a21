package editor

import (
	"context"
	"fmt"
	"slices"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// A run is one drawing in progress: the state of every turn of the chain
// before the last, and that of the last turn, of which several variants may be
// drawn at once.
type run struct {
	engine   *Engine
	settings recipe.Settings
	// spec is the model at the size of the pictures.
	spec    models.Spec
	sampler *sampler
	noise   *stepNoise
	halves  halves
	uncond  models.Text // the empty or the negative prompt
	// chain are the turns before the last. traces hold what is known of them:
	// complete for turns drawn before, growing with every step for the others.
	chain  []*link
	traces []*attention.Trace
	needs  [][]need
	// memories are what the sampler remembers of the chain's turns.
	memories [][]float64
	// waiting are the variants of the last turn that have not begun, branches the
	// states of those that have; a single picture has one.
	waiting  []*link
	branches []*branch
	// kept are the layers, by step, whose maps go into the last turn's trace.
	kept        [][]bool
	traced      bool
	rows        int
	cachedSteps int
}

// newRun begins to draw variants of the last turn of a recipe, whose turns
// before it are the chain. One variant is the usual case.
//
// opened is the trace of the recipe's root if that is a picture of one's own, which
// all turns then begin with; nil for pictures that are drawn.
func (e *Engine) newRun(ctx context.Context, r recipe.Recipe, opened *attention.Trace, chain, variants []*link) (*run, error) {
	spec, steps := e.model.Spec(), r.Settings.Steps
	sampler, err := newSampler(spec, r.Settings.Scheduler, steps)
	if err != nil {
		return nil, err
	}
	uncond, err := e.model.EncodeText(ctx, r.Settings.Negative)
	if err != nil {
		return nil, fmt.Errorf("encode the negative prompt: %w", err)
	}
	halves := halvesOf(r.Settings.Guidance, spec)
	if !halves.cond {
		promptless(variants)
		chain, r.Turns = nil, r.Turns[len(r.Turns)-1:]
	}
	known := e.known(ctx, r)
	start, noise := firstNoise(r.Settings.Seed, spec, sampler)
	if opened != nil {
		start = opened.Latents[0]
		if len(known) > 0 {
			known[0] = opened
		}
	}
	run := &run{
		engine: e, settings: r.Settings, spec: spec, sampler: sampler, noise: noise, halves: halves, uncond: uncond,
		chain: chain, traces: known,
		memories: make([][]float64, len(chain)),
		needs:    plan(chain, variants, known, steps, spec),
		kept:     make([][]bool, steps),
		traced:   len(known) > 0 && known[len(known)-1] != nil,
	}
	for i, t := range known {
		if t == nil {
			run.traces[i] = newTrace(steps, start)
		}
	}
	whole := &branch{trace: newTrace(steps, start)}
	for _, l := range variants {
		if l.start > 0 {
			run.waiting = append(run.waiting, l)
		} else {
			whole.links = append(whole.links, l)
		}
	}
	if len(whole.links) > 0 {
		run.branches = append(run.branches, whole)
	}
	return run, nil
}

// known returns the traces that the cache has of the turns before the last.
// Those before one whose maps are known are hardly needed: a look into memory
// is enough for them, and no reason to keep them longer than that one.
func (e *Engine) known(ctx context.Context, r recipe.Recipe) []*attention.Trace {
	known := make([]*attention.Trace, len(r.Turns)-1)
	shape := e.shape(r.Settings)
	found := false
	for i := len(known) - 1; i >= 0; i-- {
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

// step computes one denoising step of every turn that needs it: its rows go
// through the UNet, in as few batches as there may be, and then all latents
// advance.
func (run *run) step(ctx context.Context, s int) error {
	run.begin(s)
	sources, forks := run.sourceRows(s), run.forks(s)
	cached := false
	for _, lot := range lots(sources, forks, s) {
		taken, err := run.compute(ctx, s, lot)
		if err != nil {
			return err
		}
		cached = cached || taken
	}
	if cached {
		run.cachedSteps++
	}
	run.advanceChain(s, sources)
	run.advance(s, forks)
	return nil
}

// advanceChain steps the latents of those turns of the chain that need it, source
// before edit.
func (run *run) advanceChain(s int, rows []*unetRow) {
	for i, l := range run.chain {
		if t := run.traces[i]; s < l.start {
			if growing(t) {
				run.inherit(t, run.traces[i-1], l, s)
			}
			continue
		}
		var cond, uncond *unetRow
		for _, r := range rows {
			switch {
			case r.turn != i:
			case r.link == nil:
				uncond = r
			default:
				cond = r
			}
		}
		if cond != nil {
			run.advanceTurn(s, cond, uncond)
		}
	}
}

// advanceTurn keeps what the rows of a turn of the chain gave, and steps its latents
// where they are needed.
func (run *run) advanceTurn(s int, cond, uncond *unetRow) {
	i, blend := cond.turn, cond.link.blend
	t := run.traces[i]
	if t.Means[s] == nil {
		t.Means[s] = slices.Clone(cond.maps)
	}
	if !run.needs[s][i].advance {
		return
	}
	prediction := run.guided(cond, uncond)
	next, memory := run.advanced(s, t.Latents[s], prediction, run.memories[i])
	if blend != nil {
		next = blend.apply(s, run.traces[i-1], cond.maps, next, run.spec)
	}
	t.Latents[s+1], t.Predictions[s], run.memories[i] = next, prediction, memory
}

// advanced steps latents with the noise that all turns share at step s.
func (run *run) advanced(s int, x, prediction []float32, memory []float64) ([]float32, []float64) {
	return run.sampler.step(run.sampler, s, x, prediction, run.noise.at(run.sampler, s), memory)
}

// mapsOf are the aggregated maps of a conditional row, for a trace. Without such a
// row no word acts in the picture.
func (run *run) mapsOf(cond *unetRow) []float32 {
	if cond == nil {
		return make([]float32, run.spec.MapHeight*run.spec.MapWidth*run.spec.ContextLength)
	}
	return slices.Clone(cond.maps)
}

// change is how far the last turn moved what its blend left open; nil where it has
// none.
func (run *run) change(last *link, latents []float32) *float64 {
	if last.blend == nil || len(run.traces) == 0 {
		return nil
	}
	source := run.traces[len(run.traces)-1].Latents
	return last.blend.change(source[len(source)-1], latents)
}

// last returns the trace of the turn that is drawn, where it is one.
func (run *run) last() *attention.Trace { return run.branches[0].trace }

// keep puts the maps of the last turn into its trace. Self-attention maps that
// it took from its source's trace are the same numbers: they are shared.
func (run *run) keep(s int, maps models.Maps) {
	spec, last := run.spec, run.branches[0]
	var source *attention.Trace
	if link := last.links[0]; link.self.has(s) {
		source = covering(run.chain, run.traces, link, s, spec)
	}
	for l, keep := range run.kept[s] {
		switch {
		case !keep:
			maps[l] = nil
		case source != nil && !spec.Layers[l].Cross && source.Maps[s] != nil && source.Maps[s][l] != nil:
			maps[l] = source.Maps[s][l]
		}
	}
	last.trace.Maps[s] = maps
}
