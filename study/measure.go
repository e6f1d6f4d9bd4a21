package study

import (
	"context"
	"fmt"
	"image"
	"maps"
	"math"

	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/recipe"
	"pentimento/study/metric"
	"pentimento/study/vision"
)

// A Result is a cell and what was measured of its picture.
type Result struct {
	// Index is the cell's place in the study.
	Index int `json:"index"`
	Cell
	// Unusable says why nothing was measured: the source does not show what
	// the edit is to change.
	Unusable string             `json:"unusable,omitempty"`
	Metrics  map[string]float64 `json:"metrics,omitempty"`
	// Picture and Source are file names, for the seeds that are kept.
	Picture string `json:"picture,omitempty"`
	Source  string `json:"source,omitempty"`
}

// measured is a result with its pictures, and where it goes.
type measured struct {
	part           *part
	result         Result
	source, edited *image.NRGBA
}

// An instrument draws and measures the cells of one group after the other. It
// keeps what groups of one source share.
type instrument struct {
	engine  *editor.Engine
	options Options
	at      *source
	first   *editor.Drawing
	seen    *judge.Sight // of the first picture; nil without a network
	// arranged is the first picture's structure, if there is a network for it.
	arranged vision.Arrangement
	fresh    map[string]*editor.Drawing // by prompt, with the source's settings
}

// measure draws and measures all cells of a group.
func (in *instrument) measure(ctx context.Context, s *source, g *group) ([]*measured, error) {
	if err := in.open(ctx, s); err != nil {
		return nil, err
	}
	unusable := in.unusable(g.place)
	out := make([]*measured, len(g.cells))
	for i, c := range g.cells {
		out[i] = &measured{part: c.part, source: in.first.Image, result: Result{Index: c.index, Cell: c.Cell, Unusable: unusable}}
	}
	if unusable != "" {
		return out, nil
	}
	region := in.region(g.place.prompt)
	yardstick, err := in.yardstick(g.place)
	if err != nil {
		return nil, err
	}
	tasks, err := in.tasks(ctx, g, yardstick, region)
	if err != nil {
		return nil, err
	}
	marks, err := in.mark(ctx, g.place, yardstick, region)
	if err != nil {
		return nil, err
	}
	if err := in.metrics(ctx, g.place, marks, tasks); err != nil {
		return nil, err
	}
	if err := in.cycles(ctx, g.place, tasks); err != nil {
		return nil, err
	}
	for i, t := range tasks {
		score(t.metrics, marks.anew[t.turn()-1])
		for name, v := range t.metrics {
			t.metrics[name] = math.Round(v*1e6) / 1e6
		}
		out[i].edited, out[i].result.Metrics = t.drawing.Image, t.metrics
	}
	return out, nil
}

// open draws the first picture of a source, unless it is the one before.
func (in *instrument) open(ctx context.Context, s *source) error {
	if in.at == s {
		return nil
	}
	first, err := in.engine.Draw(ctx, chain(s.settings, recipe.Turn{Prompt: s.prompt}), nil)
	if err != nil {
		return fmt.Errorf("draw the source: %w", err)
	}
	in.at, in.first, in.fresh, in.seen = s, first, map[string]*editor.Drawing{s.prompt: first}, nil
	if n := in.options.Network; n != nil {
		if in.seen, err = n.See(ctx, first.Image); err != nil {
			return err
		}
	}
	if n := in.options.Structure; n != nil {
		in.arranged, err = n.Of(ctx, first.Image)
	}
	return err
}

// anew draws a prompt afresh with the source's settings.
func (in *instrument) anew(ctx context.Context, prompt string) (*editor.Drawing, error) {
	if d := in.fresh[prompt]; d != nil {
		return d, nil
	}
	d, err := in.engine.Draw(ctx, chain(in.at.settings, recipe.Turn{Prompt: prompt}), nil)
	if err != nil {
		return nil, fmt.Errorf("draw %q afresh: %w", prompt, err)
	}
	in.fresh[prompt] = d
	return d, nil
}

