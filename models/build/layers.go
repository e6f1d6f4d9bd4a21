package build

import (
	"fmt"
	"math"

	pb "pentimento/models/graph/onnxpb"
)

// A tensor here is either a map of features [B, C, H, W] or a list of tokens
// [B·N, C], all rows of a batch behind one another: pixels or words. Layers of
// tokens are products of two matrices, which is what Gemm computes without
// turning the weights [out, in] round.

// A convolution is what a convolution's weights do not say.
type convolution struct {
	stride int64 // 0 is 1
	// pads are zeros above, to the left, below and to the right. nil: as many
	// as keep the size.
	pads []int64
	// bare: without a bias.
	bare bool
}

// conv convolves a map of features.
func (p part) conv(x tensor, c convolution) tensor {
	kernel, shape := p.weight("weight", nil)
	if !p.takes("weight", shape, 4, x) {
		return tensor{}
	}
	if c.pads == nil {
		y, x := int64(shape[2]/2), int64(shape[3]/2)
		c.pads = []int64{y, x, y, x}
	}
	stride := max(c.stride, 1)
	in := []string{x.name, kernel}
	if !c.bare {
		bias, _ := p.vector("bias", shape[0])
		in = append(in, bias)
	}
	out := p.op("Conv", in, pb.Ints("kernel_shape", int64(shape[2]), int64(shape[3])),
		pb.Ints("strides", stride, stride), pb.Ints("pads", c.pads...))
	return tensor{out, shape[0]}
}

// linear multiplies tokens with a matrix [out, in] and adds a bias. A
// convolution of single pixels is the same.
func (p part) linear(x tensor) tensor { return p.gemm(x, false) }

// product is linear without a bias.
func (p part) product(x tensor) tensor { return p.gemm(x, true) }

func (p part) gemm(x tensor, bare bool) tensor {
	matrix, shape := p.weight("weight", asMatrix)
	if shape != nil && countOf(dimsOf(shape)) != countOf(asMatrix(shape)) {
		p.misfit("weight", shape, "it is no matrix")
		return tensor{}
	}
	if !p.takes("weight", shape, len(shape), x) {
		return tensor{}
	}
	in := []string{x.name, matrix}
	if !bare {
		bias, _ := p.vector("bias", shape[0])
		in = append(in, bias)
	}
	return tensor{p.op("Gemm", in, pb.Int("transB", 1)), shape[0]}
}

// asMatrix is the first two dimensions of a shape.
func asMatrix(shape []int) []int64 { return dimsOf(shape[:min(2, len(shape))]) }

// takes reports whether weights of a shape [out, in, …] of some rank take x,
// and fails the graph otherwise.
func (p part) takes(name string, shape []int, rank int, x tensor) bool {
	switch {
	case shape == nil || x.name == "":
		return false // it failed before
	case len(shape) != rank || rank < 2:
		p.misfit(name, shape, fmt.Sprintf("it does not have %d dimensions", max(rank, 2)))
		return false
	case shape[1] != x.channels:
		p.misfit(name, shape, fmt.Sprintf("what comes before has %d channels", x.channels))
		return false
	}
	return true
}

func (p part) misfit(name string, shape []int, why string) {
	p.fail(fmt.Errorf("%w: %s has the shape %v, but %s", ErrWeights, p.canonical(name), shape, why))
}

// vector gives a weight with one number for each of n channels, in the
// dimensions [n, after…].
func (p part) vector(name string, n int, after ...int64) (string, bool) {
	v, shape := p.weight(name, func(shape []int) []int64 { return append(dimsOf(shape), after...) })
	if shape == nil {
		return "", false
	}
	if len(shape) != 1 || shape[0] != n {
		p.misfit(name, shape, fmt.Sprintf("there are %d channels", n))
		return "", false
	}
	return v, true
}

