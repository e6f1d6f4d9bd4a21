package editor

import (
	"fmt"
	"math"

	"pentimento/models"
)

// A schedule is the model's noise schedule, and the steps that are taken on it.
type schedule struct {
	prediction models.Prediction
	timesteps  []int // descending
	// alphas are the cumulative products ᾱ_t, one per training step.
	alphas []float64
	// final is ᾱ before the first training step.
	final float64
}

func newSchedule(spec models.Spec, n int) (*schedule, error) {
	betas, err := noiseSchedule(spec.Schedule)
	if err != nil {
		return nil, err
	}
	s := &schedule{prediction: spec.Prediction, final: 1}
	product := 1.0
	for _, beta := range betas {
		product *= 1 - beta
		s.alphas = append(s.alphas, product)
	}
	if !spec.Schedule.SetAlphaToOne {
		s.final = s.alphas[0]
	}
	s.timesteps, err = spacing(spec.Schedule, len(betas), n)
	return s, err
}

// A level is how much of the latents is signal, √ᾱ, and how much noise,
// √(1−ᾱ).
type level struct{ signal, sigma float64 }

// level is that of a training step; before the first one it is the final one.
func (s *schedule) level(t int) level {
	alpha := s.final
	if t >= 0 {
		alpha = s.alphas[t]
	}
	return level{math.Sqrt(alpha), math.Sqrt(1 - alpha)}
}

// split parts x_t at step i into the signal x_0 and the noise ε that the
// model's prediction says it is made of.
func (s *schedule) split(i int, x, prediction []float32) (x0, eps []float64) {
	at := s.level(s.timesteps[i])
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

// noiseSchedule returns the variances β_t of the forward process.
func noiseSchedule(s models.Schedule) ([]float64, error) {
	if len(s.TrainedBetas) > 0 {
		return s.TrainedBetas, nil
	}
	betas := make([]float64, s.TrainSteps)
	for i := range betas {
		share := float64(i) / float64(max(1, s.TrainSteps-1))
		switch s.BetaSchedule {
		case "linear":
			betas[i] = s.BetaStart + share*(s.BetaEnd-s.BetaStart)
		case "scaled_linear":
			from, to := math.Sqrt(s.BetaStart), math.Sqrt(s.BetaEnd)
			root := from + share*(to-from)
			betas[i] = root * root
		case "squaredcos_cap_v2":
			bar := func(t float64) float64 {
				c := math.Cos((t + .008) / 1.008 * math.Pi / 2)
				return c * c
			}
			n := float64(s.TrainSteps)
			betas[i] = min(1-bar(float64(i+1)/n)/bar(float64(i)/n), .999)
		default:
			return nil, fmt.Errorf("noise schedule %q is not known", s.BetaSchedule)
		}
	}
	return betas, nil
}

// spacing chooses n of the training steps, in descending order, by the rule
// that the model's scheduler names.
func spacing(s models.Schedule, train, n int) ([]int, error) {
	out := make([]int, n)
	for i := range out {
		switch s.TimestepSpacing {
		case "", "leading":
			out[n-1-i] = min(i*(train/n)+s.StepsOffset, train-1)
		case "trailing":
			out[i] = int(math.Round(float64(train)-float64(i)*float64(train)/float64(n))) - 1
		case "linspace":
			out[n-1-i] = int(math.Round(float64(i) * float64(train-1) / float64(max(1, n-1))))
		default:
			return nil, fmt.Errorf("timestep spacing %q is not known", s.TimestepSpacing)
		}
	}
	return out, nil
}
