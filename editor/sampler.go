package editor

import (
	"fmt"

	"pentimento/models"
	"pentimento/recipe"
)

// A sampler steps latents along a model's noise schedule. Latents are kept in
// the scale of a variance-preserving process, √ᾱ·x_0 + √(1−ᾱ)·ε, whatever the
// scheduler's papers use: Euler's method in it is the same method.
type sampler struct {
	solver
	prediction models.Prediction
	// timesteps are what the UNet is told at each step: training steps, or
	// something between two of them.
	timesteps []float64
	// at are the levels of noise that the steps begin with.
	at []level
	// to is what each step makes of the latents.
	to []transition
	// initial is the standard deviation of x_T.
	initial float64
}

// A transition is what a step makes of the x_0 and the ε that it found in the
// latents: signal·x_0 + kept·ε + fresh·z, where z is new noise.
type transition struct{ signal, kept, fresh float64 }

// passing is a transition to a level of noise without any that is new.
func passing(l level) transition { return transition{l.signal, l.sigma, 0} }

// A solver steps latents. x, the prediction and the noise z are [C, H, W]; z is
// nil where the transition adds none. memory is what the step before of the same
// turn returned as remembered, nil at the first. next is a new slice.
type solver interface {
	step(s *sampler, i int, x, prediction, z []float32, memory []float64) (next []float32, remembered []float64)
}

// newSampler returns the sampler of that name for n steps; "" is DDIM.
func newSampler(spec models.Spec, name string, n int) (*sampler, error) {
	s, err := newSchedule(spec)
	if err != nil {
		return nil, err
	}
	if s.prediction == models.PredictEpsilon || name != recipe.DDIM && name != recipe.LCM && name != "" {
		s.divisible()
	}
	switch name {
	case "", recipe.DDIM:
		return newDDIM(s, n)
	case recipe.DPMSolver:
		return newDPMSolver(s, n)
	case recipe.Euler:
		return newEuler(s, n, false)
	case recipe.EulerAncestral:
		return newEuler(s, n, true)
	case recipe.LCM:
		return newLCM(s, n)
	}
	return nil, fmt.Errorf("scheduler %q is not known", name)
}

// remembers tells whether a scheduler's steps depend on the prediction of the step
// before.
func remembers(scheduler string) bool { return scheduler == recipe.DPMSolver }

// onSteps is a sampler whose steps begin at training steps.
func (s *schedule) onSteps(solver solver, steps []int) *sampler {
	out := &sampler{solver: solver, prediction: s.prediction, initial: 1}
	for _, t := range steps {
		out.timesteps = append(out.timesteps, float64(t))
		out.at = append(out.at, s.level(t))
	}
	return out
}

// split parts x at step i into the signal x_0 and the noise ε that the model's
// prediction says it is made of.
func (s *sampler) split(i int, x, prediction []float32) (x0, eps []float64) {
	at := s.at[i]
	x0, eps = make([]float64, len(x)), make([]float64, len(x))
	for k := range x {
		xt, p := float64(x[k]), float64(prediction[k])
		switch s.prediction {
		case models.PredictV:
			x0[k], eps[k] = at.signal*xt-at.sigma*p, at.signal*p+at.sigma*xt
		case models.PredictSample:
			x0[k], eps[k] = p, (xt-at.signal*p)/at.sigma
		default:
			x0[k], eps[k] = (xt-at.sigma*p)/at.signal, p
		}
	}
	return x0, eps
}

// direct is the solver that goes where the transition says.
type direct struct{}

func (direct) step(s *sampler, i int, x, prediction, z []float32, _ []float64) ([]float32, []float64) {
	to := s.to[i]
	x0, eps := s.split(i, x, prediction)
	out := make([]float32, len(x))
	for k := range x {
		next := to.signal*x0[k] + to.kept*eps[k]
		if to.fresh != 0 {
			next += to.fresh * float64(z[k])
		}
		out[k] = float32(next)
	}
	return out, nil
}

// clean estimates x_0 after step i, from the latents before it and after it:
// what is left when the noise that the model saw at the step, and what the step
// added, is taken out of next. It writes a new slice. [C, H, W]
func (s *sampler) clean(i int, x, prediction, z, next []float32) []float32 {
	to := s.to[i]
	_, eps := s.split(i, x, prediction)
	out := make([]float32, len(x))
	for k := range x {
		left := float64(next[k]) - to.kept*eps[k]
		if to.fresh != 0 {
			left -= to.fresh * float64(z[k])
		}
		out[k] = float32(left / to.signal)
	}
	return out
}
