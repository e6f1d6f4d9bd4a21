package editor

import (
	"math"
	"testing"

	"pentimento/models"
	"pentimento/recipe"
)

// For data that are normal with standard deviation s, the x_0 that is expected
// of x_t is known, and so is where the noise must end: x keeps its number of
// standard deviations. Halving the steps, a method of first order errs twice
// as much and one of second order four times.
func TestSamplersConverge(t *testing.T) {
	spec := models.Spec{Prediction: models.PredictSample, Schedule: models.Schedule{
		TrainSteps: 1000, BetaStart: .00085, BetaEnd: .012, BetaSchedule: "scaled_linear", StepsOffset: 1,
	}}
	const s = 1
	deviation := func(l level) float64 { return math.Hypot(l.signal*s, l.sigma) }
	failure := func(name string, n int) float64 {
		sampler, err := newSampler(spec, name, n)
		if err != nil {
			t.Fatal(err)
		}
		start := sampler.level(sampler.timesteps[0])
		x := []float32{1}
		want := deviation(sampler.level(-1)) / deviation(start)
		var memory []float64
		for i, step := range sampler.timesteps {
			at := sampler.level(step)
			expected := at.signal * s * s / (deviation(at) * deviation(at)) * float64(x[0])
			x, memory = sampler.step(i, x, []float32{float32(expected)}, memory)
		}
		return math.Abs(float64(x[0]) - want)
	}
	for name, order := range map[string]float64{recipe.DDIM: 1, recipe.DPMSolver: 2} {
		coarse, fine := failure(name, 100), failure(name, 200)
		if got := math.Log2(coarse / fine); math.Abs(got-order) > .4 {
			t.Errorf("%s: errs by %g at 100 steps and %g at 200, order %.2f, want %g", name, coarse, fine, got, order)
		}
	}
	if solver, ddim := failure(recipe.DPMSolver, 20), failure(recipe.DDIM, 20); solver >= ddim {
		t.Errorf("at 20 steps the solver errs by %g, DDIM by %g", solver, ddim)
	}
	if _, err := newSampler(spec, "magic", 4); err == nil {
		t.Error("an unknown scheduler was taken")
	}
}
