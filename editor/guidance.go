package editor

import (
	"pentimento/models"
)

// halves are the rows that guidance takes of a turn at a step: one under the
// prompt, and one without it or under the negative prompt.
type halves struct{ cond, uncond bool }

// halvesOf leaves out the row that guidance multiplies by 0. A UNet that is told
// the guidance scale needs no second row to be guided by it.
func halvesOf(guidance float64, spec models.Spec) halves {
	if spec.TimestepCondWidth > 0 {
		return halves{cond: true}
	}
	return halves{cond: guidance != 0, uncond: guidance != 1}
}

// guided is the prediction of a turn's rows under guidance. [C, H, W]
func (run *run) guided(cond, uncond *unetRow) []float32 {
	switch {
	case uncond == nil:
		return cond.noise
	case cond == nil:
		return uncond.noise
	}
	return guide(cond.noise, uncond.noise, run.settings.Guidance)
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

// promptless prepares turns that no prompt acts on, at a guidance of 0: there is
// nothing to take over of a source, and nothing to blend.
func promptless(variants []*link) {
	for _, l := range variants {
		l.blend, l.start = nil, 0
	}
}
