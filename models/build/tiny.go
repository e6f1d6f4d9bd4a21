package build

import (
	"pentimento/models/checkpoint"
)

// The tiny autoencoder (TAESD) is a list of layers, which its weights are
// numbered after: levels of blocks, and what halves or doubles between them.
const (
	tinyLevels = 4
	tinyBlocks = 3
)

// TinyDecoder writes the graph of a tiny autoencoder's decoder. It knows the
// latents as the UNet has them; the graph takes those that [Decoder] takes, which
// are scaling times smaller:
//
//	latent_sample  float32 [batch, C, height, width]
//	→ sample       float32 [batch, 3, 8·height, 8·width]   in [-1, 1]
func TinyDecoder(w *checkpoint.Weights, a checkpoint.Tiny, scaling float64) (Graph, error) {
	t := newGraph("tiny decoder", w, nil).in("decoder")
	h := t.input("latent_sample", "batch", a.LatentChannels, "height", "width")
	h.name = t.op("Mul", []string{h.name, t.float(float32(scaling))})
	// The latents are bent into ±3.
	h.name = t.op("Mul", []string{t.op("Tanh", []string{t.op("Div", []string{h.name, t.float(3)})}), t.float(3)})
	h = t.relu(t.in("layers.0").conv(h, convolution{}))
	layer := 2
	for range tinyLevels - 1 {
		for range tinyBlocks {
			h = t.in("layers", layer).tinyBlock(h)
			layer++
		}
		h = t.in("layers", layer+1).conv(t.in("layers", layer).double(h), convolution{bare: true})
		layer += 2
	}
	h = t.in("layers", layer).tinyBlock(h)
	h = t.in("layers", layer+1).conv(h, convolution{})
	h.name = t.op("Sub", []string{t.op("Mul", []string{h.name, t.float(2)}), t.float(1)})
	t.result(h, "sample", "batch", h.channels, "image_height", "image_width")
	return t.finish()
}

// TinyEncoder writes the graph of a tiny autoencoder's encoder, whose latents are
// those of [Encoder], scaling times smaller than the UNet's:
//
//	sample           float32 [batch, 3, height, width]   in [-1, 1]
//	→ latent_sample  float32 [batch, C, height/8, width/8]
func TinyEncoder(w *checkpoint.Weights, a checkpoint.Tiny, scaling float64) (Graph, error) {
	t := newGraph("tiny encoder", w, nil).in("encoder")
	h := t.input("sample", "batch", 3, "height", "width")
	h.name = t.op("Div", []string{t.op("Add", []string{h.name, t.float(1)}), t.float(2)})
	h = t.in("layers.0").conv(h, convolution{})
	h = t.in("layers.1").tinyBlock(h)
	layer := 2
	for range tinyLevels - 1 {
		h = t.in("layers", layer).conv(h, convolution{stride: 2, bare: true})
		layer++
		for range tinyBlocks {
			h = t.in("layers", layer).tinyBlock(h)
			layer++
		}
	}
	h = t.in("layers", layer).conv(h, convolution{})
	h.name = t.op("Div", []string{h.name, t.float(float32(scaling))})
	t.result(h, "latent_sample", "batch", a.LatentChannels, "latent_height", "latent_width")
	return t.finish()
}

// tinyBlock is diffusers' AutoencoderTinyBlock: three convolutions around which
// the features go unchanged.
func (p part) tinyBlock(x tensor) tensor {
	h := p.relu(p.in("conv.0").conv(x, convolution{}))
	h = p.relu(p.in("conv.2").conv(h, convolution{}))
	h = p.in("conv.4").conv(h, convolution{})
	if h.channels != x.channels {
		x = p.in("skip").conv(x, convolution{bare: true})
	}
	return p.relu(p.add(h, x))
}

func (p part) relu(x tensor) tensor {
	return tensor{p.op("Relu", []string{x.name}), x.channels}
}
