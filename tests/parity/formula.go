package parity

import "strings"

// Normal returns n nearly normal numbers of variance 1.04 that the name alone
// decides: latents and noise.
//
//go:norace
func Normal(name string, n int) []float32 {
	out := make([]float32, n)
	seed := fnv1a(name)
	for i := range out {
		total := 0
		for z := word(seed, i); z != 0; z >>= 8 {
			total += int(z & 0xff)
		}
		out[i] = float32((total-1020)*5) / 1024
	}
	return out
}

// Weight returns the weights of a tensor of a network. Its name begins with
// the network's folder, as in "unet.conv_in.weight"; name and shape tell a
// norm, a bias and an embedding from a matrix. Each number is exact in
// float16 and in bfloat16 too.
//
//go:norace
func Weight(name string, shape []int) []float32 {
	n, inputs := 1, 1
	for i, size := range shape {
		n *= size
		if i > 0 {
			inputs *= size
		}
	}
	values := valuesOf(name, len(shape), inputs)
	out := make([]float32, n)
	seed := fnv1a(name)
	for i := range out {
		out[i] = values[word(seed, i)>>56]
	}
	return out
}

// valuesOf are the numbers that a tensor's weights are taken from.
func valuesOf(name string, dimensions, inputs int) (values [256]float32) {
	scale := float32(1. / 256)
	switch {
	case strings.HasSuffix(name, "bias"):
		scale /= 16
	case dimensions == 1:
		for i := range values {
			values[i] = 1 + float32((i-128)>>1)/128
		}
		return values
	case strings.Contains(name, "embedding.weight"):
	default:
		for reach := 3; reach < inputs; reach *= 4 {
			scale /= 2
		}
	}
	for i := range values {
		values[i] = float32(2*(i-128)+1) * scale
	}
	return values
}

// word is number i of splitmix64.
//
//go:norace
func word(seed uint64, i int) uint64 {
	z := seed + uint64(i+1)*0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func fnv1a(name string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(name) {
		h = (h ^ uint64(name[i])) * 0x100000001b3
	}
	return h
}
