// Package noise draws the initial latents x_T, and what is added to latents on
// the way, exactly as PyTorch does, so that a seed means here what it means in
// every other Stable Diffusion program.
//
// Start with [Normal]: it is torch.randn(n, generator=g) for a CPU generator
// g seeded with manual_seed(seed). A [Generator] is one that goes on.
package noise

import "math"

// block is the number of uniform samples that PyTorch turns into normal
// samples at once, and the size below which it takes another path.
const block = 16

// A Generator is a CPU generator of PyTorch.
type Generator struct{ source *twister }

// New returns the generator that torch.Generator().manual_seed(seed) is.
func New(seed uint64) *Generator { return &Generator{newTwister(uint32(seed))} }

// Normal returns the n samples that a new generator with that seed draws first.
func Normal(seed uint64, n int) []float32 { return New(seed).Normal(n) }

// Normal returns the next n samples of the standard normal distribution: the
// float32 tensor that torch.randn makes on the CPU. The underlying uniform
// samples are equal to the bit. The logarithm and the cosine are Go's, in double
// precision; PyTorch's depend on its build (plain or vectorised single
// precision), so samples agree to about 1e-6.
//
// After an odd number below 16 PyTorch has a sample left for the next call,
// which is not kept here: no latents are so small.
func (g *Generator) Normal(n int) []float32 {
	if n < block {
		return few(g.source, n)
	}
	out := make([]float32, n)
	fill(g.source, out)
	for i := 0; i+block <= n; i += block {
		boxMuller(out[i : i+block])
	}
	if n%block != 0 {
		last := out[n-block:]
		fill(g.source, last)
		boxMuller(last)
	}
	return out
}

// fill writes uniform samples in [0, 1) of 24 random bits each.
func fill(g *twister, out []float32) {
	for i := range out {
		out[i] = float32(g.next()&(1<<24-1)) / (1 << 24)
	}
}

// boxMuller turns 16 uniform samples into 16 normal ones: sample j gives the
// radius and sample j+8 the angle of the pair (j, j+8).
func boxMuller(u []float32) {
	for j := range block / 2 {
		radius := math.Sqrt(-2 * math.Log(float64(1-u[j])))
		sin, cos := math.Sincos(2 * math.Pi * float64(u[j+8]))
		u[j] = float32(radius * cos)
		u[j+8] = float32(radius * sin)
	}
}

// few draws fewer than 16 samples, for which PyTorch uses pairs of 53-bit
// uniform samples and keeps the second normal of each pair for the next call.
func few(g *twister, n int) []float32 {
	out := make([]float32, 0, n+1)
	for len(out) < n {
		angle, tail := g.double(), g.double()
		radius := math.Sqrt(-2 * math.Log1p(-tail))
		sin, cos := math.Sincos(2 * math.Pi * angle)
		out = append(out, float32(radius*cos), float32(radius*sin))
	}
	return out[:n]
}
