package graph

import (
	"pentimento/models/element"
	"pentimento/models/graph/onnxpb"
)

// Random reports whether the model draws random numbers. The VAE's encoder of
// some exports does: it gives a sample of the posterior.
func (m *Model) Random() bool {
	for _, n := range m.proto.Graph.Node {
		if n.GetOpType() == "RandomNormalLike" {
			return true
		}
	}
	return false
}

// WithoutNoise is the model with zeros where it draws normal numbers: with the
// mean of the posterior where it gives a sample of it.
func WithoutNoise(m *Model) ([]byte, error) {
	types := elementTypes(m.proto.Graph)
	g := cloneGraph(m.proto.Graph)
	b := newBuilder(m.opset)
	g.Node = nil
	for _, n := range m.proto.Graph.Node {
		if n.GetOpType() != "RandomNormalLike" || len(n.Input) != 1 {
			g.Node = append(g.Node, n)
			continue
		}
		typ := element.Type(attribute(n, "dtype").GetI())
		if typ == 0 {
			typ = types[n.Input[0]]
		}
		if !typ.Float() {
			return nil, unsupported("%s: the type of its numbers cannot be told", describe(n))
		}
		like := &block{builder: b}
		zeros := like.op("ConstantOfShape", []string{like.op("Shape", []string{n.Input[0]})})
		like.opTo(n.Output[0], "Cast", []string{zeros}, onnxpb.Int("to", int64(typ)))
		g.Node = append(g.Node, like.nodes...)
	}
	return marshal(m.proto, g)
}
