package graph

import (
	"slices"
	"strings"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// A Meeting is where an input meets the model's weights first, which says what
// the input has to be where the model itself does not.
type Meeting struct {
	// In is the number of channels or the width that the weights take, or the
	// number of rows of a table that the input picks from.
	In int64
	// Out is what they make of it.
	Out int64
}

// Meets finds the weights that an input meets first; there are none where it
// is zero.
func (m *Model) Meets(input string) Meeting {
	g := m.proto.Graph
	w := weightDims(g)
	reached := map[string]bool{input: true}
	for _, n := range g.Node {
		for i, in := range n.Input {
			if !reached[in] {
				continue
			}
			if meeting, ok := meeting(n, i, w); ok {
				return meeting
			}
			if passes(n.GetOpType()) {
				reached[n.Output[0]] = true
			}
		}
	}
	return Meeting{}
}

// passes reports whether an operator hands its data on with the same channels.
func passes(op string) bool {
	return slices.Contains([]string{
		"Cast", "CastLike", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Transpose", "Flatten", "Mul", "Div", "Add", "Sub",
	}, op)
}

// meeting is what the weights of a node say of its operand i.
func meeting(n *pb.Node, i int, w map[string][]int64) (Meeting, bool) {
	other := func(j, rank int) []int64 {
		if j >= len(n.Input) || len(w[n.Input[j]]) != rank {
			return nil
		}
		return w[n.Input[j]]
	}
	switch op := n.GetOpType(); {
	case op == "NhwcConv" && i == 0:
		if d := other(1, 4); d != nil {
			return Meeting{In: d[3] * groups(n), Out: d[0]}, true
		}
	case strings.HasSuffix(op, "Conv") && i == 0:
		if d := other(1, 4); d != nil {
			return Meeting{In: d[1] * groups(n), Out: d[0]}, true
		}
	case (op == "MatMul" || op == "FusedMatMul") && i == 0:
		if d := other(1, 2); d != nil {
			return Meeting{In: d[0], Out: d[1]}, true
		}
	case op == "Gemm" && i == 0:
		if d := other(1, 2); d != nil && attribute(n, "transB").GetI() == 1 {
			return Meeting{In: d[1], Out: d[0]}, true
		} else if d != nil {
			return Meeting{In: d[0], Out: d[1]}, true
		}
	case op == "Gather" && i == 1:
		if d := other(0, 2); d != nil {
			return Meeting{In: d[0], Out: d[1]}, true
		}
	}
	return Meeting{}, false
}

func groups(n *pb.Node) int64 { return max(1, attribute(n, "group").GetI()) }

// weightDims are the dimensions of the weights and of what is made of them
// alone by operators that compute nothing.
func weightDims(g *pb.Graph) map[string][]int64 {
	dims := map[string][]int64{}
	for _, t := range weights(g) {
		dims[t.GetName()] = t.Dims
	}
	for _, n := range g.Node {
		op := n.GetOpType()
		if len(n.Input) == 0 && op != "Constant" {
			continue
		}
		switch op {
		case "Constant":
			if t := attribute(n, "value").GetT(); t != nil {
				dims[n.Output[0]] = t.Dims
			}
		case "Identity", "Cast", "DequantizeLinear":
			if d := dims[n.Input[0]]; d != nil {
				dims[n.Output[0]] = d
			}
		case "Transpose":
			d, perm := dims[n.Input[0]], attribute(n, "perm").GetInts()
			if len(d) == 2 && (perm == nil || slices.Equal(perm, []int64{1, 0})) {
				dims[n.Output[0]] = []int64{d[1], d[0]}
			}
		}
	}
	return dims
}

// Halvings counts the convolutions that halve both sides of a picture or of
// latents: on the way down there is one after every level but the last.
func (m *Model) Halvings() int {
	count := 0
	for _, n := range m.proto.Graph.Node {
		strides := attribute(n, "strides").GetInts()
		if strings.HasSuffix(n.GetOpType(), "Conv") && slices.Equal(strides, []int64{2, 2}) {
			count++
		}
	}
	return count
}

// Doublings counts the operators that enlarge: on the way up there is one after
// every level but the last.
func (m *Model) Doublings() int {
	count := 0
	for _, n := range m.proto.Graph.Node {
		if op := n.GetOpType(); standard(n.GetDomain()) && (op == "Resize" || op == "Upsample") {
			count++
		}
	}
	return count
}

// maxValues is more numbers than any model has.
const maxValues = 1 << 44

// Values is how many floating-point numbers all weights are together.
func (m *Model) Values() (n int64) {
	for _, t := range weights(m.proto.Graph) {
		if !element.Type(t.GetDataType()).Float() && element.Type(t.GetDataType()) != element.BFloat16 {
			continue
		}
		size := int64(1)
		for _, d := range t.Dims {
			if size > maxValues/max(1, d) {
				return maxValues
			}
			size *= max(0, d)
		}
		n = min(n+size, maxValues)
	}
	return n
}
