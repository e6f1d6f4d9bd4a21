package editor

import (
	"fmt"
	"math"

	"pentimento/models"
)

// spacing spreads n timesteps over so many training steps, in descending order,
// by one of the rules of diffusers: "leading", "trailing" or "linspace" (Lin et
// al. 2024, table 2). Those of linspace may lie between two training steps.
func spacing(s models.Schedule, rule string, n int) ([]float64, error) {
	out, train := make([]float64, n), float64(s.TrainSteps)
	// Adding up what is rounded here is what NumPy's arange does.
	stride := (train - train/float64(n)) - train
	for i := range out {
		switch rule {
		case "leading":
			out[n-1-i] = float64(min(i*(s.TrainSteps/n)+s.StepsOffset, s.TrainSteps-1))
		case "trailing":
			out[i] = math.RoundToEven(train+float64(i)*stride) - 1
		case "linspace":
			out[n-1-i] = min(float64(i)*((train-1)/float64(max(1, n-1))), train-1)
		default:
			return nil, fmt.Errorf("timestep spacing %q is not known", rule)
		}
	}
	return out, nil
}

// wholeSteps is spacing in whole training steps, leading where the model does
// not say.
func wholeSteps(s models.Schedule, n int) ([]int, error) {
	rule := s.TimestepSpacing
	if rule == "" {
		rule = "leading"
	}
	spaced, err := spacing(s, rule, n)
	if err != nil {
		return nil, err
	}
	out := make([]int, n)
	for i, t := range spaced {
		out[i] = int(math.RoundToEven(t))
	}
	return out, nil
}

// ruled returns n descending levels of noise σ by the model's own rule, between
// two that are usual: by Karras et al. 2022 (ρ = 7), or in even steps of log σ.
func ruled(s models.Schedule, n int, from, to float64, scheduler string) ([]float64, error) {
	if s.SigmaMax > 0 {
		from = s.SigmaMax
	}
	if s.SigmaMin > 0 {
		to = s.SigmaMin
	}
	var bend, straighten func(float64) float64
	switch s.Sigmas {
	case models.Karras:
		bend = func(x float64) float64 { return math.Pow(x, 1./7) }
		straighten = func(x float64) float64 { return math.Pow(x, 7) }
	case models.Exponential:
		bend, straighten = math.Log, math.Exp
	default:
		return nil, fmt.Errorf("the model's scheduler_config.json asks for %s sigmas, which %s cannot follow here: use ddim", s.Sigmas, scheduler)
	}
	out := make([]float64, n)
	for i := range out {
		share := float64(i) / float64(max(1, n-1))
		out[i] = straighten(bend(from) + share*(bend(to)-bend(from)))
	}
	return out, nil
}

// sigmaAt is the level of noise at a timestep, between those of two training
// steps where it lies between them.
func (s *schedule) sigmaAt(t float64) float64 {
	low := int(t)
	at := s.level(low).ratio()
	if share := t - float64(low); share > 0 {
		at += share * (s.level(low+1).ratio() - at)
	}
	return at
}

// timeOf is the timestep with a level of noise: sigmaAt the other way round, but
// between two training steps by the logarithm.
func (s *schedule) timeOf(sigma float64) float64 {
	low := 0
	for low+2 < len(s.alphas) && s.level(low+1).ratio() <= sigma {
		low++
	}
	if low+1 == len(s.alphas) {
		return 0 // there is one training step
	}
	from, to := math.Log(s.level(low).ratio()), math.Log(s.level(low+1).ratio())
	share := (math.Log(sigma) - from) / (to - from)
	return float64(low) + min(max(share, 0), 1)
}
