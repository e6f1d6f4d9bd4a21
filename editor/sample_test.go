package editor

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"pentimento/editor/noise"
	"pentimento/models"
	"pentimento/recipe"
)

// noiseOf is what a seed's latents begin as.
func noiseOf(e *Engine, seed uint64) []float32 {
	spec := e.model.Spec()
	return noise.Normal(seed, spec.LatentChannels*spec.LatentHeight*spec.LatentWidth)
}

func sampleSettings() recipe.Settings {
	return recipe.Settings{Seed: 3, Scheduler: "ddim", Steps: 6, Guidance: 4.5}
}

// Sampling a prompt from the seed's noise is drawing it.
func TestSampleFromTheStartIsADrawing(t *testing.T) {
	e := New(openModel(t))
	drawn := mustDraw(t, e, recipe.Recipe{Settings: sampleSettings(), Turns: []recipe.Turn{{Prompt: blond}}})
	var seen []int
	sampled, err := e.Sample(t.Context(), Sample{Prompt: blond, Settings: sampleSettings(), Mix: func(next int, x []float32) {
		seen = append(seen, next)
	}})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(drawn.Image.Pix, sampled.Image.Pix) {
		t.Error("another picture")
	}
	if len(seen) != 6 || seen[0] != 1 || seen[5] != 6 {
		t.Errorf("mixed before steps %v", seen)
	}
}

// The less noise is added to a picture, the closer to it ends what begins
// there; latents that are mixed in last are the result.
func TestSampleFromNoisedLatents(t *testing.T) {
	e := New(openModel(t))
	s := sampleSettings()
	source := mustDraw(t, e, recipe.Recipe{Settings: s, Turns: []recipe.Turn{{Prompt: blond}}})
	distance := func(from int) float64 {
		t.Helper()
		x, err := e.Noised(s, from, source.Latents, noiseOf(e, 9))
		if err != nil {
			t.Fatal(err)
		}
		d, err := e.Sample(t.Context(), Sample{Prompt: red, Settings: s, From: from, Latents: x})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.
		for i, v := range d.Latents {
			sum += math.Abs(float64(v - source.Latents[i]))
		}
		return sum
	}
	if early, late := distance(0), distance(5); late >= early {
		t.Errorf("%g from the source with little noise, %g with much", late, early)
	}
	d, err := e.Sample(t.Context(), Sample{Prompt: red, Settings: s, From: 5, Mix: func(_ int, x []float32) { copy(x, source.Latents) }})
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(d.Image.Pix, source.Image.Pix) {
		t.Error("the latents that were mixed in are not the result")
	}
}

func TestNoisedEnds(t *testing.T) {
	e := New(openModel(t))
	x0, noise := noiseOf(e, 1), noiseOf(e, 2)
	last, err := e.Noised(sampleSettings(), 6, x0, noise)
	if err != nil {
		t.Fatal(err)
	}
	for i := range last {
		if last[i] != x0[i] {
			t.Fatal("after the last step there is noise")
		}
	}
	for _, step := range []int{-1, 7} {
		if _, err := e.Noised(sampleSettings(), step, x0, noise); err == nil {
			t.Errorf("step %d of 6 was taken", step)
		}
	}
	for _, bad := range []Sample{
		{Prompt: red, Settings: sampleSettings(), From: 6},
		{Prompt: red, Settings: sampleSettings(), From: -1},
		{Prompt: red, Settings: sampleSettings(), Latents: x0[1:]},
		{Prompt: red},
	} {
		if _, err := e.Sample(t.Context(), bad); err == nil {
			t.Errorf("sampled from step %d", bad.From)
		}
	}
}

// A picture's own prompt explains it better than another scene's.
func TestPromptErrorsPreferTheRightPrompt(t *testing.T) {
	e := New(openModel(t))
	const river = "a river between mountains"
	prompts := []string{blond, river}
	var latents [][]float32
	for _, prompt := range prompts {
		latents = append(latents, mustDraw(t, e, recipe.Recipe{Settings: sampleSettings(), Turns: []recipe.Turn{{Prompt: prompt}}}).Latents)
	}
	found, err := e.PromptErrors(t.Context(), prompts, 600, latents, noiseOf(e, 5))
	if err != nil {
		t.Fatal(err)
	}
	for i, errors := range found {
		if (errors[0] < errors[1]) != (i == 0) {
			t.Errorf("%q: errors of blond and river are %g", prompts[i], errors)
		}
	}
	// However many are judged at once, each is judged alone.
	many, err := e.PromptErrors(t.Context(), prompts, 600, slices.Repeat(latents, maxRows), noiseOf(e, 5))
	if err != nil {
		t.Fatal(err)
	}
	for i, errors := range many {
		if !slices.Equal(errors, found[i%2]) {
			t.Errorf("picture %d of many is judged %g, alone %g", i, errors, found[i%2])
		}
	}
	if _, err := e.PromptErrors(t.Context(), nil, 600, latents, noiseOf(e, 2)); err == nil {
		t.Error("judged by no prompts")
	}
	if _, err := e.PromptErrors(t.Context(), prompts, 600, [][]float32{{1}}, noiseOf(e, 2)); err == nil {
		t.Error("judged a single number")
	}
}

func TestPredicted(t *testing.T) {
	x0, noise := []float32{2}, []float32{3}
	for kind, want := range map[string]float32{"epsilon": 3, "sample": 2, "v_prediction": .8*3 - .6*2} {
		got := predicted(models.Prediction(kind), levelOf(.64), x0, noise)[0]
		if math.Abs(float64(got-want)) > 1e-6 {
			t.Errorf("%s: %g, want %g", kind, got, want)
		}
	}
}
