package graph

import (
	"fmt"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// Contrib is the domain of ONNX Runtime's own operators.
const Contrib = "com.microsoft"

// Unfused is the model with the attention that ONNX Runtime's optimiser put
// into one node each spelled out again, because a fused node hides the maps. It
// is m itself where nothing is fused.
func Unfused(m *Model) (*Model, error) {
	g := cloneGraph(m.proto.Graph)
	u := &unfuser{builder: newBuilder(m.opset), types: elementTypes(g)}
	u.prefix = "unfused_" // not the rewriter's: the graph is still to be rewritten
	g.Node = nil
	changed := false
	for _, n := range m.proto.Graph.Node {
		nodes, err := u.spelledOut(n)
		if err != nil {
			return nil, err
		}
		if nodes == nil {
			g.Node = append(g.Node, n)
			continue
		}
		g.Node = append(g.Node, nodes...)
		changed = true
	}
	if !changed {
		return m, nil
	}
	g.Initializer = append(g.Initializer, u.constants...)
	c := &pb.Model{Graph: g, OpsetImport: m.proto.OpsetImport, Functions: m.proto.Functions, IrVersion: m.proto.IrVersion}
	c.ProtoReflect().SetUnknown(m.proto.ProtoReflect().GetUnknown())
	return newModel(c)
}

// An unfuser makes nodes of the standard operators out of fused ones.
type unfuser struct {
	*builder
	types map[string]element.Type
}

// spelledOut gives the nodes in the place of n; nil leaves it.
func (u *unfuser) spelledOut(n *pb.Node) ([]*pb.Node, error) {
	if n.GetDomain() != Contrib {
		return nil, nil
	}
	switch n.GetOpType() {
	case "MultiHeadAttention":
		return u.multiHead(n)
	case "Attention":
		return u.packedWeights(n)
	}
	return nil, nil
}

// operand is input i of a node, "" where it was left out.
func operand(n *pb.Node, i int) string {
	if i < len(n.Input) {
		return n.Input[i]
	}
	return ""
}

// plain refuses a fused node that does more than scaled attention.
func plain(n *pb.Node, from int) (heads int64, err error) {
	for i := from; i < len(n.Input); i++ {
		if n.Input[i] != "" {
			return 0, unsupported("%s is fused attention with a mask or a past (%q), which cannot be spelled out; use the export before optimisation", describe(n), n.Input[i])
		}
	}
	for _, out := range n.Output[1:] {
		if out != "" {
			return 0, unsupported("%s is fused attention that keeps %q; use the export before optimisation", describe(n), out)
		}
	}
	if attribute(n, "unidirectional").GetI() != 0 {
		return 0, unsupported("%s is fused causal attention; use the export before optimisation", describe(n))
	}
	heads = attribute(n, "num_heads").GetI()
	if heads < 1 || heads > 1024 {
		return 0, unsupported("%s has %d heads", describe(n), heads)
	}
	return heads, nil
}

// multiHead spells out MultiHeadAttention: its query, key and value are
// [B, S, D] each, or keys and values are packed as [B, L, h, 2, d], or all three
// as [B, S, h, 3, d]. A bias [3·D] is added to the three.
func (u *unfuser) multiHead(n *pb.Node) ([]*pb.Node, error) {
	heads, err := plain(n, 4)
	if err != nil {
		return nil, err
	}
	b := &block{builder: u.builder}
	apart := func(name string) string { // [B, S, D] → [B, S, h, d]
		return b.op("Reshape", []string{name, b.ints(0, 0, heads, -1)})
	}
	part := func(name string, i int64) string {
		return b.op("Gather", []string{name, b.int(i)}, pb.Int("axis", 3))
	}
	q, k, v := operand(n, 0), operand(n, 1), operand(n, 2)
	typ := u.types[q]
	switch {
	case k == "" && v == "":
		q, k, v = part(q, 0), part(q, 1), part(q, 2)
	case v == "":
		q, k, v = apart(q), part(k, 0), part(k, 1)
	default:
		q, k, v = apart(q), apart(k), apart(v)
	}
	if bias := operand(n, 3); bias != "" {
		bias = b.op("Reshape", []string{bias, b.ints(3, heads, -1)})
		for i, name := range []*string{&q, &k, &v} {
			*name = b.op("Add", []string{*name, b.gather(bias, b.int(int64(i)))})
		}
	}
	return u.attend(b, n, typ, q, k, v)
}

// packedWeights spells out Attention: the queries, keys and values are one
// product of its input [B, S, D] with packed weights [D, 3·D'] and a bias.
func (u *unfuser) packedWeights(n *pb.Node) ([]*pb.Node, error) {
	heads, err := plain(n, 3)
	if err != nil {
		return nil, err
	}
	if len(attribute(n, "qkv_hidden_sizes").GetInts()) > 0 {
		return nil, unsupported("%s is fused attention with sizes of its own; use the export before optimisation", describe(n))
	}
	b := &block{builder: u.builder}
	packed := b.op("MatMul", []string{operand(n, 0), operand(n, 1)})
	if bias := operand(n, 2); bias != "" {
		packed = b.op("Add", []string{packed, bias})
	}
	packed = b.op("Reshape", []string{packed, b.ints(0, 0, 3, heads, -1)})
	part := func(i int64) string { return b.op("Gather", []string{packed, b.int(i)}, pb.Int("axis", 2)) }
	return u.attend(b, n, u.types[operand(n, 0)], part(0), part(1), part(2))
}

// attend spells out attention of q, k and v, [B, S, h, d] each, in the place of
// n.
func (u *unfuser) attend(b *block, n *pb.Node, typ element.Type, q, k, v string) ([]*pb.Node, error) {
	if !typ.Float() {
		return nil, unsupported("%s: its element type cannot be told (%s)", describe(n), typ)
	}
	var factor string
	if scale := attribute(n, "scale").GetF(); scale != 0 {
		factor = b.cast(b.float(scale), element.Float32, typ)
	} else {
		width := b.op("Cast", []string{b.op("Gather", []string{b.op("Shape", []string{q}), b.int(3)})}, pb.Int("to", int64(element.Float32)))
		factor = b.cast(b.op("Div", []string{b.float(1), b.op("Sqrt", []string{width})}), element.Float32, typ)
	}
	turned := func(name string, perm ...int64) string {
		return b.op("Transpose", []string{name}, pb.Ints("perm", perm...))
	}
	// Both factors are scaled by the root, as exporters do: the product of
	// half-precision numbers could be too large otherwise.
	root := b.op("Sqrt", []string{factor})
	q = b.op("Mul", []string{turned(q, 0, 2, 1, 3), root})
	k = b.op("Mul", []string{turned(k, 0, 2, 3, 1), root})
	scores := b.op("MatMul", []string{q, k})
	probs := b.op("Softmax", []string{scores}, pb.Int("axis", -1))
	if name := n.GetName(); name != "" {
		b.nodes[len(b.nodes)-1].Name = proto.String(fmt.Sprintf("%s/Softmax", name))
	}
	out := turned(b.op("MatMul", []string{probs, turned(v, 0, 2, 1, 3)}), 0, 2, 1, 3)
	b.opTo(n.Output[0], "Reshape", []string{out, b.ints(0, 0, -1)})
	return b.nodes, nil
}
