package models

import (
	"errors"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// What a run lacks memory for is said of the machine, and not of the model.
func TestRunThatNeedsMoreMemory(t *testing.T) {
	x := graph.Value{Name: "x", Type: element.Float32, Ranked: true, Dims: []graph.Dim{{Size: 1}}}
	y := graph.Value{Name: "y", Type: element.Float32}
	data, err := proto.Marshal(&pb.Model{
		IrVersion: proto.Int64(8), OpsetImport: []*pb.OperatorSet{{Domain: proto.String(""), Version: proto.Int64(17)}},
		Graph: &pb.Graph{
			Name: proto.String("large"), Input: []*pb.ValueInfo{graph.ValueInfo(x)}, Output: []*pb.ValueInfo{graph.ValueInfo(y)},
			Initializer: []*pb.Tensor{pb.Int64s("sides", []int64{2}, []int64{1 << 22, 1 << 22})},
			Node: []*pb.Node{
				{OpType: proto.String("Expand"), Input: []string{"x", "sides"}, Output: []string{"large"}},
				{OpType: proto.String("ReduceMax"), Input: []string{"large"}, Output: []string{"y"}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := runtimetest.Load(t).Open(runtime.Graph{Data: data}, runtime.SessionOptions{
		Inputs: []string{"x"}, Outputs: []string{"y"}, Device: runtime.Device{Provider: runtime.CPU},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	input, err := runtime.FloatTensor(element.Float32, []int{1}, []float32{1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = run(t.Context(), s, []*runtime.Tensor{input}, tensorSpec{y, []int{1, 1}})
	if !errors.Is(err, ErrMemory) {
		t.Fatal(err)
	}
	r := Report{Problems: []error{err}}
	if text := r.String(); strings.Contains(text, "The model can't be used:") || !strings.Contains(text, "on this machine as it is now") {
		t.Error(text)
	}
}
