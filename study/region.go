package study

import (
	"context"
	"fmt"
	"math"
	"slices"

	"pentimento/editor"
	"pentimento/recipe"
	"pentimento/study/metric"
)

// marks are what all cells of a group are measured by.
type marks struct {
	// region is where the judge sees the thing to be edited in the first
	// picture; nil where it sees none or there is no judge.
	region *metric.Mask
	// outside is, by turn, where nothing should have changed; nil where
	// everything may.
	outside []*metric.Mask
	// fresh is, by turn, the turn's prompt drawn afresh with the same seed, and
	// anew how much of what is outside changes by that.
	fresh []*editor.Drawing
	anew  []float64
	// asked is, by turn, where the fresh picture shows the target's region; nil
	// where it has none or the judge sees none.
	asked []*metric.Mask
}

// margin is how far around a region change still counts as inside, as a share
// of the picture's height.
const margin = 1. / 32

// attends is the share of the largest attention from which on a place belongs
// to a word, as in the papers' local blend.
const attends = .3

// mark finds, by turn, where nothing should change. That depends on the source
// and the edit alone, so that all parameters are measured by the same mask: on
// where the judge sees what is edited, in the source, in a fresh picture of the
// target and in the edit as the literature's windows draw it, or without a judge
// on where the replaced words attend in the first and the new words in the last.
func (in *instrument) mark(ctx context.Context, at place, literature *yardstick, region *metric.Mask) (*marks, error) {
	m := &marks{region: region}
	inside := metric.All(in.first.Image).Not()
	somewhere := true // whether the edits so far have a place
	before := in.first
	for i, t := range at.edit.Turns {
		fresh, asked, err := in.freshOf(ctx, at.prompt.From, t)
		if err != nil {
			return nil, err
		}
		masks := []*metric.Mask{asked}
		if *t.Replaces != "" && m.region != nil {
			masks = append(masks, m.region)
		}
		if t.sought(m.region) {
			edited, err := literature.draw(ctx, in, i+1)
			if err != nil {
				return nil, err
			}
			if *t.Replaces == "" || m.region == nil {
				masks = append(masks, in.attended(before, literature.turns[i].Prompt, *t.Replaces))
			}
			shown, err := in.whereShown(ctx, t, edited)
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
		m.fresh, m.asked = append(m.fresh, fresh), append(m.asked, asked)
		in.outside(m, fresh, inside, somewhere)
	}
	return m, nil
}

// freshOf draws a target afresh, and marks where the judge sees its region
// there. Where the target is the first prompt again, by re-weighting or on a way
// back, that would be the first picture: then it draws the contrast, which has
// no such region.
func (in *instrument) freshOf(ctx context.Context, from string, t Target) (*editor.Drawing, *metric.Mask, error) {
	if t.To == from {
		d, err := in.anew(ctx, t.Contrast)
		return d, nil, err
	}
	d, err := in.anew(ctx, t.To)
	if err != nil {
		return nil, nil, err
	}
	seen, err := in.sees(ctx, t, d)
	return d, seen, err
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

// whereShown is where an edited picture shows the target: where the judge sees its
// region or, without one, where its words attend; nil for nowhere.
func (in *instrument) whereShown(ctx context.Context, t Target, edited *editor.Drawing) (*metric.Mask, error) {
	seen, err := in.sees(ctx, t, edited)
	if seen != nil || err != nil {
		return seen, err
	}
	return in.attended(edited, t.To, t.Words), nil
}

// sees is where the judge sees a target's region in a picture; nil for nowhere.
func (in *instrument) sees(ctx context.Context, t Target, d *editor.Drawing) (*metric.Mask, error) {
	if in.options.Network == nil || t.Region == "" {
		return nil, nil
	}
	sight, err := in.options.Network.See(ctx, d.Image)
	if err != nil {
		return nil, err
	}
	if seen := metric.Square(sight.Region(t.Region)); seen.Count() > 0 {
		return &seen, nil
	}
	return nil, nil
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
	m := metric.Above(heat, d.MapWidth, d.MapHeight, attends, d.Image.Rect.Dx(), d.Image.Rect.Dy())
	return &m
}

// outside marks what is left outside after a turn, and measures what a fresh
// picture of the target changes there: the yardstick of preservation.
func (in *instrument) outside(m *marks, fresh *editor.Drawing, inside metric.Mask, somewhere bool) {
	if !somewhere {
		m.outside, m.anew = append(m.outside, nil), append(m.anew, 0)
		return
	}
	grow := int(math.Round(margin * float64(in.first.Image.Rect.Dy())))
	mask := inside.Grow(grow).Not()
	m.outside = append(m.outside, &mask)
	m.anew = append(m.anew, metric.Difference(in.first.Image, fresh.Image, mask).Mean)
}
