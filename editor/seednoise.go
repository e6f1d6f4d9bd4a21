package editor

import (
	"pentimento/editor/noise"
	"pentimento/models"
)

// A stepNoise is the noise that a scheduler adds on the way. It goes on where x_T
// ends in what the seed's generator draws, as in other programs, and depends on
// the seed and the step alone: all turns of a chain have the same, so that an
// edit comes back to where it began.
type stepNoise struct {
	generator *noise.Generator
	size      int
	drawn     int       // for so many steps
	last      []float32 // of the step that was drawn last [C, H, W]
}

// firstNoise draws x_T, which all turns of a recipe share. [C, H, W]
func firstNoise(seed uint64, spec models.Spec, s *sampler) ([]float32, *stepNoise) {
	n := &stepNoise{generator: noise.New(seed), size: spec.LatentChannels * spec.LatentHeight * spec.LatentWidth}
	start := n.generator.Normal(n.size)
	if s.initial != 1 {
		for i := range start {
			start[i] = float32(s.initial * float64(start[i]))
		}
	}
	return start, n
}

// at is the noise of step i, nil where the step adds none. Steps must be asked
// for in their order; one may be asked for again.
func (n *stepNoise) at(s *sampler, i int) []float32 {
	if s.to[i].fresh == 0 {
		return nil
	}
	for ; n.drawn <= i; n.drawn++ {
		n.last = n.generator.Normal(n.size)
	}
	return n.last
}
