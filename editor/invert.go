package editor

import (
	"context"
	"errors"
	"fmt"
	"image"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// ErrNoPicture says that a recipe begins with a picture of somebody's own, which is
// not at hand.
var ErrNoPicture = errors.New("the picture that this began with is not here")

type pictureKey struct{}

// WithPicture returns a context in which recipes can be drawn that begin with a
// picture of one's own, fitted to the size that they are drawn in. Which it is they
// say themselves, by Settings.Picture.
func WithPicture(ctx context.Context, picture image.Image) context.Context {
	return context.WithValue(ctx, pictureKey{}, picture)
}

// root is the first turn's recipe.
func root(r recipe.Recipe) recipe.Recipe {
	r.Turns = r.Turns[:1]
	return r
}

// opened returns the trace of the root of a recipe that begins with a picture of
// one's own, and how many rows of the UNet that took; nil for any other recipe.
func (e *Engine) opened(ctx context.Context, r recipe.Recipe, progress func(Progress)) (t *attention.Trace, rows int, err error) {
	if r.Settings.Picture == "" {
		return nil, 0, nil
	}
	r = root(r)
	if known := e.cache.Get(ctx, e.key(r), e.shape(r.Settings)); known != nil {
		return known, 0, nil
	}
	picture, ok := ctx.Value(pictureKey{}).(image.Image)
	if !ok {
		return nil, 0, fmt.Errorf("%w: %.12s", ErrNoPicture, r.Settings.Picture)
	}
	run, err := e.invert(ctx, r, picture, progress)
	if err != nil {
		return nil, 0, fmt.Errorf("invert the picture: %w", err)
	}
	e.remember(ctx, r, run.last())
	return run.last(), run.rows, nil
}

// invert finds the path of latents that leads to a picture: DDIM inversion (Song et
// al. 2021, section 4.3; Mokady et al. 2023), forward passes only, one row a step.
// The path is the root's trace, so that the root is the picture as the VAE decodes
// it, and an edit has it for its source at every step, as Direct Inversion (Ju et
// al. 2024) reaches by correcting the source.
//
// Step s is taken back with what the model predicts of the latents that it ends
// with, at the timestep that it begins with. There is no guidance: what is guided
// cannot be taken back so.
func (e *Engine) invert(ctx context.Context, r recipe.Recipe, picture image.Image, progress func(Progress)) (*run, error) {
	links, err := e.chain(ctx, r)
	if err != nil {
		return nil, err
	}
	r.Settings.Guidance = 1
	run, err := e.newRun(ctx, r, nil, nil, links)
	if err != nil {
		return nil, err
	}
	if run.sampler.prediction == models.PredictSample {
		return nil, errors.New("the model predicts pictures and not noise, which cannot be taken back")
	}
	n := r.Settings.Steps
	run.kept = kept(run.spec, n, e.cache.MapsBudget())
	t := run.last()
	if t.Latents[n], err = e.model.EncodeImage(ctx, picture); err != nil {
		return nil, err
	}
	for s := n - 1; s >= 0; s-- {
		row := &unetRow{x: t.Latents[s+1], text: links[0].text, link: links[0], turn: lastTurn}
		if _, err := run.compute(ctx, s, []*unetRow{row}); err != nil {
			return nil, fmt.Errorf("step %d of %d: %w", n-s, n, err)
		}
		t.Latents[s], t.Predictions[s], t.Means[s] = run.sampler.back(s, row.x, row.noise), row.noise, run.mapsOf(row)
		if progress != nil {
			progress(Progress{Step: n - s, Steps: n, Rows: run.rows, Preview: func(ctx context.Context) (*image.NRGBA, error) {
				return run.engine.model.Decode(ctx, t.Latents[n])
			}})
		}
	}
	return run, nil
}

// back returns the latents that step i makes next of, if the model predicts so of
// them: what [direct] does, solved for x. Whatever the model predicts but the
// picture itself, a step is linear in x.
func (s *sampler) back(i int, next, prediction []float32) []float32 {
	at, to := s.at[i], s.to[i]
	ofX, ofPrediction := to.signal/at.signal, to.kept-to.signal*at.sigma/at.signal
	if s.prediction == models.PredictV {
		ofX, ofPrediction = to.signal*at.signal+to.kept*at.sigma, to.kept*at.signal-to.signal*at.sigma
	}
	x := make([]float32, len(next))
	for k := range x {
		x[k] = float32((float64(next[k]) - ofPrediction*float64(prediction[k])) / ofX)
	}
	return x
}

// seen are the latents of which the attention of turn i at step s is: of the root
// that is a picture of one's own those that the step ends with, from which it was
// taken back.
func (run *run) seen(i, s int) []float32 {
	if i == 0 && run.settings.Picture != "" {
		s++
	}
	return run.traces[i].Latents[s]
}
