package editor

import (
	"fmt"

	"pentimento/models"
	"pentimento/recipe"
)

// A sampler steps latents along a model's noise schedule.
type sampler struct {
	*schedule
	solver
}

// A solver steps latents.
type solver interface {
	// after is the level of noise that step i ends with.
	after(i int) level
	// step returns x after step i as a new slice, from x before it and the
	// model's prediction. memory is what the step before of the same turn
	// returned as remembered, nil at the first. [C, H, W]
	step(i int, x, prediction []float32, memory []float64) (next []float32, remembered []float64)
}

// newSampler returns the sampler of that name for n steps; "" is DDIM.
func newSampler(spec models.Spec, name string, n int) (*sampler, error) {
	s, err := newSchedule(spec, n)
	if err != nil {
		return nil, err
	}
	switch name {
	case "", recipe.DDIM:
		return &sampler{s, &ddim{s, len(s.alphas) / n}}, nil
	case recipe.DPMSolver:
		return &sampler{s, &dpmSolver{s}}, nil
	}
	return nil, fmt.Errorf("scheduler %q is not known", name)
}

// clean estimates x_0 after step i, from the latents before it and after it:
// what is left when the noise that the model saw at the step is taken out of
// next. It writes a new slice. [C, H, W]
func (s *sampler) clean(i int, x, prediction, next []float32) []float32 {
	after := s.after(i)
	_, eps := s.split(i, x, prediction)
	out := make([]float32, len(x))
	for k := range x {
		out[k] = float32((float64(next[k]) - after.sigma*eps[k]) / after.signal)
	}
	return out
}

// guide applies classifier-free guidance (Ho and Salimans 2022):
// uncond + scale·(cond − uncond), as a new slice.
func guide(cond, uncond []float32, scale float64) []float32 {
	s := float32(scale)
	out := make([]float32, len(cond))
	for i := range cond {
		out[i] = uncond[i] + s*(cond[i]-uncond[i])
	}
	return out
}
