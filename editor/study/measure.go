package study

import (
	"context"
	"fmt"
	"image"
	"math"

	"pentimento/editor"
	"pentimento/editor/noise"
	"pentimento/editor/recipe"
	"pentimento/editor/study/judge"
	"pentimento/editor/study/metric"
	"pentimento/editor/study/perceptual"
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

// An instrument draws and measures cells of a study, one after the other. It
// keeps what neighbouring cells share.
type instrument struct {
	engine *editor.Engine
	rules  *judge.Rules         // nil: none
	looks  *perceptual.Distance // nil: none
	places map[string]place     // of edits, by name
	shared sharedSource
}

type place struct {
	prompt Prompt
	edit   Edit
}

// sharedSource is what all cells of an edit of one source have in common.
type sharedSource struct {
	edit     string
	settings recipe.Settings
	first    *editor.Drawing
	// outside is, by turn, where nothing should have changed; nil where
	// everything may.
	outside []*metric.Mask
	// anew is, by turn, how much changes there when the turn's prompt is drawn
	// afresh with the same seed.
	anew []float64
	// region is where the judge saw the thing to be edited; nil without rule.
	region   *metric.Mask
	unusable string
}

func newInstrument(engine *editor.Engine, o Options, f *File) *instrument {
	in := &instrument{engine: engine, rules: o.Rules, looks: o.Perceptual, places: map[string]place{}}
	for _, p := range f.Prompts {
		for _, e := range p.Edits {
			in.places[e.Name] = place{p, e}
		}
	}
	return in
}

// measured is a result with its pictures.
type measured struct {
	result         Result
	source, edited *image.NRGBA
}

// measure draws a cell and measures it.
func (in *instrument) measure(ctx context.Context, index int, c Cell) (*measured, error) {
	at := in.places[c.Edit]
	if err := in.share(ctx, at, c); err != nil {
		return nil, err
	}
	shared := &in.shared
	out := &measured{result: Result{Index: index, Cell: c, Unusable: shared.unusable}, source: shared.first.Image}
	if shared.unusable != "" {
		return out, nil
	}
	turns, err := turnsOf(in.engine, c.Parameters, at.prompt.From, at.edit.Turns[:c.Turn])
	if err != nil {
		return nil, err
	}
	edited, err := in.draw(ctx, task{settings: shared.settings, parameters: c.Parameters, turns: turns}, at)
	if err != nil {
		return nil, err
	}
	out.edited = edited.Image
	m := map[string]float64{}
	out.result.Metrics = m
	changes(m, shared, edited, c.Turn)
	target := at.edit.Turns[c.Turn-1]
	if err := in.success(ctx, m, at, target, edited, shared); err != nil {
		return nil, err
	}
	if in.looks != nil {
		if m["perceptual"], err = in.looks.Between(ctx, shared.first.Image, edited.Image); err != nil {
			return nil, err
		}
	}
	in.focus(m, target, shared.first.Image, edited)
	if c.Cycle && c.Turn == 1 && c.Method == PromptToPrompt {
		if err := in.cycle(ctx, m, c.Parameters, at.prompt.From, target, turns); err != nil {
			return nil, err
		}
	}
	score(m, shared.anew[c.Turn-1])
	for name, v := range m {
		m[name] = math.Round(v*1e6) / 1e6
	}
	return out, nil
}

// share draws the source of the cell, unless the cell before had it too.
func (in *instrument) share(ctx context.Context, at place, c Cell) error {
	settings := c.settings(c.Seed, in.engine.Model().Digest())
	if in.shared.first != nil && in.shared.edit == c.Edit && in.shared.settings == settings {
		return nil
	}
	first, err := in.engine.Draw(ctx, chain(settings, recipe.Turn{Prompt: at.prompt.From}), nil)
	if err != nil {
		return fmt.Errorf("draw the source: %w", err)
	}
	in.shared = sharedSource{edit: c.Edit, settings: settings, first: first}
	if in.judged(at.prompt, at.edit.Turns) {
		m, seen := in.rules.Find(first.Image, at.prompt.Region, at.prompt.Colour)
		if !seen {
			in.shared.unusable = fmt.Sprintf("the source shows no %s %s", at.prompt.Colour, at.prompt.Region)
		}
		in.shared.region = &m
	}
	return in.findOutside(ctx, at)
}

// judged reports whether there are rules for the thing that is edited and for
// a colour that is asked.
func (in *instrument) judged(p Prompt, targets []Target) bool {
	for _, t := range targets {
		if in.rules != nil && p.Region != "" && t.Colour != "" {
			return true
		}
	}
	return false
}

// margin is how far around a region change still counts as inside, as a share
// of the picture's height.
const margin = 1. / 32

// attends is the share of the largest attention from which on a place belongs
// to a word, as in the papers' local blend.
const attends = .3

// findOutside marks, by turn, where nothing should change. It depends on the
// source and the edit alone, so that all parameters are measured by the same
// mask: on the judge's region or, without one, on where the replaced words
// attend in the source and the new words in the edit as the literature's
// windows draw it.
func (in *instrument) findOutside(ctx context.Context, at place) error {
	shared := &in.shared
	grow := int(math.Round(margin * float64(shared.first.Image.Rect.Dy())))
	literature := standard()
	if err := literature.start("literature"); err != nil {
		return err
	}
	turns, err := turnsOf(in.engine, literature, at.prompt.From, at.edit.Turns)
	if err != nil {
		return err
	}
	inside := metric.All(shared.first.Image).Not()
	found := false
	if shared.region != nil {
		inside, found = inside.Or(*shared.region), true
	}
	before := shared.first
	for i, t := range at.edit.Turns {
		if t.Words != "" || *t.Replaces != "" {
			if shared.region == nil || t.Colour == "" {
				edited, err := in.engine.Draw(ctx, chain(shared.settings, turns[:i+2]...), nil)
				if err != nil {
					return fmt.Errorf("draw the edit to see its region: %w", err)
				}
				for _, m := range []*metric.Mask{in.where(before, turns[i].Prompt, *t.Replaces), in.where(edited, t.To, t.Words)} {
					if m != nil {
						inside, found = inside.Or(*m), true
					}
				}
				before = edited
			}
		} else {
			found = false
		}
		var outside *metric.Mask
		if found {
			m := inside.Grow(grow).Not()
			outside = &m
		}
		shared.outside = append(shared.outside, outside)
		if err := in.drawAnew(ctx, at.prompt.From, t, outside); err != nil {
			return err
		}
	}
	return nil
}

// drawAnew measures what a fresh picture of the target changes outside the
// region: the yardstick of preservation. Where the target is the first prompt
// again, by re-weighting or on a way back, a fresh picture would be the first
// picture, and that of the contrast is taken.
func (in *instrument) drawAnew(ctx context.Context, from string, t Target, outside *metric.Mask) error {
	shared := &in.shared
	prompt := t.To
	if prompt == from {
		prompt = t.Contrast
	}
	if outside == nil {
		shared.anew = append(shared.anew, 0)
		return nil
	}
	d, err := in.engine.Draw(ctx, chain(shared.settings, recipe.Turn{Prompt: prompt}), nil)
	if err != nil {
		return fmt.Errorf("draw the target afresh: %w", err)
	}
	shared.anew = append(shared.anew, metric.Difference(shared.first.Image, d.Image, *outside).Mean)
	return nil
}

// where returns the places of a drawing that words of its prompt attend to;
// nil without words.
func (in *instrument) where(d *editor.Drawing, prompt, words string) *metric.Mask {
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

// draw edits with the cell's method.
func (in *instrument) draw(ctx context.Context, t task, at place) (*editor.Drawing, error) {
	t.source = in.shared.first
	if t.parameters.Method != PromptToPrompt && t.parameters.Method != Regenerate {
		if n := len(t.turns); n > 2 {
			before := t
			before.turns = t.turns[:n-1]
			var err error
			if t.source, err = in.draw(ctx, before, at); err != nil {
				return nil, err
			}
		}
		last := len(t.turns) - 2
		t.mask = in.where(t.source, t.turns[last].Prompt, *at.edit.Turns[last].Replaces)
	}
	return methods()[t.parameters.Method](ctx, in.engine, t)
}

// changes compares the picture with the first one.
func changes(m map[string]float64, shared *sharedSource, edited *editor.Drawing, turn int) {
	a, b := shared.first.Image, edited.Image
	all := metric.All(a)
	whole := metric.Difference(a, b, all)
	m["change"], m["psnr"], m["ssim"], m["gradient"] = whole.Mean, whole.PSNR, metric.SSIM(a, b, all), metric.GradientCorrelation(a, b)
	outside := shared.outside[turn-1]
	if outside == nil || outside.Count() == 0 {
		return
	}
	c := metric.Difference(a, b, *outside)
	m["outside_change"], m["outside_psnr"], m["outside_ssim"] = c.Mean, c.PSNR, metric.SSIM(a, b, *outside)
	m["outside_share"] = float64(outside.Count()) / float64(len(outside.Set))
	m["drift"] = c.Mean / float64(turn)
}

// success says how far the picture shows what was asked: by the judge's rules,
// or else by the model's own reading.
func (in *instrument) success(ctx context.Context, m map[string]float64, at place, t Target, edited *editor.Drawing, shared *sharedSource) error {
	if shared.region != nil && t.Colour != "" {
		share := in.rules.Share(edited.Image, *shared.region, t.Colour)
		m["success"], m["succeeded"] = share, truth(share > in.rules.Regions[at.prompt.Region].Enough)
		return nil
	}
	if t.Contrast == t.To {
		return nil
	}
	share, evidence, err := in.read(ctx, t, edited)
	if err != nil {
		return fmt.Errorf("read the picture: %w", err)
	}
	m["success"], m["succeeded"], m["evidence"] = share, truth(share > .5), evidence
	return nil
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// readings is how often a picture is read, at training steps evenly between
// these shares of the noise: below, details decide; above, nothing is left.
const (
	readings     = 5
	readingFrom  = .3
	readingUpTo  = .9
	readingsSeed = 77_000_077
)

// read asks the model which prompt explains the picture better, the target's
// or its contrast: the share of readings for the target, and by how much on
// average, as a share of the contrast's error.
func (in *instrument) read(ctx context.Context, t Target, edited *editor.Drawing) (share, evidence float64, err error) {
	train := float64(in.engine.Model().Spec().Schedule.TrainSteps)
	for i := range readings {
		timestep := int(train * (readingFrom + (readingUpTo-readingFrom)*float64(i)/(readings-1)))
		epsilon := noise.Normal(readingsSeed+uint64(i), len(edited.Latents))
		errors, err := in.engine.PromptErrors(ctx, []string{t.Contrast, t.To}, timestep, edited.Latents, epsilon)
		if err != nil {
			return 0, 0, err
		}
		share += truth(errors[1] < errors[0]) / readings
		evidence += (errors[0] - errors[1]) / errors[0] / readings
	}
	return share, evidence, nil
}

// focus is the share of the change that lies where the new words attend.
func (in *instrument) focus(m map[string]float64, t Target, first *image.NRGBA, edited *editor.Drawing) {
	mask := in.where(edited, t.To, t.Words)
	if mask == nil || m["change"] == 0 {
		return
	}
	c := metric.Difference(first, edited.Image, *mask)
	m["focus"] = c.Mean * float64(mask.Count()) / (m["change"] * float64(len(mask.Set)))
}

// cycle goes back to the first prompt: as a turn after the edit, and as an
// edit of a fresh run of the edit's prompt.
func (in *instrument) cycle(ctx context.Context, m map[string]float64, p Parameters, from string, t Target, turns []recipe.Turn) error {
	home, err := turnTo(in.engine, p, t.To, back(from, t))
	if err != nil {
		return err
	}
	settings, first := in.shared.settings, in.shared.first.Image
	for name, way := range map[string]recipe.Recipe{
		"cycle_recorded": chain(settings, append(turns[:len(turns):len(turns)], home)...),
		"cycle_fresh":    chain(settings, recipe.Turn{Prompt: t.To}, home),
	} {
		d, err := in.engine.Draw(ctx, way, nil)
		if err != nil {
			return fmt.Errorf("draw the way back: %w", err)
		}
		c := metric.Difference(first, d.Image, metric.All(first))
		m[name], m[name+"_max"] = c.Mean, float64(c.Max)
	}
	return nil
}

// score is the criterion of searches, success × preservation. anew is how
// much changes outside the region in a fresh picture of the target.
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
		m["score"] = s * m["preservation"]
	}
}

func chain(s recipe.Settings, turns ...recipe.Turn) recipe.Recipe {
	return recipe.Recipe{Version: recipe.Version, Settings: s, Turns: turns}
}