// metrics measures the drawings of tasks. What several tasks have drawn alike
// is measured once.
func (in *instrument) metrics(ctx context.Context, at place, marks *marks, tasks []*task) error {
	type kind struct {
		drawing *editor.Drawing
		turn    int
		weight  float64
	}
	known := map[kind]map[string]float64{}
	var different []*task
	for _, t := range tasks {
		k := kind{t.drawing, t.turn(), t.parameters.Weight}
		if known[k] == nil {
			t.metrics = map[string]float64{}
			known[k] = t.metrics
			different = append(different, t)
		}
	}
	for _, t := range different {
		in.changes(t.metrics, marks.outside[t.turn()-1], t)
		in.focus(t.metrics, at.edit.Turns[t.turn()-1], t.drawing)
		if err := in.looks(ctx, t); err != nil {
			return err
		}
	}
	if err := in.success(ctx, at, marks, different); err != nil {
		return err
	}
	if err := in.wholeness(ctx, at, marks, different); err != nil {
		return fmt.Errorf("measure wholeness: %w", err)
	}
	for _, t := range tasks {
		t.metrics = maps.Clone(known[kind{t.drawing, t.turn(), t.parameters.Weight}])
	}
	return nil
}

// changes compares the picture with the first one.
func (in *instrument) changes(m map[string]float64, outside *metric.Mask, t *task) {
	a, b := in.first.Image, t.drawing.Image
	all, similarity := metric.All(a), metric.SSIMOf(a, b)
	whole := metric.Difference(a, b, all)
	m["change"], m["psnr"], m["ssim"], m["gradient"] = whole.Mean, whole.PSNR, similarity.Mean(all), metric.GradientCorrelation(a, b)
	if outside == nil || outside.Count() == 0 {
		return
	}
	c := metric.Difference(a, b, *outside)
	m["outside_change"], m["outside_psnr"], m["outside_ssim"] = c.Mean, c.PSNR, similarity.Mean(*outside)
	m["outside_share"] = float64(outside.Count()) / float64(len(outside.Set))
	m["drift"] = c.Mean / float64(t.turn())
}

// looks measures a picture by the networks that are given for that.
func (in *instrument) looks(ctx context.Context, t *task) error {
	var err error
	if n := in.options.Perceptual; n != nil {
		if t.metrics["perceptual"], err = n.Between(ctx, in.first.Image, t.drawing.Image); err != nil {
			return err
		}
	}
	if n := in.options.Structure; n != nil {
		arranged, err := n.Of(ctx, t.drawing.Image)
		if err != nil {
			return err
		}
		t.metrics["structure"] = structureScale * in.arranged.Distance(arranged)
	}
	if n := in.options.CLIP; n != nil {
		similarity, err := n.Similarity(ctx, t.drawing.Image, t.prompt())
		if err != nil {
			return err
		}
		t.metrics["clip"] = clipScale * similarity
	}
	return nil
}

// focus is the share of the change that lies where the new words attend.
func (in *instrument) focus(m map[string]float64, t Target, edited *editor.Drawing) {
	mask := in.attended(edited, t.To, t.Words)
	if mask == nil || m["change"] == 0 {
		return
	}
	c := metric.Difference(in.first.Image, edited.Image, *mask)
	m["focus"] = c.Mean * float64(mask.Count()) / (m["change"] * float64(len(mask.Set)))
}

// score is the criterion of searches, success × preservation × wholeness; the
// first two alone are fidelity. anew is how much changes outside the region in a
// fresh picture of the target.
func score(m map[string]float64, anew float64) {
	kept := m["gradient"]
	if change, ok := m["outside_change"]; ok {
		switch {
		case change == 0:
			kept = 1
		case anew == 0:
			kept = 0
		default:
			kept = 1 - change/anew
		}
	}
	m["preservation"] = max(0, kept)
	if s, ok := m["success"]; ok {
		m["fidelity"] = s * m["preservation"]
		m["score"] = m["fidelity"] * m["wholeness"]
	}
}

func chain(s recipe.Settings, turns ...recipe.Turn) recipe.Recipe {
	return recipe.New(s, turns...)
}
