package study

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A Cell is a picture that is drawn and measured: an edit of a seed's picture,
// up to a turn, with parameters.
type Cell struct {
	// Sweep is the sweep that asked for it.
	Sweep string `json:"sweep"`
	// Edit is the name of the edit, Kind its kind.
	Edit string `json:"edit"`
	Kind string `json:"kind,omitempty"`
	// Axis is the parameter that the sweep varies and X its value; both are
	// empty where it varies none.
	Axis string `json:"axis,omitempty"`
	X    string `json:"x,omitempty"`
	// Series says what else distinguishes the cell from others of its sweep.
	Series string `json:"series,omitempty"`
	Seed   uint64 `json:"seed"`
	// Turn counts from 1, the first edit.
	Turn int `json:"turn"`
	// Cycle asks for the way back too.
	Cycle bool `json:"cycle,omitempty"`
	Parameters
}

// Numeric is X as a number, where it is one.
func (c Cell) Numeric() (x float64, ok bool) {
	x, err := strconv.ParseFloat(c.X, 64)
	return x, err == nil
}

// A variation is what a sweep makes of the parameters, with its labels.
type variation struct {
	axis, x, series string
	parameters      Parameters
}

// maxCells bounds a study.
const maxCells = 2_000_000

// Cells expands the study: for every sweep, edit and seed its variations, and
// for a search the presets that it compares with.
func (f *File) Cells() ([]Cell, error) {
	sweeps := f.Sweeps
	if rivals, ok := f.rivals(); ok {
		sweeps = append(slices.Clone(sweeps), rivals)
	}
	var out []Cell
	for _, sweep := range sweeps {
		variations, err := f.variations(sweep)
		if err != nil {
			return nil, fmt.Errorf("study %q, sweep %q: %w", f.Name, sweep.Name, err)
		}
		seeds := f.Seeds
		if sweep.First > 0 {
			seeds = seeds[:min(sweep.First, len(seeds))]
		}
		for _, prompt := range f.Prompts {
			for _, edit := range prompt.Edits {
				if len(sweep.Edits) > 0 && !slices.Contains(sweep.Edits, edit.Name) {
					continue
				}
				if len(out)+len(variations)*len(seeds)*len(edit.Turns) > maxCells {
					return nil, fmt.Errorf("study %q has more than %d cells", f.Name, maxCells)
				}
				out = append(out, cells(sweep, edit, seeds, variations)...)
			}
		}
	}
	return out, nil
}

func cells(sweep Sweep, edit Edit, seeds Seeds, variations []variation) []Cell {
	var out []Cell
	for _, seed := range seeds {
		for _, v := range variations {
			for turn := range edit.Turns {
				out = append(out, Cell{
					Sweep: sweep.Name, Edit: edit.Name, Kind: edit.Kind, Axis: v.axis, X: v.x, Series: v.series,
					Seed: seed, Turn: turn + 1, Cycle: sweep.Cycle, Parameters: v.parameters,
				})
			}
		}
	}
	return out
}

// variations are the parameter settings of a sweep.
func (f *File) variations(s Sweep) ([]variation, error) {
	base := standard()
	if err := base.setAll(f.Settings); err != nil {
		return nil, err
	}
	if err := base.setAll(s.Base); err != nil {
		return nil, err
	}
	points := s.Points
	if len(points) == 0 {
		points = []Setting{{}}
	}
	var out []variation
	for _, point := range points {
		at := variation{series: point.label(), parameters: base}
		if err := at.parameters.setAll(point.without("name")); err != nil {
			return nil, err
		}
		more, err := s.around(at)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// around varies the axes of a sweep at one of its points.
func (s Sweep) around(at variation) ([]variation, error) {
	if len(s.Grid) == 0 && len(s.Each) == 0 {
		return []variation{at}, nil
	}
	var out []variation
	if len(s.Grid) > 0 {
		// The first axis is the one that is plotted: it varies fastest.
		series := []variation{at}
		for _, axis := range s.Grid[1:] {
			var next []variation
			for _, v := range series {
				for _, value := range axis.Values {
					w, err := v.with(axis.Name, value)
					if err != nil {
						return nil, err
					}
					w.series = join(v.series, axis.Name+" "+value)
					next = append(next, w)
				}
			}
			if series = next; len(series) > maxCells {
				return nil, fmt.Errorf("a grid of more than %d settings", maxCells)
			}
		}
		for _, v := range series {
			more, err := v.along(s.Grid[0])
			if err != nil {
				return nil, err
			}
			out = append(out, more...)
		}
	}
	for _, axis := range s.Each {
		v := at
		v.series = join(at.series, axis.Name+" alone")
		more, err := v.along(axis)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// along varies one axis.
func (v variation) along(axis Axis) ([]variation, error) {
	var out []variation
	for _, value := range axis.Values {
		w, err := v.with(axis.Name, value)
		if err != nil {
			return nil, err
		}
		w.axis, w.x = axis.Name, value
		out = append(out, w)
	}
	return out, nil
}

func (v variation) with(name, value string) (variation, error) {
	err := v.parameters.set(name, value)
	return v, err
}

func join(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// label names a point: by its own name, or by its values.
func (s Setting) label() string {
	if name := s["name"]; name != "" {
		return name
	}
	var parts []string
	for _, name := range ParameterNames() {
		if value, ok := s[name]; ok {
			parts = append(parts, name+" "+value)
		}
	}
	return strings.Join(parts, ", ")
}

// without is the setting without a key that is not a parameter.
func (s Setting) without(key string) Setting {
	out := maps.Clone(s)
	delete(out, key)
	return out
}
