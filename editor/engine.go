// Package editor draws pictures from recipes: it is Prompt-to-Prompt image
// editing (Hertz et al. 2022) on a latent diffusion model, chained turn after
// turn.
//
// Start with [Engine.Draw]. Data flows one way:
//
//	recipe → links of a chain → rows of a batch → latents → picture
//
// The files follow it. chain.go prepares every turn of the recipe (tokens,
// alignment, windows); begin.go has turns begin from the latents of their
// sources; plan.go decides which rows of the UNet a step needs and
// rows.go puts them into batches; control.go fills the attention control of
// those rows, where the paper's equations are; sampler.go steps the latents,
// as ddim.go, dpmsolver.go, euler.go or lcm.go has it, along schedule.go, with
// the noise of seednoise.go; blend.go is the local blend, and mask.go says where
// it let a picture change; invert.go takes a picture of one's own back to noise;
// branch.go and variants.go draw many variants of one edit at once, and compute
// what they have in common once; trace.go says what of a drawing is kept, in the
// cache of package attention, so that the next edit need not compute it again.
package editor

import (
	"context"
	"fmt"
	"image"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/models/tokenizer"
	"pentimento/recipe"
)

// Engine draws recipes with one model. It is safe for concurrent use as far as
// the model is.
type Engine struct {
	model *models.Model
	cache *attention.Cache
}

// New returns an engine that draws with model and has a cache of the usual
// size in memory.
func New(model *models.Model) *Engine {
	return NewCached(model, attention.New(attention.Options{}))
}

// NewCached returns an engine that draws with model and keeps what it computes
// in cache, which is the caller's to close. Engines may share a cache.
func NewCached(model *models.Model, cache *attention.Cache) *Engine {
	return &Engine{model: model, cache: cache}
}

// Progress tells how far a drawing is.
type Progress struct {
	// Step of Steps is done.
	Step, Steps int
	// Rows is the number of UNet rows computed so far.
	Rows int
	// Preview draws what the step expects of the finished picture, in its
	// size: nothing is computed unless it is called, and then the VAE's decoder
	// runs once. After the last step it is the picture. It changes nothing of
	// the drawing and may be called from any goroutine, during the callback or
	// later, while the model is open.
	Preview func(context.Context) (*image.NRGBA, error)
}

// Drawing is a finished picture and what it took.
type Drawing struct {
	Image *image.NRGBA
	// Latents x_0 in the scheduler's scale. [C, H, W]
	Latents []float32
	// Rows is the number of UNet rows computed.
	Rows int
	// Traced says that the source turn's latents were known, so that at most
	// its attention had to be computed again.
	Traced bool
	// CachedSteps is the number of steps in which the attention of a turn
	// before was known too.
	CachedSteps int
	// Change is how far the last turn moved the latents that its local blend let
	// it change: their mean absolute difference from the source's. Nil where
	// there is no blend, or where a picture was known and not drawn.
	Change *float64
	// Mask marks the latents that the last turn changed of its source's, of MaskWidth
	// by MaskHeight. Nil where it had no local blend, so that all may have changed,
	// where there is no source, and for samples. [height, width]
	Mask                  []bool
	MaskWidth, MaskHeight int
	// Dropped are the words of the last prompt that the model's context has
	// no room for.
	Dropped []string
	// MapWidth and MapHeight are the sides of what [Drawing.Attention] returns.
	MapWidth, MapHeight int

	tokens tokenizer.Encoding
	maps   []float32 // mean cross-attention over all steps [pixels, M]
}

