package build

import "pentimento/models/checkpoint"

// An Attention is an attention layer of the graph that [UNet] writes.
type Attention struct {
	// Heads is the number of its heads, and Level how often the latents' sides
	// are halved before it.
	Heads, Level int
	// Cross: its keys are those of the text; else they are its own pixels.
	Cross bool
}

// Attentions are the attention layers of a UNet, in the order in which the graph
// computes them. They follow from the architecture: nothing has to run to know
// them.
func Attentions(a checkpoint.UNet) []Attention {
	var all []Attention
	level := 0
	add := func(b checkpoint.Block, depths []int) {
		for _, depth := range depths {
			for range depth {
				all = append(all, Attention{b.Heads, level, false}, Attention{b.Heads, level, true})
			}
		}
	}
	for _, b := range a.Down {
		add(b, b.Depths[:min(b.Resnets, len(b.Depths))])
		if b.Resample {
			level++
		}
	}
	// The middle's attention stands between two residual blocks.
	add(a.Middle, a.Middle.Depths[:max(0, min(a.Middle.Resnets-1, len(a.Middle.Depths)))])
	for _, b := range a.Up {
		add(b, b.Depths[:min(b.Resnets, len(b.Depths))])
		if b.Resample {
			level--
		}
	}
	return all
}
