package graph

import (
	"fmt"
	"strings"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// prefix starts every name that the rewriter adds to a graph.
const prefix = "p2p_"

// A builder holds what is shared by all blocks of nodes that are added to one
// graph: constants and the counter that makes names unique.
type builder struct {
	opset     int64
	prefix    string // of every name
	names     int
	constants []*pb.Tensor
	known     map[string]bool
}

func newBuilder(opset int64) *builder {
	return &builder{opset: opset, prefix: prefix, known: map[string]bool{}}
}

// name returns a new name for a node and its result.
func (b *builder) name(op string) string {
	b.names++
	return fmt.Sprintf("%s%s_%d", b.prefix, op, b.names)
}

// ints returns a constant of int64s, [len(v)].
func (b *builder) ints(v ...int64) string {
	return b.int64s([]int64{int64(len(v))}, v)
}

// int returns a constant int64 scalar.
func (b *builder) int(v int64) string { return b.int64s(nil, []int64{v}) }

func (b *builder) int64s(dims, v []int64) string {
	name := b.prefix + "int" + strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", "_")
	if dims == nil {
		name += "_scalar"
	}
	return b.constant(pb.Int64s(name, dims, v))
}

// float returns a constant float32 scalar.
func (b *builder) float(v float32) string {
	return b.constant(pb.Float32s(fmt.Sprintf("%sfloat%g", b.prefix, v), nil, []float32{v}))
}

func (b *builder) constant(t *pb.Tensor) string {
	if !b.known[t.GetName()] {
		b.known[t.GetName()] = true
		b.constants = append(b.constants, t)
	}
	return t.GetName()
}

// A block is a list of nodes under construction, in the order of computation:
// part of the main graph, or one branch of an If.
type block struct {
	*builder
	nodes []*pb.Node
}

// op appends a node with one result and returns the result's name.
func (b *block) op(op string, in []string, attributes ...*pb.Attribute) string {
	out := b.name(op)
	b.opTo(out, op, in, attributes...)
	return out
}

// opTo appends a node whose result is called out.
func (b *block) opTo(out, op string, in []string, attributes ...*pb.Attribute) {
	b.nodes = append(b.nodes, &pb.Node{
		OpType: proto.String(op), Name: proto.String(out),
		Input: in, Output: []string{out}, Attribute: attributes,
	})
}

// cast converts to a type, if that is needed.
func (b *block) cast(name string, from, to element.Type) string {
	if from == to {
		return name
	}
	return b.op("Cast", []string{name}, pb.Int("to", int64(to)))
}

// reduce appends a reduction over one axis, which is dropped. The operators'
// axes moved from an attribute to an operand in opset 18.
func (b *block) reduce(op, name string, axis int64) string {
	if b.opset >= 18 {
		return b.op(op, []string{name, b.ints(axis)}, pb.Int("keepdims", 0))
	}
	return b.op(op, []string{name}, pb.Ints("axes", axis), pb.Int("keepdims", 0))
}

// reduceAll appends a reduction to a scalar.
func (b *block) reduceAll(op, name string) string {
	return b.op(op, []string{name}, pb.Int("keepdims", 0))
}

// gather picks along the first axis.
func (b *block) gather(name, indices string) string {
	return b.op("Gather", []string{name, indices}, pb.Int("axis", 0))
}

// A result is the name and type of what a branch gives.
type result struct {
	name string
	typ  element.Type
}

// choose appends an If. Both branches give results of the same types; the
// names of the If's results are returned in the same order.
func (b *block) choose(condition string, yes, no func(*block) []result) []result {
	name := b.name("If")
	then := b.branch(name+"_then", yes)
	otherwise := b.branch(name+"_else", no)
	node := &pb.Node{
		OpType: proto.String("If"), Name: proto.String(name), Input: []string{condition},
		Attribute: []*pb.Attribute{pb.Body("then_branch", then.graph), pb.Body("else_branch", otherwise.graph)},
	}
	results := make([]result, len(then.results))
	for i, r := range then.results {
		results[i] = result{fmt.Sprintf("%s_%d", name, i), r.typ}
		node.Output = append(node.Output, results[i].name)
	}
	b.nodes = append(b.nodes, node)
	return results
}

// repeat appends a Loop that replaces a tensor times times by what step makes
// of it. times is a scalar tensor.
func (b *block) repeat(times string, start result, step func(b *block, current string) string) string {
	name := b.name("Loop")
	var (
		count   = Value{Name: name + "_count", Type: element.Int64, Ranked: true}
		proceed = Value{Name: name + "_proceed", Type: element.Bool, Ranked: true}
		current = Value{Name: name + "_current", Type: start.typ}
	)
	inner := &block{builder: b.builder}
	again := inner.op("Identity", []string{proceed.Name})
	next := step(inner, current.Name)
	body := &pb.Graph{
		Name:   proto.String(name + "_body"),
		Node:   inner.nodes,
		Input:  []*pb.ValueInfo{ValueInfo(count), ValueInfo(proceed), ValueInfo(current)},
		Output: []*pb.ValueInfo{ValueInfo(Value{Name: again, Type: element.Bool, Ranked: true}), ValueInfo(Value{Name: next, Type: start.typ})},
	}
	b.opTo(name, "Loop", []string{times, "", start.name}, pb.Body("body", body))
	return name
}

type branch struct {
	graph   *pb.Graph
	results []result
}

func (b *block) branch(name string, fill func(*block) []result) branch {
	inner := &block{builder: b.builder}
	results := fill(inner)
	g := &pb.Graph{Name: proto.String(name), Node: inner.nodes}
	for _, r := range results {
		g.Output = append(g.Output, ValueInfo(Value{Name: r.name, Type: r.typ}))
	}
	return branch{g, results}
}

// ValueInfo describes an input or output in ONNX's own words.
func ValueInfo(v Value) *pb.ValueInfo {
	t := &pb.TensorType{ElemType: proto.Int32(int32(v.Type))}
	if v.Ranked {
		t.Shape = &pb.Shape{}
		for _, d := range v.Dims {
			dim := &pb.Dimension{}
			switch {
			case d.Fixed():
				dim.Value = &pb.Dimension_DimValue{DimValue: d.Size}
			case d.Name != "":
				dim.Value = &pb.Dimension_DimParam{DimParam: d.Name}
			}
			t.Shape.Dim = append(t.Shape.Dim, dim)
		}
	}
	return &pb.ValueInfo{Name: proto.String(v.Name), Type: &pb.Type{TensorType: t}}
}
