package runtime_test

import (
	"errors"
	"math"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// ONNX Runtime 1.27 fuses an addition with the layer normalisation behind it
// into a form that subtracts two large squares: where the mean is a hundred
// times the deviation, a hundredth of the result is noise. Text encoders have
// such layers. The library that is pinned must not do so.
func TestLayerNormalisationAfterAnAddition(t *testing.T) {
	const rows, width, mean = 8, 64, 100
	a, b := make([]float32, rows*width), make([]float32, rows*width)
	for i := range a {
		a[i] = mean + float32(math.Sin(float64(7*i)))
		b[i] = float32(math.Cos(float64(3*i))) / 2
	}
	got := normalise(t, a, b, width)
	for row := range rows {
		want := normalised(a[row*width:][:width], b[row*width:][:width])
		for i, w := range want {
			if d := math.Abs(float64(got[row*width+i]) - w); d > 2e-4 {
				t.Fatalf("row %d, value %d is %g, want %g", row, i, got[row*width+i], w)
			}
		}
	}
}

// normalised is the layer normalisation of a + b in double precision.
func normalised(a, b []float32) []float64 {
	out := make([]float64, len(a))
	var mean, square float64
	for i := range a {
		out[i] = float64(a[i] + b[i])
		mean += out[i] / float64(len(a))
	}
	for _, v := range out {
		square += (v - mean) * (v - mean) / float64(len(a))
	}
	for i := range out {
		out[i] = (out[i] - mean) / math.Sqrt(square+1e-5)
	}
	return out
}

// normalise has ONNX Runtime compute the same.
func normalise(t *testing.T, a, b []float32, width int) []float32 {
	t.Helper()
	s, err := runtimetest.Load(t).Open(runtime.Graph{Data: addThenNormalise(t, width)}, runtime.SessionOptions{
		Inputs: []string{"a", "b"}, Outputs: []string{"out"}, Device: runtime.Device{Provider: runtime.CPU},
	})
	if err != nil {
		t.Fatal(err)
	}
	var tensors []*runtime.Tensor
	for _, values := range [][]float32{a, b, make([]float32, len(a))} {
		tensor, err := runtime.FloatTensor(element.Float32, []int{1, len(a) / width, width}, values)
		if err != nil {
			t.Fatal(err)
		}
		tensors = append(tensors, tensor)
	}
	if err := s.Run(t.Context(), tensors[:2], tensors[2:]); err != nil {
		t.Fatal(err)
	}
	out := append([]float32(nil), tensors[2].Floats()...)
	if err := errors.Join(tensors[0].Destroy(), tensors[1].Destroy(), tensors[2].Destroy(), s.Close()); err != nil {
		t.Error(err)
	}
	return out
}

// addThenNormalise is the graph a + b → layer normalisation over the last
// dimension → out.
func addThenNormalise(t *testing.T, width int) []byte {
	t.Helper()
	float := proto.Int32(int32(element.Float32))
	value := func(name string) *onnxpb.ValueInfo {
		dim := func(n int64) *onnxpb.Dimension {
			return &onnxpb.Dimension{Value: &onnxpb.Dimension_DimValue{DimValue: n}}
		}
		return &onnxpb.ValueInfo{Name: proto.String(name), Type: &onnxpb.Type{TensorType: &onnxpb.TensorType{
			ElemType: float, Shape: &onnxpb.Shape{Dim: []*onnxpb.Dimension{dim(1), dim(8), dim(int64(width))}},
		}}}
	}
	scale := &onnxpb.Tensor{Name: proto.String("scale"), DataType: float, Dims: []int64{int64(width)}}
	for range width {
		scale.RawData = append(scale.RawData, 0, 0, 0x80, 0x3f) // 1
	}
	shift := &onnxpb.Tensor{Name: proto.String("shift"), DataType: float, Dims: []int64{int64(width)}, RawData: make([]byte, 4*width)}
	data, err := proto.Marshal(&onnxpb.Model{
		OpsetImport: []*onnxpb.OperatorSet{{Version: proto.Int64(17)}},
		Graph: &onnxpb.Graph{
			Name:        proto.String("add, then normalise"),
			Input:       []*onnxpb.ValueInfo{value("a"), value("b")},
			Output:      []*onnxpb.ValueInfo{value("out")},
			Initializer: []*onnxpb.Tensor{scale, shift},
			Node: []*onnxpb.Node{
				{OpType: proto.String("Add"), Name: proto.String("sum"), Input: []string{"a", "b"}, Output: []string{"sum"}},
				{OpType: proto.String("LayerNormalization"), Name: proto.String("normalise"), Input: []string{"sum", "scale", "shift"}, Output: []string{"out"}},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte{1 << 3, 8}, data...) // ir_version, which a rewrite never reads
}
