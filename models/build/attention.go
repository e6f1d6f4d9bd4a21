package build

import (
	"fmt"
	"math"

	"google.golang.org/protobuf/proto"

	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
)

// rowsOf has the graph find the number of rows B in the first dimension of one
// of its inputs.
func (p part) rowsOf(input tensor) {
	p.batch = p.op("Shape", []string{input.name}, pb.Int("start", 0), pb.Int("end", 1))
}

// attend is scaled dot-product attention. q is [B·N, C], k and v are [B·M, C],
// and so is the result [B·N, C]. mask, if there is one, is added to the scores
// [B, heads, N, M].
func (p part) attend(q, k, v tensor, heads int, mask string) tensor {
	if !p.headed(q, k, v, heads) {
		return tensor{}
	}
	width := q.channels / heads
	scores := p.op("MatMul", []string{p.byHead(q, heads, 0, 2, 1, 3), p.byHead(k, heads, 0, 2, 3, 1)})
	scores = p.op("Mul", []string{scores, p.float(float32(1 / math.Sqrt(float64(width))))})
	if mask != "" {
		scores = p.op("Add", []string{scores, mask})
	}
	probs := p.op("Softmax", []string{scores}, pb.Int("axis", -1))
	out := p.op("MatMul", []string{probs, p.byHead(v, heads, 0, 2, 1, 3)})
	out = p.op("Transpose", []string{out}, pb.Ints("perm", 0, 2, 1, 3))
	return tensor{p.op("Reshape", []string{out, p.ints(-1, int64(q.channels))}), q.channels}
}

// attendUnseen is [part.attend] without a mask in a layer whose maps nobody looks
// at: ONNX Runtime's own operator never has all of them at once.
func (p part) attendUnseen(q, k, v tensor, heads int) tensor {
	if !p.headed(q, k, v, heads) {
		return tensor{}
	}
	shape := fmt.Sprintf("tokens_%d", q.channels)
	if !p.known[shape] {
		p.known[shape] = true
		p.opTo(shape, "Concat", []string{p.batch, p.ints(-1, int64(q.channels))}, pb.Int("axis", 0))
	}
	byRow := func(x tensor) string { return p.op("Reshape", []string{x.name, shape}) }
	out := p.op("MultiHeadAttention", []string{byRow(q), byRow(k), byRow(v)}, pb.Int("num_heads", int64(heads)))
	p.graph.Node[len(p.graph.Node)-1].Domain = proto.String(graph.Contrib)
	return tensor{p.op("Reshape", []string{out, p.ints(-1, int64(q.channels))}), q.channels}
}

// headed reports whether queries, keys and values fit so many heads, and fails
// the graph otherwise.
func (p part) headed(q, k, v tensor, heads int) bool {
	if q.name == "" || k.name == "" || v.name == "" {
		return false // it failed before
	}
	fits := heads > 0 && q.channels%heads == 0 && k.channels == q.channels && v.channels == q.channels
	if !fits {
		p.fail(fmt.Errorf("%w: %s: queries, keys and values have %d, %d and %d channels for %d heads",
			ErrWeights, p.path, q.channels, k.channels, v.channels, heads))
	}
	return fits
}

// byHead views tokens as [B, N, heads, C/heads], with the dimensions in another
// order.
func (p part) byHead(x tensor, heads int, order ...int64) string {
	h, d := int64(heads), int64(x.channels/heads)
	key := fmt.Sprintf("heads_%d_%d", h, d)
	if !p.known[key] {
		p.known[key] = true
		p.opTo(key, "Concat", []string{p.batch, p.ints(-1, h, d)}, pb.Int("axis", 0))
	}
	return p.op("Transpose", []string{p.op("Reshape", []string{x.name, key})}, pb.Ints("perm", order...))
}

// A picture is tokens that were a map of features, and its shape
// [B, H, W, C].
type picture struct {
	tokens tensor
	shape  string
}

// flatten makes tokens of the pixels of a map of features.
func (p part) flatten(x tensor) picture {
	last := p.op("Transpose", []string{x.name}, pb.Ints("perm", 0, 2, 3, 1))
	tokens := p.op("Reshape", []string{last, p.ints(-1, int64(x.channels))})
	return picture{tensor{tokens, x.channels}, p.op("Shape", []string{last})}
}

// unflatten makes a map of features of tokens, in the shape of the picture
// that they were.
func (p part) unflatten(tokens tensor, was picture) tensor {
	if tokens.name != "" && tokens.channels != was.tokens.channels {
		p.fail(fmt.Errorf("%w: %s: %d channels became %d", ErrWeights, p.path, was.tokens.channels, tokens.channels))
		return tensor{}
	}
	last := p.op("Reshape", []string{tokens.name, was.shape})
	return tensor{p.op("Transpose", []string{last}, pb.Ints("perm", 0, 3, 1, 2)), tokens.channels}
}
