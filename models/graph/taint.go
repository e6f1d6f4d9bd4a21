package graph

import pb "pentimento/models/graph/onnxpb"

// A taint says which inputs of the UNet a tensor's data descends from.
type taint uint8

const (
	fromSample taint = 1 << iota // the latents
	fromText                     // encoder_hidden_states
)

// dataOperands are the operators of which only the first operands carry data
// into the result; the others, and all operands where it is 0, lend a shape, a
// type or positions. Without this every Reshape by the batch size would count
// as descending from the latents.
var dataOperands = map[string]int{
	"Shape":           0,
	"Size":            0,
	"ConstantOfShape": 0,
	"CastLike":        1,
	"Reshape":         1,
	"Expand":          1,
	"Slice":           1,
	"Split":           1,
	"Squeeze":         1,
	"Unsqueeze":       1,
	"Tile":            1,
	"Resize":          1,
	"Upsample":        1,
	"Pad":             1,
}

// taints computes where the data of every tensor of g comes from, given where
// that of some tensors does. Tensors named in cut come from nowhere, whatever
// makes them.
func taints(g *pb.Graph, known map[string]taint, cut map[string]bool) map[string]taint {
	t := make(map[string]taint, len(g.Node))
	for name, from := range known {
		t[name] = from
	}
	for _, n := range g.Node {
		from := nodeTaint(n, t)
		if from == 0 {
			continue
		}
		for _, out := range n.Output {
			if out != "" && !cut[out] {
				t[out] = from
			}
		}
	}
	return t
}

// nodeTaint is the union over what a node's results descend from.
func nodeTaint(n *pb.Node, t map[string]taint) taint {
	in := operands(n)
	if count, ok := dataOperands[n.GetOpType()]; ok && standard(n.GetDomain()) {
		in = in[:min(count, len(in))]
	}
	var from taint
	for _, name := range in {
		from |= t[name]
	}
	return from
}