// Draw draws the last turn of the recipe. The picture depends on the recipe
// alone: what the cache still has from drawing the turns before makes it
// quicker, not different. Progress may be nil. Cancelling ctx stops within
// a step and returns its error.
func (e *Engine) Draw(ctx context.Context, r recipe.Recipe, progress func(Progress)) (*Drawing, error) {
	e, err := e.checked(r)
	if err != nil {
		return nil, err
	}
	links, err := e.chain(ctx, r)
	if err != nil {
		return nil, err
	}
	last := len(links) - 1
	if known := e.cache.Drawn(ctx, e.key(r), e.shape(r.Settings)); known != nil {
		if mask, ok := e.knownMask(ctx, r, links[last], known); ok {
			return e.finish(ctx, known, links[last], mask, &run{traced: true})
		}
	}
	opened, rows, err := e.opened(ctx, r, progress)
	if err != nil {
		return nil, err
	}
	if opened != nil && last == 0 {
		return e.finish(ctx, opened, links[last], nil, &run{rows: rows})
	}
	run, err := e.newRun(ctx, r, opened, links[:last], links[last:])
	if err != nil {
		return nil, err
	}
	run.rows = rows
	run.kept = kept(run.spec, r.Settings.Steps, e.cache.MapsBudget())
	for step := range r.Settings.Steps {
		before := run.rows
		if err := run.step(ctx, step); err != nil {
			return nil, fmt.Errorf("step %d of %d: %w", step+1, r.Settings.Steps, err)
		}
		if progress != nil && run.rows > before {
			progress(Progress{Step: step + 1, Steps: r.Settings.Steps, Rows: run.rows, Preview: run.preview(step)})
		}
	}
	e.remember(ctx, r, run.last())
	return e.finish(ctx, run.last(), links[last], run.mask(links[last], run.last()), run)
}

// finish decodes the latents of a complete trace, which the mask let change.
func (e *Engine) finish(ctx context.Context, t *attention.Trace, last *link, mask []bool, run *run) (*Drawing, error) {
	latents := t.Latents[len(t.Latents)-1]
	picture, err := e.model.Decode(ctx, latents)
	if err != nil {
		return nil, err
	}
	spec := e.model.Spec()
	return &Drawing{
		MapWidth: spec.MapWidth, MapHeight: spec.MapHeight,
		Change: run.change(last, latents),
		Mask:   mask, MaskWidth: spec.LatentWidth, MaskHeight: spec.LatentHeight,
		Image: picture, Latents: latents, Rows: run.rows, Traced: run.traced, CachedSteps: run.cachedSteps,
		Dropped: last.tokens.Dropped, tokens: last.tokens, maps: meanMaps(t),
	}, nil
}

// Forget drops all that the cache has in memory.
func (e *Engine) Forget() { e.cache.Clear() }

// Cache returns the cache that the engine draws with.
func (e *Engine) Cache() *attention.Cache { return e.cache }

// Model returns the model that the engine draws with.
func (e *Engine) Model() *models.Model { return e.model }

// checked is the engine at the size of a recipe that it can draw.
func (e *Engine) checked(r recipe.Recipe) (*Engine, error) {
	switch {
	case len(r.Turns) == 0:
		return nil, fmt.Errorf("recipe has no turns")
	case r.Version > recipe.Version:
		return nil, fmt.Errorf("recipe has version %d, this program knows %d: update it", r.Version, recipe.Version)
	case r.Settings.Model != "" && r.Settings.Model != e.model.Digest():
		wrong := &ModelError{Want: r.Settings.Model, Have: e.model.Digest()}
		wrong.Precision, _ = e.model.PrecisionOf(wrong.Want)
		return nil, wrong
	}
	if err := Check(e.model.Spec(), r.Settings); err != nil {
		return nil, err
	}
	return e.sized(r.Settings)
}

// ModelError says that a recipe was made with another model, on which alone it
// gives the same picture.
type ModelError struct {
	Want, Have string
	// Precision is at what the model that draws would be the one, if it would be.
	Precision models.Precision
}

func (e *ModelError) Error() string {
	if e.Precision != "" {
		return fmt.Sprintf("the picture was made with this model at %s, and another precision draws another picture: it takes --precision %[1]s", e.Precision)
	}
	return fmt.Sprintf("the picture was made with model %.12s, this is %.12s", e.Want, e.Have)
}
