package graph

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// A tiny is a UNet reduced to one self-attention and one cross-attention
// layer, for tests that look at structure and run nothing.
type tiny struct{ *pb.Model }

// newTiny makes the graph
//
//	sample → flat → self-attention → cross-attention with the text → out_sample
func newTiny() tiny {
	m := tiny{&pb.Model{
		OpsetImport: []*pb.OperatorSet{{Version: proto.Int64(17)}},
		Graph:       &pb.Graph{Name: proto.String("tiny")},
	}}
	g := m.Graph
	batch := Dim{Name: "batch"}
	for _, v := range []Value{
		{sampleName, element.Float32, true, []Dim{batch, {Size: 4}, {Size: 8}, {Size: 8}}},
		{timestepName, element.Int64, true, nil},
		{textName, element.Float32, true, []Dim{batch, {Size: 7}, {Size: 6}}},
	} {
		g.Input = append(g.Input, ValueInfo(v))
	}
	g.Output = append(g.Output, ValueInfo(Value{Name: noiseName, Type: element.Float32}))
	for _, name := range []string{"wq", "wk", "wv", "uq", "uk", "uv", "scale"} {
		g.Initializer = append(g.Initializer, &pb.Tensor{Name: proto.String(name), DataType: proto.Int32(int32(element.Float32))})
	}
	g.Initializer = append(g.Initializer, &pb.Tensor{Name: proto.String("shape"), DataType: proto.Int32(int32(element.Int64))})

	m.add("Reshape", "flat", sampleName, "shape")
	m.attention("self", "flat", "flat", "w")
	m.attention("cross", "self_out", textName, "u")
	m.add("Reshape", noiseName, "cross_out", "shape")
	return m
}

// attention adds a layer: its nodes are called name_q, name_k, name_v,
// name_scores, name_scaled, name_maps, name_out.
func (m tiny) attention(name, features, context, weights string) {
	m.add("MatMul", name+"_q", features, weights+"q")
	m.add("MatMul", name+"_k", context, weights+"k")
	m.add("Transpose", name+"_kt", name+"_k")
	m.add("MatMul", name+"_v", context, weights+"v")
	m.add("MatMul", name+"_scores", name+"_q", name+"_kt")
	m.add("Mul", name+"_scaled", name+"_scores", "scale")
	m.add("Softmax", name+"_maps", name+"_scaled")
	m.add("MatMul", name+"_out", name+"_maps", name+"_v")
}

// add appends a node that is called like its result.
func (m tiny) add(op, out string, in ...string) *pb.Node {
	n := &pb.Node{OpType: proto.String(op), Name: proto.String(out), Input: in, Output: []string{out}}
	m.Graph.Node = append(m.Graph.Node, n)
	return n
}

// node returns the node with that name.
func (m tiny) node(name string) *pb.Node {
	for _, n := range m.Graph.Node {
		if n.GetName() == name {
			return n
		}
	}
	panic("no node " + name)
}

// before inserts a node before the one called next.
func (m tiny) before(next, op, out string, in ...string) *pb.Node {
	added := m.add(op, out, in...)
	nodes := m.Graph.Node
	for i, n := range nodes {
		if n.GetName() == next {
			copy(nodes[i+1:], nodes[i:len(nodes)-1])
			nodes[i] = added
			return added
		}
	}
	panic("no node " + next)
}

// remove removes a node.
func (m tiny) remove(name string) {
	var kept []*pb.Node
	for _, n := range m.Graph.Node {
		if n.GetName() != name {
			kept = append(kept, n)
		}
	}
	m.Graph.Node = kept
}

// input returns the input with that name.
func (m tiny) input(name string) *pb.ValueInfo {
	for _, in := range m.Graph.Input {
		if in.GetName() == name {
			return in
		}
	}
	panic("no input " + name)
}

func (m tiny) bytes(t testing.TB) []byte {
	t.Helper()
	data, err := proto.Marshal(m.Model)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// tinyProbe is what a probing run of the tiny graph would find: 3-D maps of
// two heads.
func tinyProbe() Probe {
	return Probe{Rows: 3, Height: 8, Width: 8, Shapes: [][]int64{{6, 64, 64}, {6, 64, 7}}}
}
