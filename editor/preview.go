package editor

import (
	"context"
	"image"

	"pentimento/editor/attention"
)

// preview returns how to draw what step s expects of the finished picture or, where
// that has not begun yet, of its source. The latents and the prediction of a step
// that is done never change again, so that it can be called while later steps are
// computed.
//
// Latents are decoded by the model itself: no fixed projection of latents to
// colours is right for every model.
func (run *run) preview(s int) func(context.Context) (*image.NRGBA, error) {
	t := run.shown()
	x, next, guided, z := t.Latents[s], t.Latents[s+1], t.Predictions[s], run.noise.at(run.sampler, s)
	return func(ctx context.Context) (*image.NRGBA, error) {
		if s+1 < len(t.Latents)-1 {
			return run.engine.model.Decode(ctx, run.sampler.clean(s, x, guided, z, next))
		}
		return run.engine.model.Decode(ctx, next)
	}
}

// shown is the trace of the turn that is drawn, once it has begun, and before that of
// its source.
func (run *run) shown() *attention.Trace {
	if len(run.branches) == 0 {
		return run.traces[len(run.traces)-1]
	}
	return run.last()
}
