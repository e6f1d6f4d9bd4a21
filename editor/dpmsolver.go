package editor

import (
	"math"

	"pentimento/recipe"
)

// dpmSolver is DPM-Solver++(2M) of Lu et al. 2022 (arXiv 2211.01095,
// algorithm 2): it remembers the x_0 that the step before predicted. The first
// step has none to remember, and the last one may end without noise, where λ
// is infinite: both are of first order, which is DDIM.
type dpmSolver struct{}

func newDPMSolver(s *schedule, n int) (*sampler, error) {
	steps, err := wholeSteps(s.Schedule, n)
	if err != nil {
		return nil, err
	}
	return solvedAt(s, steps)
}

// solvedAt is the solver at training steps in descending order.
func solvedAt(s *schedule, steps []int) (*sampler, error) {
	out := s.onSteps(dpmSolver{}, steps)
	if s.Sigmas != "" {
		if err := out.respace(s); err != nil {
			return nil, err
		}
	}
	for i := range steps {
		next := s.level(-1)
		if i+1 < len(steps) {
			next = out.at[i+1]
		}
		out.to = append(out.to, passing(next))
	}
	return out, nil
}

// respace puts the steps at the levels of the model's own rule. The UNet is told
// training steps that are nearest.
func (s *sampler) respace(from *schedule) error {
	most, least := from.level(len(from.alphas)-1).ratio(), from.level(0).ratio()
	sigmas, err := ruled(from.Schedule, len(s.at), most, least, recipe.DPMSolver)
	if err != nil {
		return err
	}
	for i, sigma := range sigmas {
		s.at[i], s.timesteps[i] = exploding(sigma), math.RoundToEven(from.timeOf(sigma))
	}
	return nil
}

// step returns x_t = (σ_t/σ_s)·x_s − α_t·(e^(−h) − 1)·D.
func (dpmSolver) step(s *sampler, i int, x, prediction, _ []float32, memory []float64) ([]float32, []float64) {
	at, after := s.at[i], level{s.to[i].signal, s.to[i].kept}
	x0, _ := s.split(i, x, prediction)
	h := after.lambda() - at.lambda()
	now, before := 1., 0. // how much of each prediction is in D
	if memory == nil || i+1 == len(s.at) {
		memory = x0
	} else if last := at.lambda() - s.at[i-1].lambda(); last > 0 {
		now, before = 1+h/(2*last), -h/(2*last)
	}
	out := make([]float32, len(x))
	for k := range x {
		mean := now*x0[k] + before*memory[k]
		out[k] = float32(after.sigma/at.sigma*float64(x[k]) - after.signal*math.Expm1(-h)*mean)
	}
	return out, x0
}
