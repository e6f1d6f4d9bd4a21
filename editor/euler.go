package editor

import (
	"math"

	"pentimento/recipe"
)

// newEuler is Euler's method of Karras et al. 2022 (algorithm 2 without churn),
// or with new noise at every step, the ancestral sampling of Song et al. 2021.
//
// Both are written for x_0 + σ·ε. Divided by √(1+σ²) that is √ᾱ·x_0 + √(1−ᾱ)·ε,
// and a step of Euler's method from σ to σ' leaves x_0 and ε as they are: it is
// DDIM between levels that need not be those of training steps.
func newEuler(s *schedule, n int, ancestral bool) (*sampler, error) {
	rule := s.TimestepSpacing
	if rule == "" {
		rule = "linspace"
	}
	timesteps, err := spacing(s.Schedule, rule, n)
	if err != nil {
		return nil, err
	}
	sigmas := make([]float64, n)
	for i, t := range timesteps {
		sigmas[i] = s.sigmaAt(t)
	}
	last := 0.
	if s.FinalSigmaMin && !ancestral { // which has neither this nor a rule in diffusers
		last = s.sigmaAt(0)
	}
	if s.Sigmas != "" && !ancestral {
		if sigmas, err = ruled(s.Schedule, n, sigmas[0], sigmas[n-1], recipe.Euler); err != nil {
			return nil, err
		}
		for i, sigma := range sigmas {
			timesteps[i] = s.timeOf(sigma)
		}
	}
	out := &sampler{solver: direct{}, prediction: s.prediction, timesteps: timesteps, initial: 1}
	if rule != "leading" {
		out.initial = exploding(sigmas[0]).sigma // σ times the noise, divided by √(1+σ²)
	}
	for i, sigma := range sigmas {
		next := last
		if i+1 < n {
			next = sigmas[i+1]
		}
		out.at = append(out.at, exploding(sigma))
		if ancestral {
			out.to = append(out.to, renewing(sigma, next))
		} else {
			out.to = append(out.to, passing(exploding(next)))
		}
	}
	return out, nil
}

// renewing goes from a level of noise to the next one by going further down, and
// back up with new noise.
func renewing(from, to float64) transition {
	up := to * math.Sqrt((from*from-to*to)/(from*from))
	down := math.Sqrt(max(0, to*to-up*up))
	length := math.Hypot(1, to)
	return transition{1 / length, down / length, up / length}
}
