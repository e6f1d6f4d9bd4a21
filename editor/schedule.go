package editor

import (
	"fmt"
	"math"

	"pentimento/models"
)

// A schedule is the model's noise schedule: how much noise there is at each of
// the training steps.
type schedule struct {
	models.Schedule
	prediction models.Prediction
	// alphas are the cumulative products ᾱ_t, one per training step.
	alphas []float64
	// final is ᾱ before the first training step.
	final float64
}

func newSchedule(spec models.Spec) (*schedule, error) {
	betas, err := noiseSchedule(spec.Schedule)
	if err != nil {
		return nil, err
	}
	s := &schedule{Schedule: spec.Schedule, prediction: spec.Prediction, final: 1}
	product := 1.0
	for _, beta := range betas {
		product *= 1 - beta
		s.alphas = append(s.alphas, product)
	}
	if s.ZeroSNR {
		rescale(s.alphas)
	}
	if !s.SetAlphaToOne {
		s.final = s.alphas[0]
	}
	return s, nil
}

// rescale moves the levels so that nothing is left of the signal at the last
// training step, and the first one stays (Lin et al. 2024, algorithm 1).
func rescale(alphas []float64) {
	first, last := math.Sqrt(alphas[0]), math.Sqrt(alphas[len(alphas)-1])
	if first == last {
		return // there is one step
	}
	for i, a := range alphas {
		root := (math.Sqrt(a) - last) * first / (first - last)
		alphas[i] = root * root
	}
}

// leastAlpha stands for ᾱ = 0 where something is divided by it, as in
// diffusers: the noise is 4,096 times the signal.
const leastAlpha = 1. / (1 << 24)

// divisible gives the last training step some signal, for the schedulers and
// predictions that divide by it.
func (s *schedule) divisible() {
	last := len(s.alphas) - 1
	s.alphas[last] = max(s.alphas[last], leastAlpha)
}

// A level is how much of the latents is signal, √ᾱ, and how much noise,
// √(1−ᾱ).
type level struct{ signal, sigma float64 }

// levelOf is the level with so much signal ᾱ.
func levelOf(alpha float64) level { return level{math.Sqrt(alpha), math.Sqrt(1 - alpha)} }

// exploding is the level with σ times as much noise as signal.
func exploding(sigma float64) level {
	length := math.Hypot(1, sigma)
	return level{1 / length, sigma / length}
}

// ratio is σ, how many times as much noise there is as signal.
func (l level) ratio() float64 { return l.sigma / l.signal }

// lambda is half of the log-SNR, log(α/σ).
func (l level) lambda() float64 { return math.Log(l.signal / l.sigma) }

// level is that of a training step; before the first one it is the final one.
func (s *schedule) level(t int) level {
	if t < 0 {
		return levelOf(s.final)
	}
	return levelOf(s.alphas[t])
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
