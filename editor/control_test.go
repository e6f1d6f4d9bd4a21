package editor

import (
	"math"
	"slices"
	"testing"

	"pentimento/editor/align"
	"pentimento/editor/noise"
	"pentimento/models"
	"pentimento/models/graph"
	"pentimento/models/tokenizer"
	"pentimento/recipe"
)

// wholeLink takes everything over from its source, token by token.
func wholeLink(m int, w recipe.Windows, equalizer float32) *link {
	l := &link{
		turn:     recipe.Turn{Windows: w},
		anyCross: window(w.Cross, 10), self: window(w.Self, 10), value: window(w.Value, 10),
	}
	source := &origin{mapping: align.Tokens(
		tokenizer.Encoding{IDs: make([]int, m), Length: 2},
		tokenizer.Encoding{IDs: make([]int, m), Length: 2}, nil)}
	l.origins = slices.Repeat([]*origin{source}, 10)
	for range m {
		l.equalizer = append(l.equalizer, equalizer)
		source.inherited = append(source.inherited, 1)
		l.cross = append(l.cross, window(w.Cross, 10))
	}
	return l
}

// inOrder gives every link a row, and the row before it for its source.
func inOrder(links []*link) []controlledRow {
	var rows []controlledRow
	for i, l := range links {
		rows = append(rows, controlledRow{link: l, row: i, source: i - 1})
	}
	return rows
}

// Rows with different prompts compute the same as soon as one has all maps and
// all values of the other, and only then.
func TestAllMapsAndValuesReproduceTheSource(t *testing.T) {
	model := openModel(t)
	spec := model.Spec()
	latents := noise.Normal(1, spec.LatentChannels*spec.LatentHeight*spec.LatentWidth)
	text := noise.Normal(2, 2*spec.ContextLength*spec.TextWidth)
	distance := func(w recipe.Windows) float64 {
		links := []*link{wholeLink(spec.ContextLength, recipe.Windows{}, 1), wholeLink(spec.ContextLength, w, 1)}
		out, err := model.Denoise(t.Context(), &models.Batch{
			Rows: 2, Timestep: 500, Text: text,
			Latents: append(slices.Clone(latents), latents...),
			Control: controls(2, inOrder(links), 0, spec),
		})
		if err != nil {
			t.Fatal(err)
		}
		most := 0.0
		for i, v := range out.Noise[:len(latents)] {
			most = max(most, math.Abs(float64(v-out.Noise[len(latents)+i])))
		}
		return most
	}
	all := recipe.Windows{Cross: upTo(1), Self: upTo(1), Value: upTo(1), ValueMix: 1}
	if d := distance(all); d > 1e-5 {
		t.Errorf("with all maps and values the rows differ by %v", d)
	}
	less := map[string]recipe.Windows{
		"cross maps":                {Self: all.Self, Value: all.Value, ValueMix: 1},
		"values":                    {Cross: all.Cross, Self: all.Self},
		"half of β":                 {Cross: all.Cross, Self: all.Self, Value: all.Value, ValueMix: .5},
		"values of cross-attention": {Cross: all.Cross, Self: all.Self, Value: all.Value, ValueMix: 1, ValueLayers: recipe.SelfValues},
		"everything":                {},
	}
	for what, w := range less {
		if d := distance(w); d < 1e-4 {
			t.Errorf("without %s the rows still differ by only %v", what, d)
		}
	}
}

// Values are mixed in the layers that were asked for, and in no others.
func TestValueLayers(t *testing.T) {
	spec := models.Spec{ContextLength: 4, Layers: []graph.Layer{{Cross: true}, {}}}
	for layers, want := range map[recipe.ValueLayers]struct{ cross, self bool }{
		recipe.AllValues:   {true, true},
		recipe.CrossValues: {true, false},
		recipe.SelfValues:  {false, true},
	} {
		w := recipe.Windows{Value: upTo(.5), ValueMix: .7, ValueLayers: layers}
		links := []*link{wholeLink(4, recipe.Windows{}, 1), wholeLink(4, w, 1)}
		for step := range 10 {
			c := controls(2, inOrder(links), step, spec)
			cross, self := c.CrossValueMix[4] != 0, c.SelfValueMix[3] != 0
			if inside := step < 5; cross != (want.cross && inside) || self != (want.self && inside) {
				t.Errorf("layers %q, step %d: values mixed in cross-attention %v, in self-attention %v", layers, step, cross, self)
			}
		}
	}
}

func TestControlsOutsideWindowsOnlyReweight(t *testing.T) {
	spec := models.Spec{ContextLength: 4, Layers: nil}
	w := recipe.Windows{Cross: recipe.Window{From: .5, To: 1}}
	links := []*link{wholeLink(4, recipe.Windows{}, 1), wholeLink(4, w, -2)}
	for step, inside := range map[int]bool{0: false, 4: false, 5: true, 9: true} {
		c := controls(2, inOrder(links), step, spec)
		if injected := c.CrossSource[1] == 0; injected != inside {
			t.Errorf("step %d: injected is %v, want %v", step, injected, inside)
		}
		for j := range 4 {
			take, keep := c.Take[4+j], c.Keep[4+j]
			if take+keep != -2 || (take != 0) != inside {
				t.Errorf("step %d: take %v, keep %v", step, take, keep)
			}
		}
	}
}
