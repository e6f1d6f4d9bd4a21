package study

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"pentimento/editor/noise"
	"pentimento/models/judge"
	"pentimento/study/metric"
)

// checkJudges reports names that the judges do not know.
func (f *File) checkJudges(o Options) error {
	for _, p := range f.Prompts {
		for _, e := range p.Edits {
			for _, t := range e.Turns {
				if err := o.check(p, t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (o Options) check(p Prompt, t Target) error {
	if o.Network != nil {
		for _, shows := range []map[string]string{p.Shows, t.Shows} {
			for _, name := range slices.Sorted(maps.Keys(shows)) {
				if err := o.Network.Check(name, shows[name]); err != nil {
					return err
				}
			}
		}
		return o.Network.CheckRegions(p.Region, t.Region)
	}
	for _, colour := range []string{p.Colour, t.Colour} {
		if o.Rules == nil || p.Region == "" || colour == "" {
			continue
		}
		if err := o.Rules.Check(p.Region, colour); err != nil {
			return err
		}
	}
	return nil
}

// coloured reports whether there are rules for a colour that is asked.
func (in *instrument) coloured(p Prompt, targets ...Target) bool {
	return in.options.Rules != nil && p.Region != "" &&
		slices.ContainsFunc(targets, func(t Target) bool { return t.Colour != "" })
}

// unusable says why the source's picture can't be measured: it does not show
// what the edit is to change. "" when it does.
func (in *instrument) unusable(at place) string {
	if in.seen != nil {
		for _, name := range slices.Sorted(maps.Keys(at.prompt.Shows)) {
			if want, have := at.prompt.Shows[name], in.seen.Values[name]; have != want {
				return fmt.Sprintf("the source's %s is %q, not %q", name, have, want)
			}
		}
		return ""
	}
	if in.coloured(at.prompt, at.edit.Turns...) {
		if _, seen := in.options.Rules.Find(in.first.Image, at.prompt.Region, at.prompt.Colour); !seen {
			return fmt.Sprintf("the source shows no %s %s", at.prompt.Colour, at.prompt.Region)
		}
	}
	return ""
}

// region is where the judge sees the prompt's region in the first picture; nil
// where there is none.
func (in *instrument) region(p Prompt) *metric.Mask {
	var m metric.Mask
	switch {
	case p.Region == "":
		return nil
	case in.seen != nil:
		m = metric.Square(in.seen.Region(p.Region))
	case in.options.Rules != nil && p.Colour != "":
		m, _ = in.options.Rules.Find(in.first.Image, p.Region, p.Colour)
	default:
		return nil
	}
	if m.Count() == 0 {
		return nil
	}
	return &m
}

// success says how far pictures show what was asked: by what the network sees,
// by rules of colour, or else by the model's own reading.
func (in *instrument) success(ctx context.Context, at place, m *marks, tasks []*task) error {
	toRead := map[int][]*task{} // by turn
	for _, t := range tasks {
		target := at.edit.Turns[t.turn()-1]
		switch {
		case in.options.Network != nil && len(target.Shows) > 0:
			sight, err := in.options.Network.See(ctx, t.drawing.Image)
			if err != nil {
				return err
			}
			degree, all := attributesShown(sight, target.Shows)
			size := sizeOf(sight, target.Region, m.asked[t.turn()-1])
			t.metrics["success"], t.metrics["succeeded"] = degree*size, all*truth(size > half)
		case m.region != nil && in.coloured(at.prompt, target):
			share := in.options.Rules.Share(t.drawing.Image, *m.region, target.Colour)
			t.metrics["success"], t.metrics["succeeded"] = share, truth(share > in.options.Rules.Regions[at.prompt.Region].Enough)
		case target.Contrast != target.To:
			toRead[t.turn()] = append(toRead[t.turn()], t)
		}
	}
	for turn, tasks := range toRead {
		if err := in.read(ctx, at.edit.Turns[turn-1], tasks); err != nil {
			return fmt.Errorf("read the pictures: %w", err)
		}
	}
	return nil
}

// attributesShown is how far a picture shows attributes as they should be, and 1
// where it shows all of them. Remains of the old colour at the edge of a region count in
// the first.
func attributesShown(sight *judge.Sight, wanted map[string]string) (degree, all float64) {
	all = 1
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		degree += sight.Share(name, wanted[name]) / float64(len(wanted))
		all *= truth(sight.Values[name] == wanted[name])
	}
	return degree, all
}

// half is the size from which on a thing is there: what is smaller is a scrap.
const half = .5

// sizeOf is how large a picture shows a region, as a share of what a fresh
// picture of the target shows of it, at most 1. A judge takes a strip of sand in
// a meadow for a desert; whoever asked for one does not.
func sizeOf(sight *judge.Sight, region string, asked *metric.Mask) float64 {
	if asked == nil {
		return 1
	}
	return min(1, float64(metric.Square(sight.Region(region)).Count())/float64(asked.Count()))
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

// read asks the model which prompt explains each picture better, the target's
// or its contrast: the share of readings for the target, and by how much on
// average, as a share of the contrast's error.
//
// Where a word is re-weighted the first picture shows it already, and nothing
// would be to do: there the picture must show it more than the first one does,
// for weights over 1, and less for weights under 1.
func (in *instrument) read(ctx context.Context, target Target, tasks []*task) error {
	train := float64(in.engine.Model().Spec().Schedule.TrainSteps)
	latents := [][]float32{in.first.Latents}
	for _, t := range tasks {
		latents = append(latents, t.drawing.Latents)
	}
	share, evidence := make([]float64, len(tasks)), make([]float64, len(tasks))
	for i := range readings {
		timestep := int(train * (readingFrom + (readingUpTo-readingFrom)*float64(i)/(readings-1)))
		epsilon := noise.Normal(readingsSeed+uint64(i), len(latents[0]))
		errors, err := in.engine.PromptErrors(ctx, []string{target.Contrast, target.To}, timestep, latents, epsilon)
		if err != nil {
			return err
		}
		before := advantage(errors[0])
		for k, t := range tasks {
			now := advantage(errors[1+k])
			share[k] += truth(t.favours(target, before, now)) / readings
			evidence[k] += now / readings
		}
	}
	for k, t := range tasks {
		t.metrics["success"], t.metrics["succeeded"], t.metrics["evidence"] = share[k], truth(share[k] > .5), evidence[k]
	}
	return nil
}

// advantage is how much less the second prompt's error is than the first's, as
// a share of it.
func advantage(errors []float64) float64 { return (errors[0] - errors[1]) / errors[0] }

// favours reports whether a reading is for the target, by its advantage over the
// contrast in the first picture and now.
func (t *task) favours(target Target, before, now float64) bool {
	switch weight := t.parameters.Weight; {
	case target.Weigh == "" || weight == 1:
		return now > 0
	case weight > 1:
		return now > before
	default:
		return now < before
	}
}
