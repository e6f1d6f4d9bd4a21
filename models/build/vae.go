package build

import (
	"pentimento/models/checkpoint"
)

// vaeEpsilon is what a group's variance is kept above in the VAE.
const vaeEpsilon = 1e-6

// A vae is one half of an AutoencoderKL in progress.
type vae struct {
	part
	checkpoint.VAE
}

// Decoder writes the graph of a VAE's decoder:
//
//	latent_sample  float32 [batch, C, height, width]   unscaled latents
//	→ sample       float32 [batch, 3, 8·height, 8·width]   in [-1, 1], 8 by its levels
func Decoder(w *checkpoint.Weights, a checkpoint.VAE) (Graph, error) {
	root := newGraph("VAE decoder", w, nil)
	v := &vae{root.in("decoder"), a}
	h := v.input("latent_sample", "batch", a.LatentChannels, "height", "width")
	v.rowsOf(h)
	if a.PostQuantConv {
		h = root.in("post_quant_conv").conv(h, convolution{})
	}
	h = v.middle(v.in("conv_in").conv(h, convolution{}))
	for i := range a.Blocks {
		p := v.in("up_blocks", i)
		for j := range a.Layers + 1 {
			h = p.in("resnets", j).resnet(h, tensor{}, a.NormGroups, vaeEpsilon)
		}
		if i < len(a.Blocks)-1 {
			up := p.in("upsamplers.0")
			h = up.in("conv").conv(up.double(h), convolution{})
		}
	}
	v.result(v.end(h), "sample", "batch", a.Channels, "image_height", "image_width")
	return v.finish()
}

// Encoder writes the graph of a VAE's encoder:
//
//	sample               float32 [batch, 3, height, width]   in [-1, 1]
//	→ latent_parameters  float32 [batch, 2C, height/8, width/8]   mean and log variance, unscaled
func Encoder(w *checkpoint.Weights, a checkpoint.VAE) (Graph, error) {
	root := newGraph("VAE encoder", w, nil)
	v := &vae{root.in("encoder"), a}
	h := v.input("sample", "batch", a.Channels, "height", "width")
	v.rowsOf(h)
	h = v.in("conv_in").conv(h, convolution{})
	for i := range a.Blocks {
		p := v.in("down_blocks", i)
		for j := range a.Layers {
			h = p.in("resnets", j).resnet(h, tensor{}, a.NormGroups, vaeEpsilon)
		}
		if i < len(a.Blocks)-1 {
			h = p.in("downsamplers.0.conv").conv(h, convolution{stride: 2, pads: []int64{0, 0, 1, 1}})
		}
	}
	h = v.end(v.middle(h))
	if a.QuantConv {
		h = root.in("quant_conv").conv(h, convolution{})
	}
	v.result(h, "latent_parameters", "batch", 2*a.LatentChannels, "latent_height", "latent_width")
	return v.finish()
}

// middle is the same in both halves.
func (v *vae) middle(h tensor) tensor {
	p := v.in("mid_block")
	h = p.in("resnets.0").resnet(h, tensor{}, v.NormGroups, vaeEpsilon)
	if v.MiddleAttention {
		h = v.attention(p.in("attentions.0"), h)
	}
	return p.in("resnets.1").resnet(h, tensor{}, v.NormGroups, vaeEpsilon)
}

// attention has the pixels attend to one another, with a single head.
func (v *vae) attention(p part, x tensor) tensor {
	pixels := p.flatten(p.in("group_norm").groupNorm(x, v.NormGroups, vaeEpsilon))
	h := p.attendUnseen(p.in("to_q").linear(pixels.tokens), p.in("to_k").linear(pixels.tokens), p.in("to_v").linear(pixels.tokens), 1)
	return p.add(p.unflatten(p.in("to_out.0").linear(h), pixels), x)
}

func (v *vae) end(h tensor) tensor {
	h = v.silu(v.in("conv_norm_out").groupNorm(h, v.NormGroups, vaeEpsilon))
	return v.in("conv_out").conv(h, convolution{})
}
