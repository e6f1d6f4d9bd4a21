package quantize

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
)

// constants are the tensors that are made of weights alone.
func constants(g *pb.Graph) map[string]bool {
	constant := map[string]bool{}
	for _, t := range g.Initializer {
		constant[t.GetName()] = true
	}
	for _, in := range g.Input {
		delete(constant, in.GetName()) // a default, which a run may change
	}
	for _, n := range g.Node {
		made := len(n.Input) > 0 || n.GetOpType() == "Constant"
		for _, name := range graph.Operands(n) {
			made = made && (name == "" || constant[name])
		}
		for _, out := range n.Output {
			if made && out != "" {
				constant[out] = true
			}
		}
	}
	return constant
}

// constantDims are the dimensions of constants, as far as they follow from those
// of the weights.
func constantDims(g *pb.Graph, constant map[string]bool) map[string][]int64 {
	dims := map[string][]int64{}
	numbers := map[string][]int64{} // values of lists of integers
	note := func(name string, t *pb.Tensor) {
		dims[name] = slices.Concat([]int64{}, t.Dims)
		if element.Type(t.GetDataType()) == element.Int64 {
			for raw := t.RawData; len(raw) >= 8; raw = raw[8:] {
				numbers[name] = append(numbers[name], int64(binary.LittleEndian.Uint64(raw)))
			}
		}
	}
	for _, t := range g.Initializer {
		note(t.GetName(), t)
	}
	for _, n := range g.Node {
		if len(n.Output) != 1 || !constant[n.Output[0]] {
			continue
		}
		if value := graph.Attribute(n, "value").GetT(); n.GetOpType() == "Constant" && value != nil {
			note(n.Output[0], value)
			continue
		}
		if d := dimsOf(n, dims, numbers); d != nil {
			dims[n.Output[0]] = d
		}
	}
	return dims
}

// dimsOf are the dimensions of what a node makes of constants; nil where they are
// not known.
func dimsOf(n *pb.Node, dims, numbers map[string][]int64) []int64 {
	if len(n.Input) == 0 {
		return nil
	}
	first := dims[n.Input[0]]
	switch n.GetOpType() {
	case "Cast", "Identity", "DequantizeLinear":
		return first
	case "Transpose":
		return turned(first, graph.Attribute(n, "perm").GetInts())
	case "Add", "Mul":
		if second := dims[n.Input[1]]; len(second) > len(first) {
			return second
		}
		return first
	case "Gemm":
		second := dims[n.Input[1]]
		if graph.Attribute(n, "transA").GetI() != 0 || len(first) != 2 || len(second) != 2 {
			return nil
		}
		return []int64{first[0], second[1-graph.Attribute(n, "transB").GetI()]}
	case "Reshape":
		wanted := numbers[n.Input[1]]
		if len(wanted) == 0 || slices.Min(wanted) < 1 {
			return nil
		}
		return wanted
	}
	return nil
}

// turned are dimensions in another order; without one, in the opposite.
func turned(dims, order []int64) []int64 {
	out := slices.Clone(dims)
	if len(order) != len(dims) {
		slices.Reverse(out)
		return out
	}
	for i, from := range order {
		if from < 0 || int(from) >= len(dims) {
			return nil
		}
		out[i] = dims[from]
	}
	return out
}

// A folder computes constants, one at a time: all of them together are as large as
// the model.
type folder struct {
	runtime *runtime.Runtime
	model   *pb.Model
	weights string // the folder of what lies outside the model

	initializers map[string]*pb.Tensor
	makers       map[string]*pb.Node
}

func newFolder(r *runtime.Runtime, m *pb.Model, weights string) *folder {
	f := &folder{runtime: r, model: m, weights: weights, initializers: map[string]*pb.Tensor{}, makers: map[string]*pb.Node{}}
	for _, t := range m.Graph.Initializer {
		f.initializers[t.GetName()] = t
	}
	for _, n := range m.Graph.Node {
		for _, out := range n.Output {
			f.makers[out] = n
		}
	}
	return f
}

// values are those of a constant in single precision, and its dimensions.
func (f *folder) values(ctx context.Context, name string) (values []float32, dims []int64, err error) {
	const out = prefix + "folded"
	// A run takes one input at least, if only one that nothing reads.
	unread := graph.Value{Name: prefix + "unread", Type: element.Float32, Ranked: true, Dims: []graph.Dim{{Size: 1}}}
	g := &pb.Graph{Name: proto.String("constant")}
	f.gather(g, name, map[string]bool{})
	g.Node = append(g.Node, node("Identity", "", []string{name}, out))
	g.Input = []*pb.ValueInfo{graph.ValueInfo(unread)}
	g.Output = []*pb.ValueInfo{graph.ValueInfo(graph.Value{Name: out, Type: element.Float32})}
	data, err := marshal(&pb.Model{IrVersion: f.model.IrVersion, OpsetImport: f.model.OpsetImport, Graph: g})
	if err != nil {
		return nil, nil, err
	}
	session, err := f.runtime.Open(runtime.Graph{Data: data, Weights: f.weights}, runtime.SessionOptions{
		Inputs: []string{unread.Name}, Outputs: []string{out}, Device: runtime.Device{Provider: runtime.CPU}, Once: true,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("compute %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	nothing, err := runtime.FloatTensor(unread.Type, []int{1}, make([]float32, 1))
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, nothing.Destroy()) }()
	result := make([]*runtime.Tensor, 1)
	if err := session.Run(ctx, []*runtime.Tensor{nothing}, result); err != nil {
		return nil, nil, fmt.Errorf("compute %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, result[0].Destroy()) }()
	for _, n := range result[0].Shape() {
		dims = append(dims, int64(n))
	}
	return slices.Clone(result[0].Floats()), dims, nil
}

// gather adds what makes a constant to g, in the order of computation.
func (f *folder) gather(g *pb.Graph, name string, known map[string]bool) {
	if name == "" || known[name] {
		return
	}
	known[name] = true
	if t := f.initializers[name]; t != nil {
		g.Initializer = append(g.Initializer, t)
		return
	}
	n := f.makers[name]
	for _, in := range graph.Operands(n) {
		f.gather(g, in, known)
	}
	for _, out := range n.Output {
		if out != name && known[out] {
			return // another of its results brought it
		}
		known[out] = true
	}
	g.Node = append(g.Node, n)
}
