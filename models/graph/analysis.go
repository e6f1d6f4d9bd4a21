package graph

import (
	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// ElementTypes infers the element types of a graph's tensors, as far as the
// operators of diffusion models need. Tensors of unknown type are left out.
func ElementTypes(g *pb.Graph) map[string]element.Type { return elementTypes(g) }

// Operands are the tensors that a node reads: its inputs, and what the bodies of
// control flow take from around them.
func Operands(n *pb.Node) []string { return operands(n) }

// Descendants are the tensors whose data descends from one of the inputs, and not
// their shape alone.
func Descendants(g *pb.Graph, inputs ...string) map[string]bool {
	known := map[string]taint{}
	for _, name := range inputs {
		known[name] = fromSample
	}
	found := map[string]bool{}
	for name, from := range taints(g, known, nil) {
		found[name] = from != 0
	}
	return found
}

// Attribute is the attribute of a node with that name; nil where it has none.
func Attribute(n *pb.Node, name string) *pb.Attribute { return attribute(n, name) }
