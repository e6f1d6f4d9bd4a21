package attention

import (
	"crypto/sha256"
	"slices"
)

// A Key names a turn: equal keys, equal traces.
type Key [sha256.Size]byte

// A Trace is what drawing a turn computed and what an edit of that turn needs
// again. It is shared, so that nobody changes it.
type Trace struct {
	// Latents are x_T first, x_0 last. [steps+1][C·H·W]
	Latents [][]float32
	// Predictions are what guidance made of the model's predictions, for schedulers
	// that remember the last one; nil for the others. [steps][C·H·W]
	Predictions [][]float32
	// Means are the aggregated cross-attention maps, the mean over heads and
	// over the layers of one resolution. [steps][pixels·M]
	Means [][]float32
	// Maps are the attention maps of the conditional row as they are after
	// their own control: by step and layer, [h·N·M]; nil where not kept.
	Maps [][][]float32
}

// LatentsBytes is the size of the latents, predictions and means.
func (t *Trace) LatentsBytes() int64 {
	var n int64
	for _, part := range [][][]float32{t.Latents, t.Predictions, t.Means} {
		for _, x := range part {
			n += 4 * int64(len(x))
		}
	}
	return n
}

// MapsBytes is the size of the maps.
func (t *Trace) MapsBytes() int64 {
	var n int64
	for _, step := range t.Maps {
		for _, layer := range step {
			n += 4 * int64(len(layer))
		}
	}
	return n
}

// HasMaps reports whether any map is there.
func (t *Trace) HasMaps() bool {
	return slices.ContainsFunc(t.Maps, func(step [][]float32) bool { return step != nil })
}

// withoutMaps is the trace with all but its maps.
func (t *Trace) withoutMaps() *Trace {
	return &Trace{Latents: t.Latents, Predictions: t.Predictions, Means: t.Means, Maps: make([][][]float32, len(t.Means))}
}

// A Shape is the size of everything in a trace. What a store returns is read
// against it, so that no byte of a store decides how much memory is taken.
type Shape struct {
	Steps   int
	Latents int // C·H·W
	// Remembers tells whether there are predictions, of the size of latents.
	Remembers bool
	Means     int // pixels·M
	Layers    []Layer
}

// A Layer is the size of one layer's maps.
type Layer struct {
	// Size is h·N·M; 0 for a layer whose maps are never kept.
	Size int
	// Keys is M, the length of a row of probabilities.
	Keys int
}

// LatentsBytes is the size of a trace's latents, predictions and means.
func (s Shape) LatentsBytes() int {
	return 4 * ((s.Steps+1)*s.Latents + s.predictions()*s.Latents + s.Steps*s.Means)
}

// predictions is how many there are.
func (s Shape) predictions() int {
	if s.Remembers {
		return s.Steps
	}
	return 0
}

// has reports whether a trace has this shape.
func (s Shape) has(t *Trace) bool {
	if len(t.Latents) != s.Steps+1 || len(t.Predictions) != s.predictions() || len(t.Means) != s.Steps || len(t.Maps) != s.Steps {
		return false
	}
	wrong := func(n int) func([]float32) bool { return func(x []float32) bool { return len(x) != n } }
	if slices.ContainsFunc(t.Latents, wrong(s.Latents)) || slices.ContainsFunc(t.Predictions, wrong(s.Latents)) || slices.ContainsFunc(t.Means, wrong(s.Means)) {
		return false
	}
	for _, step := range t.Maps {
		if step == nil {
			continue
		}
		if len(step) != len(s.Layers) {
			return false
		}
		for l, maps := range step {
			if maps != nil && len(maps) != s.Layers[l].Size {
				return false
			}
		}
	}
	return true
}
