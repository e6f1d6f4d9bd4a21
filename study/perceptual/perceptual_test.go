package perceptual

import (
	"errors"
	"image"
	"image/color"
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/graph/onnxpb"
	"pentimento/models/runtime/runtimetest"
)

// network gives the squares of the difference of pictures a and b, and their
// mean, as far as they are among the outputs.
func network(t *testing.T, inputs []string, outputs ...string) []byte {
	t.Helper()
	value := func(name string) *onnxpb.ValueInfo {
		return &onnxpb.ValueInfo{Name: proto.String(name), Type: &onnxpb.Type{TensorType: &onnxpb.TensorType{ElemType: proto.Int32(1)}}}
	}
	node := func(op, out string, in ...string) *onnxpb.Node {
		return &onnxpb.Node{OpType: proto.String(op), Input: in, Output: []string{out}}
	}
	g := &onnxpb.Graph{Name: proto.String("squares"), Node: []*onnxpb.Node{
		node("Sub", "difference", "a", "b"), node("Mul", "square", "difference", "difference"), node("ReduceMean", "mean", "square"),
	}}
	for _, name := range inputs {
		g.Input = append(g.Input, value(name))
	}
	for _, name := range outputs {
		g.Output = append(g.Output, value(name))
	}
	data, err := proto.Marshal(&onnxpb.Model{Graph: g, OpsetImport: []*onnxpb.OperatorSet{{Version: proto.Int64(17)}}})
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{8, 8}, data...) // ir_version 8, which our description leaves out
}

func grey(level uint8) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		p.SetNRGBA(i%3, i/3, color.NRGBA{level, level, level, 255})
	}
	return p
}

func TestBetween(t *testing.T) {
	two := []string{"a", "b"}
	if _, err := Open(runtimetest.Load(t), network(t, two, "mean", "square"), 1); !errors.Is(err, ErrGraph) {
		t.Errorf("two outputs: %v", err)
	}
	if _, err := Open(runtimetest.Load(t), network(t, []string{"a", "b", "c"}, "mean"), 1); !errors.Is(err, ErrGraph) {
		t.Errorf("three inputs: %v", err)
	}
	if _, err := Open(runtimetest.Load(t), []byte("hello"), 1); !errors.Is(err, ErrGraph) {
		t.Errorf("not a graph: %v", err)
	}
	if d, err := Open(runtimetest.Load(t), network(t, two, "mean"), 1); err != nil {
		t.Fatal(err)
	} else {
		got, err := d.Between(t.Context(), grey(0), grey(51))
		if err != nil || math.Abs(got-.16) > 1e-6 { // (51 / 127.5)²
			t.Errorf("the distance is %g, %v", got, err)
		}
		if same, err := d.Between(t.Context(), grey(9), grey(9)); err != nil || same != 0 {
			t.Errorf("a picture is %g from itself, %v", same, err)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}
	many, err := Open(runtimetest.Load(t), network(t, two, "square"), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := many.Between(t.Context(), grey(0), grey(1)); !errors.Is(err, ErrGraph) {
		t.Errorf("many numbers out: %v", err)
	}
	if err := many.Close(); err != nil {
		t.Error(err)
	}
}
