package recipe

import (
	"math"
	"testing"
)

// Every step from any factor that may be is another one that may be, upwards and
// downwards, and there is an end to them.
func TestTrust07StepsOfFactorsAreWithinBounds(t *testing.T) {
	valid := func(factor float64) bool {
		return Turn{Weights: []Weight{{Span{0, 3}, factor}}}.Validate() == nil
	}
	for _, start := range []float64{-MaxFactor, -1, -1e-9, 0, 1e-9, leastFactor, .7, 1, 31.9, MaxFactor} {
		for name, step := range map[string]func(float64) (float64, bool){"stronger": Stronger, "weaker": Weaker} {
			factor, n := start, 0
			for ; ; n++ {
				next, ok := step(factor)
				if !ok {
					break
				}
				if up := name == "stronger"; up != (next > factor) || !valid(next) || n > 100 {
					t.Fatalf("step %d from %v is from %v to %v, %s", n, start, factor, next, name)
				}
				factor = next
			}
		}
	}
}

func TestTrust07NumbersOutOfBounds(t *testing.T) {
	weight := func(factors ...float64) Turn {
		var out Turn
		for _, f := range factors {
			out.Weights = append(out.Weights, Weight{Span{0, 3}, f})
		}
		return out
	}
	for name, turn := range map[string]Turn{
		"a weight": weight(32.1), "a negative weight": weight(-33), "NaN": weight(math.NaN()), "weights that multiply": weight(8, .1, -8),
		"a window": {Windows: Windows{Cross: Window{To: 1.1}}}, "a word's window": {Windows: Windows{CrossWords: []WordWindow{{Window: Window{From: -1}}}}},
		"a mix": {Windows: Windows{ValueMix: 2}}, "layers": {Windows: Windows{ValueLayers: "all"}},
		"a threshold": {Blend: Blend{Threshold: math.Inf(1)}}, "a start": {Start: 1}, "a blend's start": {Blend: Blend{Start: -.1}}, "many words": {Blend: Blend{Target: make([]Span, MaxSpans+1)}},
	} {
		if turn.Validate() == nil {
			t.Errorf("%s is within bounds", name)
		}
	}
	for name, s := range map[string]Settings{"no steps": {}, "no such scheduler": {Scheduler: "magic", Steps: 1}, "many steps": {Steps: MaxSteps + 1}, "guidance": {Steps: 1, Guidance: 51}, "no guidance": {Steps: 1, Guidance: math.NaN()}} {
		if s.Validate() == nil {
			t.Errorf("%s is within bounds", name)
		}
	}
	if err := weight(-32).Validate(); err != nil {
		t.Error(err)
	}
	if err := (Settings{Steps: MaxSteps, Guidance: MaxGuidance}).Validate(); err != nil {
		t.Error(err)
	}
}
