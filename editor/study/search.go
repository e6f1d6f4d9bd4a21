package study

import "fmt"

// Best are the parameters with the surest score for a kind of edit: that whose
// interval begins highest. The highest mean is too often that of a setting which
// fails now and then, but did not on the few seeds that were searched on.
type Best struct {
	Kind       string
	Parameters Parameters
	// Score is the mean on the seeds that were searched on. It is too good,
	// because it is the largest of many: the seeds held out tell what is left.
	Score Estimate
	// Tried is how many settings were compared.
	Tried int
}

// search finds the best parameters for every kind of edit. Of equals the
// first wins.
func search(results []Result) []Best {
	score, _ := MetricNamed("score")
	var kinds []string
	settings := map[string][]Parameters{}
	found := map[string]map[Parameters][]Result{}
	for _, r := range results {
		if found[r.Kind] == nil {
			kinds = append(kinds, r.Kind)
			found[r.Kind] = map[Parameters][]Result{}
		}
		if _, ok := found[r.Kind][r.Parameters]; !ok {
			settings[r.Kind] = append(settings[r.Kind], r.Parameters)
		}
		found[r.Kind][r.Parameters] = append(found[r.Kind][r.Parameters], r)
	}
	var out []Best
	for _, kind := range kinds {
		best := Best{Kind: kind, Tried: len(settings[kind])}
		for _, p := range settings[kind] {
			e := score.Estimate(found[kind][p])
			if e.N > 0 && (best.Score.N == 0 || e.Low > best.Score.Low) {
				best.Parameters, best.Score = p, e
			}
		}
		if best.Score.N > 0 {
			out = append(out, best)
		}
	}
	return out
}

// The series on the seeds held out: Found is the parameters that the search
// found, Own the program's preset for the kind of edit, if it has one. The
// others are named like the presets that they are.
const (
	Found = "found"
	Own   = "the program's"
)

// heldOut is what the sweep of the seeds held out is called.
const heldOut = "held out"

// confirming are the cells on the seeds held out: for every edit the best
// parameters of its kind, and the presets that they are compared with, which
// differ from them in windows and blend alone.
func (f *File) confirming(best []Best) ([]Cell, error) {
	var out []Cell
	for _, b := range best {
		variations := []variation{{series: Found, parameters: b.Parameters}}
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
