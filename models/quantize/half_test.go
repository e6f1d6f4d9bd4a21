package quantize

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/models/runtime"
	"pentimento/models/runtime/runtimetest"
)

// halved makes the graph in half precision.
func (s small) halved(t *testing.T) (runtime.Graph, *pb.Graph, error) {
	t.Helper()
	p, err := Find(s.bytes(t), []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	var weights bytes.Buffer
	data, err := p.WriteHalf(t.Context(), runtimetest.Load(t), "", Destination{Writer: &weights, Name: "weights.bin"})
	if err != nil {
		return runtime.Graph{}, nil, err
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "weights.bin"), weights.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var m pb.Model
	if err := proto.Unmarshal(data, &m); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.Parse(data); err != nil {
		t.Error(err)
	}
	return runtime.Graph{Data: data, Weights: dir}, m.Graph, nil
}

func TestWhatIsComputedInHalfPrecision(t *testing.T) {
	three := []*pb.Attribute{pb.Ints("kernel_shape", 3, 3), pb.Ints("pads", 1, 1, 1, 1)}
	picture, tokens, flat := []int64{32, 6, 6}, []int64{10, 32}, []int64{32}
	for _, c := range []struct {
		name string
		small
		want string // operators
	}{
		{"a convolution", small{picture, []*pb.Node{node("Conv", "", []string{"x", "w", "b"}, "y", three...)},
			map[string][]int64{"w": {24, 32, 3, 3}, "b": {24}}, nil}, "Cast Conv Cast"},
		{"one of groups, with strides, without a bias", small{picture, []*pb.Node{node("Conv", "", []string{"x", "w"}, "y", append(slices.Clone(three), pb.Int("group", 2), pb.Ints("strides", 2, 2))...)},
			map[string][]int64{"w": {24, 16, 3, 3}}, nil}, "Cast Conv Cast"},
		{"two products of the same, one with a bias", small{tokens, []*pb.Node{
			node("MatMul", "", []string{"x", "v"}, "p"), node("MatMul", "", []string{"x", "w"}, "q"), node("Add", "", []string{"b", "q"}, "s"), node("Mul", "", []string{"p", "s"}, "y")},
			map[string][]int64{"w": {32, 48}, "v": {32, 48}, "b": {48}}, nil}, "Cast MatMul Cast MatMul Cast Add Mul"},
		{"a Gemm of turned weights", small{flat, []*pb.Node{node("Gemm", "", []string{"x", "w", "b"}, "y", pb.Int("transB", 1))},
			map[string][]int64{"w": {48, 32}, "b": {48}}, nil}, "Cast MatMul Cast Add"},
		{"weights that were in half precision, turned", small{tokens, []*pb.Node{
			node("Cast", "", []string{"w"}, "half", pb.Int("to", int64(element.Float16))), node("Cast", "", []string{"half"}, "single", pb.Int("to", int64(element.Float32))),
			node("Transpose", "", []string{"single"}, "turned"), node("MatMul", "", []string{"x", "turned"}, "y")},
			map[string][]int64{"w": {48, 32}}, nil}, "Cast MatMul Cast"},
		{"what computes with the timestep, and with itself", small{[]int64{32, 32}, []*pb.Node{
			node("Gemm", "", []string{"t", "v"}, "e"), node("MatMul", "", []string{"x", "x"}, "a"), node("MatMul", "", []string{"a", "w"}, "p"), node("Add", "", []string{"p", "e"}, "y")},
			map[string][]int64{"w": {32, 48}, "v": {32, 48}}, nil}, "Gemm MatMul Cast MatMul Cast Add"},
	} {
		t.Run(c.name, func(t *testing.T) {
			half, g, err := c.halved(t)
			if err != nil {
				t.Fatal(err)
			}
			if got := operators(g); got != c.want {
				t.Errorf("computes %s, want %s", got, c.want)
			}
			x := numbers(3 * size(c.dims))
			want := run(t, runtime.Graph{Data: c.bytes(t)}, "y", 1, c.dims, x)
			if d := deviation(run(t, half, "y", 1, c.dims, x), want); d > 1e-3 || d == 0 && !strings.HasPrefix(c.name, "weights that were") {
				t.Errorf("deviates by %.6f", d)
			}
		})
	}
}

// Weights that half precision has no room for are refused by name, and so is a disk
// without room.
func TestHalfPrecisionThatHasNoRoom(t *testing.T) {
	huge := numbers(32 * 48)
	huge[7] = 1e6
	s := small{[]int64{10, 32}, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "y")}, nil, []*pb.Tensor{pb.Float32s("w", []int64{32, 48}, huge)}}
	if _, _, err := s.halved(t); err == nil || !strings.Contains(err.Error(), "the weights of y_weights hold 1e+06") {
		t.Errorf("got %v", err)
	}
	s = small{[]int64{10, 32}, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "y")}, map[string][]int64{"w": {32, 48}}, nil}
	p, err := Find(s.bytes(t), []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no room")
	if _, err := p.WriteHalf(t.Context(), runtimetest.Load(t), "", Destination{Writer: failing{full}}); !errors.Is(err, full) {
		t.Error(err)
	}
}
