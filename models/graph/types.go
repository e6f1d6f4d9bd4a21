package graph

import (
	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// resultTypes are the operators whose result has one type, whatever goes in.
var resultTypes = map[string]element.Type{
	"Shape":          element.Int64,
	"Size":           element.Int64,
	"NonZero":        element.Int64,
	"ArgMax":         element.Int64,
	"ArgMin":         element.Int64,
	"Equal":          element.Bool,
	"Greater":        element.Bool,
	"GreaterOrEqual": element.Bool,
	"Less":           element.Bool,
	"LessOrEqual":    element.Bool,
	"Not":            element.Bool,
	"And":            element.Bool,
	"Or":             element.Bool,
	"Xor":            element.Bool,
	"IsNaN":          element.Bool,
	"IsInf":          element.Bool,
}

// elementTypes infers the element types of g's tensors, as far as the
// operators of a UNet need: what is spliced into a layer has to have the type
// of the layer. Tensors of unknown type are left out.
func elementTypes(g *pb.Graph) map[string]element.Type {
	types := make(map[string]element.Type, len(g.Node))
	for _, in := range g.Input {
		types[in.GetName()] = element.Type(in.GetType().GetTensorType().GetElemType())
	}
	for _, w := range weights(g) {
		types[w.GetName()] = element.Type(w.GetDataType())
	}
	for _, n := range g.Node {
		if t := resultType(n, types); t != 0 {
			for _, out := range n.Output {
				types[out] = t
			}
		}
	}
	delete(types, "")
	return types
}

// resultType returns the type of a node's results, 0 where it is unknown.
func resultType(n *pb.Node, types map[string]element.Type) element.Type {
	op := n.GetOpType()
	if t, ok := resultTypes[op]; ok {
		return t
	}
	operand := func(i int) element.Type {
		if i < len(n.Input) {
			return types[n.Input[i]]
		}
		return 0
	}
	switch op {
	case "Cast":
		return element.Type(attribute(n, "to").GetI())
	case "Constant":
		return constantType(n)
	case "ConstantOfShape":
		if v := attribute(n, "value").GetT(); v != nil {
			return element.Type(v.GetDataType())
		}
		return element.Float32
	case "CastLike", "DequantizeLinear":
		return operand(1)
	case "Where":
		if t := operand(1); t != 0 {
			return t
		}
		return operand(2)
	case "If", "Loop", "Scan":
		return 0
	}
	for i := range n.Input {
		if t := operand(i); t != 0 {
			return t
		}
	}
	return 0
}

func constantType(n *pb.Node) element.Type {
	for _, a := range n.Attribute {
		switch a.GetName() {
		case "value":
			return element.Type(a.GetT().GetDataType())
		case "value_float", "value_floats":
			return element.Float32
		case "value_int", "value_ints":
			return element.Int64
		}
	}
	return 0
}

// attribute returns the attribute of that name, or nil, whose getters give
// zero values.
func attribute(n *pb.Node, name string) *pb.Attribute {
	for _, a := range n.Attribute {
		if a.GetName() == name {
			return a
		}
	}
	return nil
}
