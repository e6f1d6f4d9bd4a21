package editor

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"pentimento/models"
	"pentimento/recipe"
	"pentimento/tests/parity"
)

// usualSpec is a model with the noise of Stable Diffusion 1.x.
func usualSpec() models.Spec {
	return models.Spec{Prediction: models.PredictEpsilon, Schedule: models.Schedule{
		TrainSteps: 1000, BetaStart: .00085, BetaEnd: .012, BetaSchedule: "scaled_linear", StepsOffset: 1,
	}}
}

// For data that are normal with standard deviation s, the x_0 that is expected
// of x_t is known, and so is where the noise must end: x keeps its number of
// standard deviations. Halving the steps, a method of first order errs twice
// as much and one of second order four times.
func TestSamplersConverge(t *testing.T) {
	spec := usualSpec()
	spec.Prediction = models.PredictSample
	const s = 1
	deviation := func(l level) float64 { return math.Hypot(l.signal*s, l.sigma) }
	failure := func(name string, n int) float64 {
		sampler, err := newSampler(spec, name, n)
		if err != nil {
			t.Fatal(err)
		}
		x := []float32{1}
		end := sampler.to[n-1]
		want := deviation(level{end.signal, end.kept}) / deviation(sampler.at[0])
		var memory []float64
		for i, at := range sampler.at {
			expected := at.signal * s * s / (deviation(at) * deviation(at)) * float64(x[0])
			x, memory = sampler.step(sampler, i, x, []float32{float32(expected)}, nil, memory)
		}
		return math.Abs(float64(x[0]) - want)
	}
	for name, order := range map[string]float64{recipe.DDIM: 1, recipe.Euler: 1, recipe.DPMSolver: 2} {
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

// A trajectory is what a scheduler of diffusers makes of latents with a function
// in place of the UNet.
type trajectory struct {
	Name, Scheduler string
	Steps           int
	Config          json.RawMessage
}

// Every scheduler goes the way that its class in diffusers goes, with every
// configuration of it: at the same timesteps, to the same latents.
func TestSchedulersEqualDiffusers(t *testing.T) {
	f := parity.Open(t, "schedulers")
	var all []trajectory
	f.Info("cases", &all)
	worst := map[string]float64{}
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			schedule, prediction, err := models.ReadSchedule(c.Config)
			if err != nil {
				t.Fatal(err)
			}
			spec := models.Spec{Prediction: prediction, Schedule: schedule}
			s, err := newSampler(spec, c.Scheduler, c.Steps)
			if c.Scheduler == recipe.DPMSolver {
				s, err = solvedAsThere(spec, f.Array(c.Name+".timesteps"))
			}
			if err != nil {
				t.Fatal(err)
			}
			far := follow(t, f, c, s)
			worst[c.Scheduler] = max(worst[c.Scheduler], far)
			if far > 1e-4 {
				t.Errorf("%.1e from diffusers", far)
			}
		})
	}
	for _, name := range recipe.Schedulers() {
		if t.Logf("%s: %.1e from diffusers at most", name, worst[name]); worst[name] == 0 {
			t.Errorf("%s is not compared", name)
		}
	}
}

// solvedAsThere is DPM-Solver++(2M) at diffusers' timesteps and with its end.
// Here it takes those of DDIM, so that the windows of an edit mean the same noise.
func solvedAsThere(spec models.Spec, timesteps []float32) (*sampler, error) {
	s, err := newSchedule(spec)
	if err != nil {
		return nil, err
	}
	s.divisible()
	s.final = 1
	var steps []int
	for _, t := range timesteps {
		steps = append(steps, int(t))
	}
	return solvedAt(s, steps)
}

// follow steps the latents of a trajectory and returns how far they come from
// diffusers' at most, as a relative RMS.
func follow(t *testing.T, f *parity.Fixture, c trajectory, s *sampler) (far float64) {
	if want := f.Array(c.Name + ".timesteps"); !within(s.timesteps, want, 1e-3) {
		t.Fatalf("timesteps %v, diffusers has %v", s.timesteps, want)
	}
	pattern, want := parity.Normal("scheduler.pattern", 64), f.Array(c.Name+".latents")
	x := parity.Normal("scheduler.latents", 64)
	for k := range x {
		x[k] *= float32(s.initial)
	}
	scale := func(l level) float64 { // from our scale to diffusers'
		if f.Has(c.Name+".sigmas") && c.Scheduler != recipe.DPMSolver {
			return 1 / l.signal
		}
		return 1
	}
	compare := func(x, want []float32, scale float64) {
		scaled := make([]float32, len(x))
		for k := range x {
			scaled[k] = float32(float64(x[k]) * scale)
		}
		d, err := parity.Distance(scaled, want)
		if err != nil {
			t.Fatal(err)
		}
		far = max(far, d)
	}
	compare(x, want[:64], scale(s.at[0]))
	var memory []float64
	for i, time := range s.timesteps {
		predicted := make([]float32, len(x))
		for k := range x {
			predicted[k] = x[k]*float32(.25+time/2000) + pattern[k]/2
		}
		x, memory = s.step(s, i, x, predicted, parity.Normal(fmt.Sprintf("scheduler.noise.%d", i), 64), memory)
		compare(x, want[64*(i+1):64*(i+2)], scale(level{signal: s.to[i].signal}))
	}
	return far
}

// within compares numbers with those of diffusers.
func within(have []float64, want []float32, most float64) bool {
	return slices.EqualFunc(have, want, func(a float64, b float32) bool { return math.Abs(a-float64(b)) <= most })
}
