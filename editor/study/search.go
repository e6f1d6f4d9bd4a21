package study

import "fmt"

// Best are the parameters with the highest mean score for a kind of edit.
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
			if e.N > 0 && (best.Score.N == 0 || e.Mean > best.Score.Mean) {
				best.Parameters, best.Score = p, e
			}
		}
		if best.Score.N > 0 {
			out = append(out, best)
		}
	}
	return out
}

// Found is the series of the parameters that a search found, on the seeds
// held out. The other series are named like the presets.
const Found = "found"

// confirming are the cells on the seeds held out: for every edit the best
// parameters of its kind, and what they are compared with.
func (f *File) confirming(best []Best) ([]Cell, error) {
	base := standard()
	if err := base.setAll(f.Settings); err != nil {
		return nil, err
	}
	presets := []variation{}
	for _, name := range f.Search.Against {
		v := variation{series: name, parameters: base}
		if err := v.parameters.start(name); err != nil {
			return nil, fmt.Errorf("compare with: %w", err)
		}
		presets = append(presets, v)
	}
	var out []Cell
	for _, b := range best {
		variations := append([]variation{{series: Found, parameters: b.Parameters}}, presets...)
		for _, p := range f.Prompts {
			for _, e := range p.Edits {
				if e.Kind == b.Kind {
					out = append(out, cells(Sweep{Name: b.Kind}, e, f.Search.HeldOut, variations)...)
				}
			}
		}
	}
	return out, nil
}
