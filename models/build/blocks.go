package build

import (
	"fmt"

	pb "pentimento/models/graph/onnxpb"
)

// resnet is diffusers' ResnetBlock2D: two convolutions around which the
// features go unchanged. time [B, T], where there is one, is added between
// them.
func (p part) resnet(x tensor, time tensor, groups int, epsilon float32) tensor {
	h := p.in("norm1").groupNorm(x, groups, epsilon)
	h = p.in("conv1").conv(p.silu(h), convolution{})
	if time.name != "" {
		shift := p.in("time_emb_proj").linear(time)
		shift.name = p.op("Unsqueeze", []string{shift.name, p.ints(2, 3)})
		h = p.add(h, shift)
	}
	h = p.in("norm2").groupNorm(h, groups, epsilon)
	h = p.in("conv2").conv(p.silu(h), convolution{})
	if h.channels != x.channels {
		x = p.in("conv_shortcut").conv(x, convolution{})
	}
	return p.add(x, h)
}

// transformer is diffusers' Transformer2DModel: depth blocks, in which the
// pixels attend to one another and to the words of the text [B·M, D]. Whether
// the projections around them were trained as matrices or as convolutions of
// single pixels, they are the same product.
func (p part) transformer(x, text tensor, depth, heads, groups int) tensor {
	pixels := p.flatten(p.in("norm").groupNorm(x, groups, 1e-6))
	h := p.in("proj_in").linear(pixels.tokens)
	for i := range depth {
		h = p.in("transformer_blocks", i).block(h, text, heads)
	}
	h = p.in("proj_out").linear(h)
	return p.add(p.unflatten(h, pixels), x)
}

// block is diffusers' BasicTransformerBlock.
func (p part) block(h, text tensor, heads int) tensor {
	normal := p.in("norm1").layerNorm(h)
	h = p.add(p.in("attn1").attention(normal, normal, heads), h)
	h = p.add(p.in("attn2").attention(p.in("norm2").layerNorm(h), text, heads), h)
	return p.add(p.in("ff").feedForward(p.in("norm3").layerNorm(h)), h)
}

// attention projects, attends, and projects back.
func (p part) attention(x, context tensor, heads int) tensor {
	out := p.attend(p.in("to_q").product(x), p.in("to_k").product(context), p.in("to_v").product(context), heads, "")
	return p.in("to_out.0").linear(out)
}

// feedForward is a product with a gate, GEGLU, and one back to the width of x.
func (p part) feedForward(x tensor) tensor {
	gate := p.in("net.0")
	both := gate.in("proj").linear(x)
	half := both.channels / 2
	if 2*half != both.channels {
		p.fail(fmt.Errorf("%w: %s: %d channels can't be halved", ErrWeights, gate.path, both.channels))
		return tensor{}
	}
	values, gates := tensor{gate.name("values"), half}, tensor{gate.name("gates"), half}
	gate.split("Split", []string{both.name, p.ints(int64(half), int64(half))}, []string{values.name, gates.name}, pb.Int("axis", 1))
	gated := gate.op("Mul", []string{values.name, gate.gelu(gates).name})
	return p.in("net.2").linear(tensor{gated, half})
}
