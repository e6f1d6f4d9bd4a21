package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"pentimento/editor"
	"pentimento/editor/recipe"
	"pentimento/editor/study/metric"
)

// marks are what all cells of a group are measured by.
type marks struct {
	// region is where the judge sees the thing to be edited in the first
	// picture; nil where it sees none or there is no judge.
	region *metric.Mask
	// outside is, by turn, where nothing should have changed; nil where
	// everything may.
	outside []*metric.Mask
	// anew is, by turn, how much changes there when the turn's prompt is drawn
	// afresh with the same seed.
	anew []float64
}

// margin is how far around a region change still counts as inside, as a share
// of the picture's height.
const margin = 1. / 32

// attends is the share of the largest attention from which on a place belongs
// to a word, as in the papers' local blend.
const attends = .3

// mark finds, by turn, where nothing should change. That depends on the source
// and the edit alone, so that all parameters are measured by the same mask: on
// where the judge sees what is edited, in the source and in the edit as the
// literature's windows draw it, or without a judge on where the replaced words
// attend in the one and the new words in the other.
func (in *instrument) mark(ctx context.Context, at place, literature *yardstick, region *metric.Mask) (*marks, error) {
	m := &marks{region: region}
	inside := metric.All(in.first.Image).Not()
	somewhere := true // whether the edits so far have a place
	before := in.first
	for i, t := range at.edit.Turns {
		var masks []*metric.Mask
		if *t.Replaces != "" && m.region != nil {
			masks = append(masks, m.region)
		}
		if t.sought(m.region) {
			edited, err := literature.draw(ctx, in, i+1)
			if err != nil {
				return nil, err
			}
			if len(masks) == 0 {
				masks = append(masks, in.attended(before, literature.turns[i].Prompt, *t.Replaces))
			}
			shown, err := in.shown(ctx, t, edited)
			if err != nil {
				return nil, err
			}
			masks = append(masks, shown)
			before = edited
		}
		masks = slices.DeleteFunc(masks, func(m *metric.Mask) bool { return m == nil })
		somewhere = somewhere && len(masks) > 0
		for _, mask := range masks {
			inside = inside.Or(*mask)
		}
		if err := in.outside(ctx, m, at.prompt.From, t, inside, somewhere); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// sought reports whether it takes the edited picture to see where a target is,
// given the region that the judge saw in the source.
func (t Target) sought(region *metric.Mask) bool {
	known := *t.Replaces != "" && region != nil
	return t.Region != "" || !known && t.Words+*t.Replaces != ""
}

// A yardstick is an edit with the literature's parameters: where it changes
// the picture, all others are measured.
type yardstick struct {
	turns []recipe.Turn
	// drawn is the first turn's picture, if it was drawn with others.
	drawn *editor.Drawing
}

func (in *instrument) yardstick(at place) (*yardstick, error) {
	p := standard()
	if err := p.start("literature"); err != nil {
		return nil, err
	}
	turns, err := turnsOf(in.engine, p, at.prompt.From, at.edit.Turns)
	return &yardstick{turns: turns}, err
}

// draw draws a turn, counted from 1.
func (y *yardstick) draw(ctx context.Context, in *instrument, turn int) (*editor.Drawing, error) {
	if turn == 1 && y.drawn != nil {
		return y.drawn, nil
	}
	d, err := in.engine.DrawVariants(ctx, []recipe.Recipe{chain(in.at.settings, y.turns[:turn+1]...)})
	if err != nil {
		return nil, fmt.Errorf("draw the edit to see its region: %w", err)
	}
	return d[0], nil
}

// shown is where an edited picture shows the target: where the judge sees its
// region or, without one, where its words attend; nil for nowhere.
func (in *instrument) shown(ctx context.Context, t Target, edited *editor.Drawing) (*metric.Mask, error) {
	if in.options.Network != nil && t.Region != "" {
		sight, err := in.options.Network.See(ctx, edited.Image)
		if err != nil {
			return nil, err
		}
		if seen := sight.Region(t.Region); seen.Count() > 0 {
			return &seen, nil
		}
	}
	return in.attended(edited, t.To, t.Words), nil
}

// attended returns the places of a drawing that words of its prompt attend to;
// nil without words.
func (in *instrument) attended(d *editor.Drawing, prompt, words string) *metric.Mask {
	spans, err := find(in.engine, prompt, words)
	if err != nil || len(spans) == 0 {
		return nil // turnsOf has found all words before
	}
	heat, err := d.Attention(spans[0])
	if err != nil {
		return nil // the model's context has no room for the words
	}
	spec := in.engine.Model().Spec()
	m := metric.Above(heat, spec.MapWidth, spec.MapHeight, attends, d.Image.Rect.Dx(), d.Image.Rect.Dy())
	return &m
}

// outside marks what is left outside after a turn, and measures what a fresh
// picture of the target changes there: the yardstick of preservation. Where
// the target is the first prompt again, by re-weighting or on a way back, a
// fresh picture would be the first picture, and that of the contrast is taken.
func (in *instrument) outside(ctx context.Context, m *marks, from string, t Target, inside metric.Mask, somewhere bool) error {
	if !somewhere {
		m.outside, m.anew = append(m.outside, nil), append(m.anew, 0)
		return nil
	}
	grow := int(math.Round(margin * float64(in.first.Image.Rect.Dy())))
	mask := inside.Grow(grow).Not()
	prompt := t.To
	if prompt == from {
		prompt = t.Contrast
	}
	d, err := in.anew(ctx, prompt)
	if err != nil {
		return err
	}
	m.outside = append(m.outside, &mask)
	m.anew = append(m.anew, metric.Difference(in.first.Image, d.Image, mask).Mean)
	return nil
}
