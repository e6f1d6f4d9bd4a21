package study

import (
	"cmp"
	"fmt"
	"slices"
)

// Best are the parameters for a kind of edit that are most surely better than
// all presets that the search compares with. Settings are compared on the same
// seeds, because seeds differ more than settings do. What counts is not the
// mean score: that is too often highest for a setting which fails now and then,
// but did not on the few seeds that were searched on. What counts is the margin
// over the preset that comes nearest: the best has the one whose interval
// begins highest.
type Best struct {
	Kind       string
	Parameters Parameters
	// Score and Margin are the means on the seeds that were searched on: of the
	// score, and of what it gains over the preset that comes nearest. They are
	// too good, because they are the surest of many: the seeds held out tell
	// what is left.
	Score, Margin Estimate
	// Tried is how many settings were compared.
	Tried int
}

// search finds the best parameters for every kind of edit, against the presets of
// the sweep against. Without any the best are those with the surest score. Of
// equals the first wins.
func search(results []Result, latest bool) []Best {
	var out []Best
	for _, kind := range kindsOf(results) {
		best, ok := kind.best()
		if latest {
			best, ok = kind.latest()
		}
		if ok {
			out = append(out, best)
		}
	}
	return out
}

// tried are the results of a kind of edit by their settings, and those in the
// order in which they came; rivals are those that the others are compared with.
type tried struct {
	kind             string
	settings, rivals []Parameters
	results          map[Parameters][]Result
}

// kindsOf sorts results by kind, in the order in which they come.
func kindsOf(results []Result) []*tried {
	var out []*tried
	byName := map[string]*tried{}
	for _, r := range results {
		kind := byName[r.Kind]
		if kind == nil {
			kind = &tried{kind: r.Kind, results: map[Parameters][]Result{}}
			byName[r.Kind], out = kind, append(out, kind)
		}
		if _, ok := kind.results[r.Parameters]; !ok {
			kind.settings = append(kind.settings, r.Parameters)
		}
		kind.results[r.Parameters] = append(kind.results[r.Parameters], r)
		if r.Sweep == against && !slices.Contains(kind.rivals, r.Parameters) {
			kind.rivals = append(kind.rivals, r.Parameters)
		}
	}
	return out
}

// best is false where nothing could be measured.
func (t *tried) best() (Best, bool) {
	score, _ := MetricNamed("score")
	best := Best{Kind: t.kind, Tried: len(t.settings)}
	for _, p := range t.settings {
		e, margin := score.Estimate(t.results[p]), t.margin(score, p)
		if e.N > 0 && (best.Score.N == 0 || margin.Low > best.Margin.Low) {
			best.Parameters, best.Score, best.Margin = p, e, margin
		}
	}
	return best, best.Score.N > 0
}

// latest finds the settings with the latest start that are not seen to cost anything
// against the same with every step computed: the interval of what the score gains
// does not end below 0, and no edit succeeds less often. An edit costs so much less
// the later it starts, which no score says.
func (t *tried) latest() (Best, bool) {
	score, _ := MetricNamed("score")
	best, found := Best{Kind: t.kind, Tried: len(t.settings)}, false
	for _, p := range t.settings {
		whole := p
		whole.Start = 0
		before, after := t.results[whole], t.results[p]
		gain := score.Gain(before, after)
		if len(before) == 0 || found && p.Start <= best.Parameters.Start || gain.High < 0 || failsMore(before, after) {
			continue
		}
		best.Parameters, best.Score, best.Margin, found = p, score.Estimate(after), gain, true
	}
	return best, found
}

// failsMore reports whether some edit succeeds less often after than before.
func failsMore(before, after []Result) bool {
	succeeded := func(results []Result) map[string]float64 {
		out := map[string]float64{}
		for _, r := range results {
			out[r.Edit] += r.Metrics["succeeded"]
		}
		return out
	}
	now := succeeded(after)
	for edit, n := range succeeded(before) {
		if now[edit] < n {
			return true
		}
	}
	return false
}

// margin is what settings gain over the rival that comes nearest; without
// rivals, over nothing.
func (t *tried) margin(score Metric, p Parameters) Estimate {
	if len(t.rivals) == 0 {
		return score.Estimate(t.results[p])
	}
	var gains []Estimate
	for _, rival := range t.rivals {
		gains = append(gains, score.Gain(t.results[rival], t.results[p]))
	}
	return slices.MinFunc(gains, func(a, b Estimate) int { return cmp.Compare(a.Low, b.Low) })
}

// The series on the seeds held out. Found is what the search found, Whole is that
// with every step computed, where it leaves some to the source, Own is the
// program's preset for the kind of edit, if it has one; each other series has
// the name of its preset.
const (
	Found = "found"
	Whole = "all steps"
	Own   = "the program's"
)

// The sweeps of a search that no file names: the presets that it compares with,
// on the seeds that are searched on, and what it found, on those held out.
const (
	against = "against"
	heldOut = "held out"
)

// rivals are the presets that the search compares with, on the seeds that are
// searched on.
func (f *File) rivals() (Sweep, bool) {
	if f.Search == nil || len(f.Search.Against) == 0 {
		return Sweep{}, false
	}
	s := Sweep{Name: against}
	for _, name := range f.Search.Against {
		s.Points = append(s.Points, Setting{"name": name, "preset": name})
	}
	return s, true
}

// confirming are the cells on the seeds held out: for every edit the best
// parameters of its kind, and the presets that they are compared with, which
// differ from them in windows and blend alone.
func (f *File) confirming(best []Best) ([]Cell, error) {
	var out []Cell
	for _, b := range best {
		variations := []variation{{series: Found, parameters: b.Parameters}}
		if b.Parameters.Start > 0 {
			whole := variation{series: Whole, parameters: b.Parameters}
			whole.parameters.Start = 0
			variations = append(variations, whole)
		}
		for _, name := range f.Search.Against {
			v := variation{series: name, parameters: b.Parameters}
			if err := v.parameters.start(name); err != nil {
				return nil, fmt.Errorf("compare with: %w", err)
			}
			variations = append(variations, v)
		}
		own := variation{series: Own, parameters: b.Parameters}
		if own.parameters.start(b.Kind) == nil {
			variations = append(variations, own)
		}
		for i := range variations {
			if err := variations[i].parameters.setAll(f.Search.Settings); err != nil {
				return nil, fmt.Errorf("confirm: %w", err)
			}
		}
		for _, p := range f.Prompts {
			for _, e := range p.Edits {
				if e.Kind == b.Kind {
					out = append(out, cells(Sweep{Name: heldOut}, e, f.Search.HeldOut, variations)...)
				}
			}
		}
	}
	return out, nil
}
