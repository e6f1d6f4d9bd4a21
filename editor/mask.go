package editor

import (
	"context"

	"pentimento/editor/attention"
	"pentimento/recipe"
)

// mask marks the latents that a turn changed of its source's. [H, W]
func (run *run) mask(last *link, t *attention.Trace) []bool {
	if last.blend == nil || len(run.traces) == 0 {
		return nil
	}
	return changed(run.traces[len(run.traces)-1], t, run.spec.LatentChannels)
}

// knownMask is the mask of a turn whose trace is known; ok is false if it takes its
// source's trace to tell, which is not, and somebody will want the mask: whoever
// puts the edit upon its source's picture.
func (e *Engine) knownMask(ctx context.Context, r recipe.Recipe, last *link, t *attention.Trace) (mask []bool, ok bool) {
	if last.blend == nil || len(r.Turns) < 2 {
		return nil, true
	}
	before := r
	before.Turns = r.Turns[:len(r.Turns)-1]
	source := e.cache.Drawn(ctx, e.key(before), e.shape(r.Settings))
	if source == nil {
		return nil, !r.Composed()
	}
	return changed(source, t, e.model.Spec().LatentChannels), true
}

// changed marks the places where the x_0 of two traces differ in some channel. A
// local blend puts the source's latents back bit by bit, so that these are the
// places that it left open. [H, W]
func changed(source, t *attention.Trace, channels int) []bool {
	before, after := source.Latents[len(source.Latents)-1], t.Latents[len(t.Latents)-1]
	mask := make([]bool, len(after)/channels)
	for k := range after {
		if after[k] != before[k] {
			mask[k%len(mask)] = true
		}
	}
	return mask
}
