package bot

import (
	"context"
	"errors"
	"fmt"
	"image"

	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/picture"
	"pentimento/picture/photo"
	"pentimento/recipe"
	"pentimento/session"
)

// What a model draws of a picture of somebody's own is small, and all of it new. What
// is kept and shown is that picture in its own size, with the edit where the edit's
// mask is: each turn's upon its source's. So it is, too, with edits that have a region
// (recipe.Recipe.Composed): a decoder spreads what changes beyond it.

// canvas is the sizes in which the model draws.
func (m Model) canvas() photo.Canvas {
	return photo.Canvas{Own: image.Pt(m.Width, m.Height), Multiple: m.SizeMultiple}
}

// drawnIn is the size in which pictures with the settings are drawn.
func (m Model) drawnIn(s recipe.Settings) image.Point {
	if s.Width == 0 {
		return image.Pt(m.Width, m.Height)
	}
	return image.Pt(s.Width, s.Height)
}

// give puts the picture of somebody's own into a job, as its model sees it.
func (c *Conversation) give(job *jobs.Job, original *image.NRGBA) error {
	m, err := c.modelOf(job.Model())
	if err != nil {
		return err
	}
	job.Picture, err = picture.Encode(photo.Fit(original, m.drawnIn(job.Recipe.Settings)))
	return err
}

// original is the picture of somebody's own that a turn's chain begins with; nil for
// a chain that was drawn. The error is [editor.ErrNoPicture] if it is not kept.
func (c *Conversation) original(ctx context.Context, s *session.Session, id int) (*image.NRGBA, error) {
	turn, err := s.Turn(id)
	if err != nil || turn.Settings.Picture == "" {
		return nil, err
	}
	kept, err := c.originalBytes(ctx, s, id)
	if err != nil {
		return nil, err
	}
	return originalOf(kept, turn.Settings.Picture)
}

// originalBytes are that picture's, as a PNG.
func (c *Conversation) originalBytes(ctx context.Context, s *session.Session, id int) ([]byte, error) {
	path, err := s.Path(id)
	if err != nil {
		return nil, err
	}
	kept, err := c.Store.GetBlob(ctx, c.Key, path[0].Picture)
	if errors.Is(err, session.ErrNoSuchBlob) {
		return nil, editor.ErrNoPicture
	}
	return kept, err
}

// originalOf reads a picture of somebody's own that was kept, if it is the one of
// that digest; otherwise the error is [editor.ErrNoPicture].
func originalOf(png []byte, digest string) (*image.NRGBA, error) {
	decoded, err := picture.Decode(png)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", editor.ErrNoPicture, err)
	}
	original := photo.Flat(decoded)
	if photo.Digest(original) != digest {
		return nil, fmt.Errorf("%w: another is in its place", editor.ErrNoPicture)
	}
	return original, nil
}

// A whole makes of what was drawn the picture that is kept and shown.
type whole func(drawn jobs.Result) (png []byte, err error)

// upon puts what was drawn of a turn upon its source's picture.
func upon(source []byte, turn recipe.Turn) whole {
	return func(drawn jobs.Result) ([]byte, error) {
		below, err := picture.Decode(source)
		if err != nil {
			return nil, err
		}
		edit, err := picture.Decode(drawn.PNG)
		if err != nil {
			return nil, err
		}
		composed, err := photo.Compose(photo.Flat(below), edit, drawn.Mask, maskOf(turn.Region))
		if err != nil {
			return nil, err
		}
		return picture.Encode(composed)
	}
}

// itself is a picture of somebody's own, which nobody has edited yet.
func itself(png []byte) whole {
	return func(jobs.Result) ([]byte, error) { return png, nil }
}

// onOwn prepares a job that makes the turn whose picture is composed, or is a picture
// of somebody's own; of any other turn it is as it was.
func (c *Conversation) onOwn(ctx context.Context, s *session.Session, turn session.Turn, job *jobs.Job, add *addition) error {
	switch {
	case !turn.Opened() && !job.Recipe.Composed():
		return nil
	case turn.Opened(): // the job has its picture
		kept, err := c.Store.GetBlob(ctx, c.Key, turn.Picture)
		if err != nil {
			return fmt.Errorf("%w: %w", editor.ErrNoPicture, err)
		}
		add.whole, add.original = itself(kept), true
		return nil
	}
	original, err := c.original(ctx, s, turn.Parent)
	if err != nil {
		return err
	}
	source, err := c.Picture(ctx, s, turn.Parent)
	if err != nil {
		return err
	}
	add.whole = upon(source.Bytes(), turn.Recipe)
	if original == nil {
		return nil
	}
	return c.give(job, original)
}
