package models

import "math"

// GuidanceEmbedding tells a UNet a guidance scale, as timestep_cond: sines and
// then cosines of 1000·(scale − 1) at frequencies from 1 down to 1/10,000, as
// the pipelines of latent consistency models do. [width]
func GuidanceEmbedding(scale float64, width int) []float32 {
	out, half := make([]float32, width), width/2
	for i := range half {
		frequency := math.Exp(-math.Log(10_000) * float64(i) / float64(max(1, half-1)))
		sin, cos := math.Sincos(1000 * (scale - 1) * frequency)
		out[i], out[half+i] = float32(sin), float32(cos)
	}
	return out
}
