package build

import (
	"fmt"
	"math"

	"pentimento/models/checkpoint"
	pb "pentimento/models/graph/onnxpb"
)

// A unet is a UNet2DConditionModel in progress.
type unet struct {
	part
	checkpoint.UNet
	text tensor // [B·M, D]
	time tensor // [B, T], behind its activation
	// skips are what the way down leaves for the way up.
	skips []tensor
}

// unetEpsilon is what a group's variance is kept above in the UNet.
const unetEpsilon = 1e-5

// timeIDs is how many numbers of SDXL's time_ids there are: the original
// height and width, the crop's top and left, the target's height and width.
const timeIDs = 6

// UNet writes the graph of a UNet:
//
//	sample                 float32 [batch, C, height, width]
//	timestep               float32 [batch]
//	encoder_hidden_states  float32 [batch, sequence, D]
//	text_embeds            float32 [batch, P]   where it has added conditions (SDXL)
//	time_ids               float32 [batch, 6]   there too
//	timestep_cond          float32 [batch, G]   where it was distilled with guidance (LCM)
//	→ out_sample           float32 [batch, C', height, width]
//
// Any height and width will do: those that are no multiple of what the levels
// divide by are treated as diffusers treats them.
func UNet(w *checkpoint.Weights, a checkpoint.UNet, lora LoRA) (Graph, error) {
	u := &unet{part: newGraph("UNet", w, lora), UNet: a}
	sample := u.input("sample", "batch", a.InChannels, "height", "width")
	timestep := u.input("timestep", "batch")
	text := u.input("encoder_hidden_states", "batch", "sequence", a.CrossWidth)
	u.rowsOf(sample)
	u.text = tensor{u.op("Reshape", []string{text.name, u.ints(-1, int64(a.CrossWidth))}), a.CrossWidth}
	u.time = u.timeEmbedding(timestep)

	h := u.in("conv_in").conv(sample, convolution{})
	u.skips = append(u.skips, h)
	for i, b := range a.Down {
		h = u.down(u.in("down_blocks", i), b, h)
	}
	h = u.middle(u.in("mid_block"), a.Middle, h)
	for i, b := range a.Up {
		h = u.up(u.in("up_blocks", i), b, h)
	}
	h = u.silu(u.in("conv_norm_out").groupNorm(h, a.NormGroups, unetEpsilon))
	u.result(u.in("conv_out").conv(h, convolution{}), "out_sample", "batch", a.OutChannels, "height", "width")
	return u.finish()
}

func (u *unet) down(p part, b checkpoint.Block, h tensor) tensor {
	for j := range b.Resnets {
		h = u.layer(p, b, j, h)
		u.skips = append(u.skips, h)
	}
	if b.Resample {
		h = p.in("downsamplers.0.conv").conv(h, convolution{stride: 2})
		u.skips = append(u.skips, h)
	}
	return h
}

func (u *unet) middle(p part, b checkpoint.Block, h tensor) tensor {
	for j := range b.Resnets {
		if depth := depthOf(b, j-1); j > 0 && depth > 0 {
			h = p.in("attentions", j-1).transformer(h, u.text, depth, b.Heads, u.NormGroups)
		}
		h = p.in("resnets", j).resnet(h, u.time, u.NormGroups, unetEpsilon)
	}
	return h
}

func (u *unet) up(p part, b checkpoint.Block, h tensor) tensor {
	for j := range b.Resnets {
		skip := u.skip(p)
		if skip.name == "" {
			return skip
		}
		joined := p.op("Concat", []string{h.name, skip.name}, pb.Int("axis", 1))
		h = u.layer(p, b, j, tensor{joined, h.channels + skip.channels})
	}
	if !b.Resample {
		return h
	}
	next := tensor{}
	if len(u.skips) > 0 {
		next = u.skips[len(u.skips)-1]
	}
	return p.in("upsamplers.0.conv").conv(p.resize(h, next), convolution{})
}

// skip takes the last thing that the way down left.
func (u *unet) skip(p part) tensor {
	if len(u.skips) == 0 {
		u.fail(fmt.Errorf("%w: %s takes more from the way down than there is", ErrWeights, p.path))
		return tensor{}
	}
	last := u.skips[len(u.skips)-1]
	u.skips = u.skips[:len(u.skips)-1]
	return last
}

// layer is a resnet of a level and the transformer behind it, if there is one.
func (u *unet) layer(p part, b checkpoint.Block, j int, h tensor) tensor {
	h = p.in("resnets", j).resnet(h, u.time, u.NormGroups, unetEpsilon)
	if depth := depthOf(b, j); depth > 0 {
		h = p.in("attentions", j).transformer(h, u.text, depth, b.Heads, u.NormGroups)
	}
	return h
}

func depthOf(b checkpoint.Block, j int) int {
	if j < 0 || j >= len(b.Depths) {
		return 0
	}
	return b.Depths[j]
}

// timeEmbedding makes what every resnet is told of the timestep and of the
// conditions that go with it, [B, T].
func (u *unet) timeEmbedding(timestep tensor) tensor {
	p := u.in("time_embedding")
	_, first, ok := p.find("linear_1.weight")
	if !ok || len(first.Shape) != 2 {
		return tensor{}
	}
	waves := u.in("time_proj").waves(timestep, first.Shape[1])
	if u.GuidanceWidth > 0 {
		guidance := u.input("timestep_cond", "batch", u.GuidanceWidth)
		waves = p.add(waves, p.in("cond_proj").product(guidance))
	}
	time := p.twice(waves)
	if u.AddWidth > 0 {
		time = u.add(time, u.addEmbedding())
	}
	return u.silu(time)
}

// addEmbedding is SDXL's: the pooled text and the sizes.
func (u *unet) addEmbedding() tensor {
	pooled := u.AddWidth - timeIDs*u.AddTimeWidth
	if u.AddTimeWidth < 2 || pooled < 1 {
		u.fail(fmt.Errorf("%w: add_embedding takes %d numbers, of which %d times %d are of sizes", ErrWeights, u.AddWidth, timeIDs, u.AddTimeWidth))
		return tensor{}
	}
	text := u.input("text_embeds", "batch", pooled)
	ids := u.input("time_ids", "batch", timeIDs)
	p := u.in("add_time_proj")
	waves := p.waves(ids, u.AddTimeWidth)
	sizes := p.op("Reshape", []string{waves.name, p.ints(-1, int64(timeIDs*u.AddTimeWidth))})
	p = u.in("add_embedding")
	return p.twice(tensor{p.op("Concat", []string{text.name, sizes}, pb.Int("axis", 1)), u.AddWidth})
}

// twice is diffusers' TimestepEmbedding: two products, an activation between.
func (p part) twice(x tensor) tensor {
	return p.in("linear_2").linear(p.silu(p.in("linear_1").linear(x)))
}

// waves is diffusers' Timesteps, the cosines before the sines: every number of
// x becomes width of them, [numbers, width].
func (p part) waves(x tensor, width int) tensor {
	half := width / 2
	frequencies := make([]float32, half)
	for i := range frequencies {
		frequencies[i] = float32(math.Exp(-math.Log(10000) * float64(i) / float64(half)))
	}
	row := p.floats(fmt.Sprintf("frequencies_%d", half), []int64{1, int64(half)}, frequencies)
	angles := p.op("Mul", []string{p.op("Reshape", []string{x.name, p.ints(-1, 1)}), row})
	both := []string{p.op("Cos", []string{angles}), p.op("Sin", []string{angles})}
	return tensor{p.op("Concat", both, pb.Int("axis", 1)), 2 * half}
}