// groupNorm normalises groups of channels of a map of features. It is written
// as the normalisation of single channels, which ONNX Runtime computes in half
// the time that its GroupNormalization takes.
func (p part) groupNorm(x tensor, groups int, epsilon float32) tensor {
	if x.name == "" {
		return x
	}
	if groups < 1 || groups > x.channels || x.channels%groups != 0 {
		p.fail(fmt.Errorf("%w: %s: %d channels are not %d groups", ErrWeights, p.path, x.channels, groups))
		return tensor{}
	}
	scale, _ := p.vector("weight", x.channels, 1, 1)
	shift, _ := p.vector("bias", x.channels, 1, 1)
	g := int64(groups)
	ones := p.floats(fmt.Sprintf("ones_%d", g), []int64{g}, filled(groups, 1))
	zeros := p.floats(fmt.Sprintf("zeros_%d", g), []int64{g}, filled(groups, 0))
	grouped := p.op("Reshape", []string{x.name, p.ints(0, g, -1)})
	normal := p.op("InstanceNormalization", []string{grouped, ones, zeros}, pb.Float("epsilon", epsilon))
	single := p.op("Reshape", []string{normal, p.op("Shape", []string{x.name})})
	return tensor{p.op("Add", []string{p.op("Mul", []string{single, scale}), shift}), x.channels}
}

func filled(n int, v float32) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = v
	}
	return values
}

// layerNorm normalises each token.
func (p part) layerNorm(x tensor) tensor {
	if x.name == "" {
		return x
	}
	scale, _ := p.vector("weight", x.channels)
	shift, _ := p.vector("bias", x.channels)
	out := p.op("LayerNormalization", []string{x.name, scale, shift}, pb.Int("axis", -1), pb.Float("epsilon", 1e-5))
	return tensor{out, x.channels}
}

// add adds two tensors of one shape.
func (p part) add(a, b tensor) tensor {
	if a.name != "" && b.name != "" && a.channels != b.channels {
		p.fail(fmt.Errorf("%w: %s: %d channels are added to %d", ErrWeights, p.path, a.channels, b.channels))
		return tensor{}
	}
	return tensor{p.op("Add", []string{a.name, b.name}), a.channels}
}

// silu is x·σ(x).
func (p part) silu(x tensor) tensor {
	return tensor{p.op("Mul", []string{x.name, p.op("Sigmoid", []string{x.name})}), x.channels}
}

// quickGELU is x·σ(1.702 x).
func (p part) quickGELU(x tensor) tensor {
	scaled := p.op("Mul", []string{x.name, p.float(1.702)})
	return tensor{p.op("Mul", []string{x.name, p.op("Sigmoid", []string{scaled})}), x.channels}
}

// gelu is x·Φ(x), in the words that ONNX Runtime knows it by.
func (p part) gelu(x tensor) tensor {
	erf := p.op("Erf", []string{p.op("Div", []string{x.name, p.float(math.Sqrt2)})})
	doubled := p.op("Mul", []string{x.name, p.op("Add", []string{erf, p.float(1)})})
	return tensor{p.op("Mul", []string{doubled, p.float(.5)}), x.channels}
}

// double makes a map of features twice as high and wide.
func (p part) double(x tensor) tensor {
	scales := p.floats("doubled", []int64{4}, []float32{1, 1, 2, 2})
	return tensor{p.op("Resize", []string{x.name, "", scales}, nearest()...), x.channels}
}

// resize gives a map of features the height and width of another.
func (p part) resize(x, like tensor) tensor {
	own := p.op("Shape", []string{x.name}, pb.Int("start", 0), pb.Int("end", 2))
	sides := p.op("Shape", []string{like.name}, pb.Int("start", 2), pb.Int("end", 4))
	shape := p.op("Concat", []string{own, sides}, pb.Int("axis", 0))
	return tensor{p.op("Resize", []string{x.name, "", "", shape}, nearest()...), x.channels}
}

func nearest() []*pb.Attribute {
	return []*pb.Attribute{
		pb.String("mode", "nearest"), pb.String("coordinate_transformation_mode", "asymmetric"), pb.String("nearest_mode", "floor"),
	}
}
