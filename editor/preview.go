package editor

import (
	"context"
	"image"
)

// preview returns how to draw what step s expects of the finished picture. The
// latents and the prediction of a step that is done never change again, so
// that it can be called while later steps are computed.
//
// Latents are decoded by the model itself: no fixed projection of latents to
// colours is right for every model.
func (run *run) preview(s int) func(context.Context) (*image.NRGBA, error) {
	t, guided, z := run.last(), run.branches[0].prediction, run.noise.at(run.sampler, s)
	x, next := t.Latents[s], t.Latents[s+1]
	return func(ctx context.Context) (*image.NRGBA, error) {
		if s+1 < len(t.Latents)-1 {
			return run.engine.model.Decode(ctx, run.sampler.clean(s, x, guided, z, next))
		}
		return run.engine.model.Decode(ctx, next)
	}
}
