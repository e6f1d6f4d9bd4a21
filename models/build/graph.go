package build

import (
	"errors"
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"pentimento/models/checkpoint"
	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
)

// The versions of what is written: the first operator set that has
// LayerNormalization, and the format of that time.
const (
	opset     = 17
	irVersion = 8
)

// A tensor is a value that a graph computes. channels is the size of its
// second dimension [B, channels, …], which all networks here keep track of; 0
// where that is of no use or nothing is known after an error.
type tensor struct {
	name     string
	channels int
}

// A writer holds one graph in progress. After an error it goes on, so that the
// networks read without a check at every layer; the first error is the result.
type writer struct {
	weights *checkpoint.Weights
	lora    LoRA

	graph   *pb.Graph
	names   map[string]int  // how often a node's name was asked for
	known   map[string]bool // constants and weights
	sources []source
	batch   string // see rowsOf
	err     error
}

// A part is the place in the network at which nodes are added: a module, named
// by its path.
type part struct {
	*writer
	path string
}

func newGraph(name string, w *checkpoint.Weights, lora LoRA) part {
	return part{writer: &writer{
		weights: w, lora: lora,
		graph: &pb.Graph{Name: proto.String(name)},
		names: map[string]int{}, known: map[string]bool{},
	}}
}

// in is the module of that name within p.
func (p part) in(name string, number ...int) part {
	for _, n := range number {
		name = fmt.Sprintf("%s.%d", name, n)
	}
	if p.path != "" {
		name = p.path + "/" + name
	}
	return part{p.writer, name}
}

// fail keeps the first error.
func (w *writer) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// name is a new name for a node of the module p, as exporters give it.
func (p part) name(op string) string {
	name := "/" + op
	if p.path != "" {
		name = "/" + p.path + name
	}
	n := p.names[name]
	p.names[name]++
	if n > 0 {
		return fmt.Sprintf("%s_%d", name, n)
	}
	return name
}

// op adds a node with one result, whose name it returns.
func (p part) op(op string, in []string, attributes ...*pb.Attribute) string {
	return p.opTo(p.name(op), op, in, attributes...)
}

// opTo adds a node whose result is called out.
func (p part) opTo(out, op string, in []string, attributes ...*pb.Attribute) string {
	p.split(op, in, []string{out}, attributes...)
	return out
}

// split adds a node with several results.
func (p part) split(op string, in, out []string, attributes ...*pb.Attribute) {
	p.graph.Node = append(p.graph.Node, &pb.Node{
		OpType: proto.String(op), Name: proto.String(out[0]), Input: in, Output: out, Attribute: attributes,
	})
}

// ints is a constant list of integers.
func (w *writer) ints(v ...int64) string {
	return w.constant(pb.Int64s(constantName("int", v), []int64{int64(len(v))}, v))
}

// int is a constant integer.
func (w *writer) int(v int64) string {
	return w.constant(pb.Int64s(constantName("scalar", v), nil, []int64{v}))
}

// float is a constant number.
func (w *writer) float(v float32) string {
	return w.constant(pb.Float32s(constantName("float", v), nil, []float32{v}))
}

// floats is a constant of that name. The same name means the same numbers.
func (w *writer) floats(name string, dims []int64, v []float32) string {
	return w.constant(pb.Float32s(name, dims, v))
}

func constantName(kind string, v any) string {
	return kind + strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", "_")
}

func (w *writer) constant(t *pb.Tensor) string {
	if !w.known[t.GetName()] {
		w.known[t.GetName()] = true
		w.graph.Initializer = append(w.graph.Initializer, t)
	}
	return t.GetName()
}

// input declares an input of float32 and returns it. A dimension is a size or
// a name; the second one is the tensor's number of channels.
func (w *writer) input(name string, dims ...any) tensor {
	return w.inputOf(element.Float32, name, dims...)
}

func (w *writer) inputOf(t element.Type, name string, dims ...any) tensor {
	v := value(t, name, dims)
	w.graph.Input = append(w.graph.Input, graph.ValueInfo(v))
	in := tensor{name: name}
	if len(v.Dims) > 1 {
		in.channels = int(v.Dims[1].Size)
	}
	return in
}

// result makes x an output of the graph.
func (p part) result(x tensor, name string, dims ...any) {
	p.opTo(name, "Identity", []string{x.name})
	p.graph.Output = append(p.graph.Output, graph.ValueInfo(value(element.Float32, name, dims)))
}

func value(t element.Type, name string, dims []any) graph.Value {
	v := graph.Value{Name: name, Type: t, Ranked: true}
	for _, d := range dims {
		switch d := d.(type) {
		case int:
			v.Dims = append(v.Dims, graph.Dim{Size: int64(d)})
		case string:
			v.Dims = append(v.Dims, graph.Dim{Name: d})
		}
	}
	return v
}

// finish gives the model.
func (w *writer) finish() (Graph, error) {
	switch {
	case errors.Is(w.err, ErrWeights): // other errors name the file
		return Graph{}, fmt.Errorf("%s: write the graph of the %s: %w", w.weights.Path(), w.graph.GetName(), w.err)
	case w.err != nil:
		return Graph{}, fmt.Errorf("write the graph of the %s: %w", w.graph.GetName(), w.err)
	}
	folder, err := w.locate()
	if err != nil {
		return Graph{}, fmt.Errorf("write the graph of the %s: %w", w.graph.GetName(), err)
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(&pb.Model{
		IrVersion: proto.Int64(irVersion),
		OpsetImport: []*pb.OperatorSet{
			{Domain: proto.String(""), Version: proto.Int64(opset)},
			{Domain: proto.String(graph.Contrib), Version: proto.Int64(1)},
		},
		Graph: w.graph,
	})
	if err != nil {
		return Graph{}, fmt.Errorf("write the graph of the %s: %w", w.graph.GetName(), err)
	}
	return Graph{Data: data, Weights: folder}, nil
}
