package editor

import (
	"math"
	"slices"
	"testing"

	"pentimento/editor/attention"
	"pentimento/recipe"
)

// codes are ways to write a map in fewer bits: each replaces one row of
// probabilities by what would be read back.
func codes() map[string]func(row []float32) {
	each := func(f func(v, largest float64) float64) func([]float32) {
		return func(row []float32) {
			var largest float32
			for _, v := range row {
				largest = max(largest, v)
			}
			for i, v := range row {
				row[i] = float32(f(float64(v), float64(largest)))
			}
		}
	}
	round := func(v float64) float64 { return math.RoundToEven(255*v) / 255 }
	square := func(v float64) float64 { return v * v }
	return map[string]func([]float32){
		"float16":       each(func(v, _ float64) float64 { return halfPrecision(v) }),
		"linear":        each(func(v, _ float64) float64 { return round(v) }),
		"linear by row": each(func(v, largest float64) float64 { return largest * round(v/largest) }),
		"root":          each(func(v, _ float64) float64 { return square(round(math.Sqrt(v))) }),
		"root by row":   each(func(v, largest float64) float64 { return largest * square(round(math.Sqrt(v/largest))) }),
		"logarithm": each(func(v, _ float64) float64 {
			if code := math.RoundToEven(255 + 16*math.Log2(v)); code > 0 {
				return math.Exp2((code - 255) / 16)
			}
			return 0
		}),
	}
}

// halfPrecision rounds to the 11 significant bits of a float16.
func halfPrecision(v float64) float64 {
	fraction, exponent := math.Frexp(v)
	return math.Ldexp(math.RoundToEven(math.Ldexp(fraction, 11)), exponent-11)
}

// BenchmarkMapCodes measures what each code does to the picture of an edit, in
// levels of 255, over two seeds and all presets, and to its latents, as the
// tests against the reference measure it.
//
//	go test -run xxx -bench MapCodes -benchtime 1x ./editor
func BenchmarkMapCodes(b *testing.B) {
	m := openModel(b)
	type edit struct {
		recipe recipe.Recipe
		trace  *attention.Trace
		exact  *Drawing
	}
	var edits []edit
	for seed := range uint64(2) {
		for _, preset := range recipe.PresetNames() {
			r := first(hairChain(b, seed), 2)
			r.Settings.Steps = 20
			p, _ := recipe.PresetNamed(preset)
			r.Turns[1].Windows, r.Turns[1].Blend.Threshold = p.Windows, p.Threshold
			e := New(m)
			mustDraw(b, e, first(r, 1))
			edits = append(edits, edit{r, e.cache.Peek(e.key(first(r, 1))), mustDraw(b, e, r)})
		}
	}
	for name, code := range codes() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				var most, sum, n, latents float64
				for _, edit := range edits {
					e := New(m)
					e.cache.Put(b.Context(), e.key(first(edit.recipe, 1)), coded(edit.trace, e.shape(edit.recipe.Settings), code), e.shape(edit.recipe.Settings))
					d := mustDraw(b, e, edit.recipe)
					latents = max(latents, relativeRMS(d.Latents, edit.exact.Latents))
					for i, v := range d.Image.Pix {
						if i%4 == 3 {
							continue // opacity
						}
						difference := math.Abs(float64(v) - float64(edit.exact.Image.Pix[i]))
						most, sum, n = max(most, difference), sum+difference, n+1
					}
				}
				b.ReportMetric(most, "max-levels")
				b.ReportMetric(sum/n, "mean-levels")
				b.ReportMetric(latents, "latents-rms")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// coded is a trace with all maps written in a code and read again.
func coded(t *attention.Trace, shape attention.Shape, code func([]float32)) *attention.Trace {
	out := *t
	out.Maps = make([][][]float32, len(t.Maps))
	for s, step := range t.Maps {
		for l, maps := range step {
			maps = slices.Clone(maps)
			for row := range slices.Chunk(maps, max(1, shape.Layers[l].Keys)) {
				code(row)
			}
			out.Maps[s] = append(out.Maps[s], maps)
		}
	}
	return &out
}
