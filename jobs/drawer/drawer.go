// Package drawer has the editor draw jobs: it is the engine of a worker.
package drawer

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"pentimento/editor"
	"pentimento/editor/attention"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/models/judge"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
)

// An Editor draws recipes; [*editor.Engine] does.
type Editor interface {
	// Draw draws the last turn of the recipe; progress may be nil.
	Draw(ctx context.Context, r recipe.Recipe, progress func(editor.Progress)) (*editor.Drawing, error)
	// Remembers reports whether an edit of the recipe's last turn need not
	// draw that turn again.
	Remembers(ctx context.Context, r recipe.Recipe) bool
	// Model is what draws.
	Model() *models.Model
}

// A Drawer draws jobs in this process. It implements [jobs.Engine].
type Drawer struct {
	editor Editor
	judge  *judge.Network // nil for models whose pictures nobody can read
}

// New returns a drawer that has e draw.
func New(e Editor) Drawer { return Drawer{editor: e} }

// Seeing is the drawer, which then says what its pictures show. The network is
// the caller's to close.
func (d Drawer) Seeing(network *judge.Network) Drawer {
	d.judge = network
	return d
}

// Draw draws a job for its user, so that what a cache keeps of it can be
// forgotten with them. What the user can do something about is a
// [*jobs.Failure].
func (d Drawer) Draw(ctx context.Context, job jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	ctx = attention.WithOwner(ctx, attention.Owner{User: job.User, Place: job.Place})
	result, err := d.draw(ctx, job, progress)
	return result, explain(err)
}

// explain gives errors that the user can do something about a sentence.
func explain(err error) error {
	failure := &jobs.Failure{Kind: jobs.EngineFailed}
	wrong, otherModel := errors.AsType[*editor.ModelError](err)
	switch {
	case otherModel && wrong.Precision != "":
		failure.Sentence = fmt.Sprintf("This picture was made with this model at %s, so it cannot be edited at another precision. Start a new one, or have me started with --precision %[1]s.", wrong.Precision)
	case otherModel:
		failure.Sentence = "This picture was made with another model than the one that draws now, so it cannot be edited. Start a new one."
	case errors.Is(err, editor.ErrNoSuchWord):
		failure.Sentence = "The prompt has no such word, or it did not fit the model."
	case errors.Is(err, editor.ErrNoPicture):
		failure.Sentence = "The picture that this began with is not kept any more, so it cannot be edited. Open it once more."
	case errors.Is(err, models.ErrNoEncoder):
		failure.Sentence = "This model can draw pictures but not open any: it has no VAE encoder. Use another one."
	case errors.Is(err, models.ErrMemory):
		failure.Sentence = "The machine that draws has too little memory for this. A smaller picture takes less; or close other programs there."
	default:
		return err
	}
	failure.Detail = err.Error()
	return failure
}

// draw draws a job after what it hangs on.
func (d Drawer) draw(ctx context.Context, job jobs.Job, progress func(jobs.Progress)) (jobs.Result, error) {
	if job.Picture != nil {
		opened, err := picture.Decode(job.Picture)
		if err != nil {
			return jobs.Result{}, err
		}
		if job.Look {
			seen, err := d.see(ctx, photo.Flat(opened))
			return jobs.Result{PNG: job.Picture, Seen: seen}, err
		}
		ctx = editor.WithPicture(ctx, opened)
	}
	if err := d.catchUp(ctx, job.Recipe); err != nil {
		return jobs.Result{}, err
	}
	previews := previews{wanted: job.Previews}
	drawing, err := d.editor.Draw(ctx, job.Recipe, func(p editor.Progress) {
		progress(jobs.Progress{Step: p.Step, Steps: p.Steps, Preview: previews.of(ctx, p)})
	})
	if err != nil {
		return jobs.Result{}, err
	}
	data, err := picture.Encode(drawing.Image)
	if err != nil {
		return jobs.Result{}, err
	}
	result := jobs.Result{
		Mask: photo.NewMask(drawing.Mask, drawing.MaskWidth, drawing.MaskHeight), PNG: data, Rows: drawing.Rows, Traced: drawing.Traced, Dropped: drawing.Dropped, Change: drawing.Change,
	}
	if result.Seen, err = d.see(ctx, drawing.Image); err != nil {
		return jobs.Result{}, err
	}
	if job.Attend != nil {
		result.Heat, err = d.heat(drawing, *job.Attend)
	}
	return result, err
}

// see says what a picture may show; nil where that cannot be told.
func (d Drawer) see(ctx context.Context, drawn *image.NRGBA) (map[string][]string, error) {
	if d.judge == nil {
		return nil, nil
	}
	sight, err := d.judge.See(ctx, drawn)
	if err != nil {
		return nil, err
	}
	return sight.Seen(), nil
}

// drawnAtOnce is how many turns that the engine does not remember are drawn in
// one go: each takes rows of the batch.
const drawnAtOnce = 4

// catchUp draws the turns before the last of a long chain that the engine does
// not remember, a few at a time.
func (d Drawer) catchUp(ctx context.Context, r recipe.Recipe) error {
	part := func(n int) recipe.Recipe {
		out := r
		out.Turns = r.Turns[:n]
		return out
	}
	if len(r.Turns) <= drawnAtOnce || d.editor.Remembers(ctx, part(len(r.Turns)-1)) {
		return nil
	}
	for n := drawnAtOnce; n < len(r.Turns); n += drawnAtOnce {
		if _, err := d.editor.Draw(ctx, part(n), nil); err != nil {
			return err
		}
	}
	return nil
}

// heat is where the words in span attended.
func (d Drawer) heat(drawing *editor.Drawing, span recipe.Span) (*jobs.Heat, error) {
	values, err := drawing.Attention(span)
	if err != nil {
		return nil, fmt.Errorf("look at the attention: %w", err)
	}
	for i, v := range values {
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			values[i] = 0 // JSON has no such numbers
		}
	}
	return &jobs.Heat{Map: values, Width: drawing.MapWidth, Height: drawing.MapHeight}, nil
}
