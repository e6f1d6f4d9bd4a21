package graph

import (
	"slices"

	"google.golang.org/protobuf/proto"

	pb "pentimento/models/graph/onnxpb"
)

// Maps that nobody takes over and nobody looks at need not exist. Those of the
// 64² pixels of Stable Diffusion are half a gigabyte a row and layer: ONNX
// Runtime's own operator computes the same product in blocks that fit a
// processor's cache.

// withoutMaps reports whether a layer is computed without its maps.
func (r *rewriter) withoutMaps(a *attention) bool {
	return r.unseen[a.Index] && a.plain && !a.Cross && !r.capture[a.Index] && !r.cache[a.Index]
}

// fused is a layer without its maps. Its values can still be mixed with a
// source's: the product is in the branches, as in other layers, so that nothing
// is copied where they are not.
func (r *rewriter) fused(a *attention) *block {
	b := &block{builder: r.head.builder}
	byHead := func(b *block, name string) string { // [B·h, …, …]
		return b.op("Reshape", []string{name, b.op("Concat", []string{b.ints(-1), lastTwo(b, name)}, pb.Int("axis", 0))})
	}
	queries, keys := byHead(b, a.queries), byHead(b, a.keys)
	for _, x := range a.factors {
		queries = b.op(x.op, []string{queries, b.cast(x.name, r.types[x.name], a.typ)})
	}
	if !a.turned {
		keys = b.op("Transpose", []string{keys}, pb.Ints("perm", 0, 2, 1))
	}
	product := func(b *block, value string) []result {
		out := b.op("MultiHeadAttention", []string{queries, keys, byHead(b, value)}, pb.Int("num_heads", 1), pb.Float("scale", a.alpha))
		b.nodes[len(b.nodes)-1].Domain = proto.String(Contrib)
		if a.rank == 4 {
			out = r.byRow(b, out)
		}
		return []result{{out, a.typ}}
	}
	b.choose(r.layers[a.Index].value,
		func(b *block) []result { return product(b, r.mixed(b, a)) },
		func(b *block) []result { return product(b, a.value) })
	b.nodes[len(b.nodes)-1].Output[0] = a.out
	return b
}

// A factor is what the product Q·Kᵀ is multiplied with, or divided by, before its
// Softmax: a single number.
type factor struct{ op, name string }

// plainly finds the factors of Q·Kᵀ. ok is false where more happens before the
// Softmax than that, such as a mask.
func (f *finder) plainly(softmax *pb.Node) (factors []factor, ok bool) {
	for name := softmax.Input[0]; ; {
		n := f.graph.Node[f.producers[name]]
		if isProduct(n) {
			return factors, n.GetOpType() == "MatMul" || fusedPlainly(n)
		}
		name = f.onlyData(n)
		if !slices.Contains([]string{"Mul", "Div", "Add", "Sub"}, n.GetOpType()) {
			continue // its layout or its precision
		}
		other := n.Input[1]
		if other == name {
			other = n.Input[0]
		}
		switch op := n.GetOpType(); {
		case op == "Mul" && f.single(other), op == "Div" && f.single(other) && other == n.Input[1]:
			factors = append(factors, factor{op, other})
		case op == "Add" && f.nothing(other):
		default:
			return nil, false
		}
	}
}

// fusedPlainly reports whether a FusedMatMul multiplies with a factor and
// transposes its right operand, at the most.
func fusedPlainly(n *pb.Node) bool {
	return attribute(n, "transA").GetI() == 0 && attribute(n, "transBatchA").GetI() == 0 && attribute(n, "transBatchB").GetI() == 0
}

// single reports whether a tensor is known to be one number.
func (f *finder) single(name string) bool {
	if t := f.constant(name); t != nil {
		return !slices.ContainsFunc(t.Dims, func(d int64) bool { return d != 1 })
	}
	i, ok := f.producers[name]
	if !ok {
		return false
	}
	n := f.graph.Node[i]
	switch n.GetOpType() {
	case "Constant":
		return attribute(n, "value_float") != nil
	case "Cast", "CastLike", "Identity", "Sqrt", "Reciprocal":
		return f.single(n.Input[0])
	case "Mul", "Div", "Pow":
		return f.single(n.Input[0]) && f.single(n.Input[1])
	case "Gather": // one of the sizes of a tensor
		from, ok := f.producers[n.Input[0]]
		return ok && f.graph.Node[from].GetOpType() == "Shape" && f.single(n.Input[1])
	}
	return false
}

// nothing reports whether a tensor is the product of something with 0: what
// torch.baddbmm is given where it has nothing to add.
func (f *finder) nothing(name string) bool {
	i, ok := f.producers[name]
	if !ok || f.graph.Node[i].GetOpType() != "Mul" {
		return false
	}
	return slices.ContainsFunc(f.graph.Node[i].Input, func(in string) bool {
		raw := f.constant(in).GetRawData()
		return len(raw) > 0 && !slices.ContainsFunc(raw, func(b byte) bool { return b != 0 })
	})
}

// constant is the tensor of that name, if it is part of the graph.
func (f *finder) constant(name string) *pb.Tensor {
	if i, ok := f.producers[name]; ok && f.graph.Node[i].GetOpType() == "Constant" {
		return attribute(f.graph.Node[i], "value").GetT()
	}
	return f.constants[name]
}

// pruned leaves out the nodes whose results nothing uses.
func pruned(nodes []*pb.Node, outputs []*pb.ValueInfo) []*pb.Node {
	used := map[string]bool{}
	for _, out := range outputs {
		used[out.GetName()] = true
	}
	var kept []*pb.Node
	for _, n := range slices.Backward(nodes) {
		if !slices.ContainsFunc(n.Output, func(out string) bool { return used[out] }) {
			continue
		}
		for _, in := range operands(n) {
			used[in] = true
		}
		kept = append(kept, n)
	}
	slices.Reverse(kept)
	return kept
}
