package quantize

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
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

// A small graph reads x and t, and gives y.
type small struct {
	dims  []int64 // of x, without the batch
	nodes []*pb.Node
	// weights are random, by name, and exact those with given values.
	weights map[string][]int64
	exact   []*pb.Tensor
}

// numbers are random ones like those of weights.
func numbers(n int) []float32 {
	random := rand.New(rand.NewPCG(7, uint64(n)))
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(random.NormFloat64() / 8)
	}
	return out
}

func size(dims []int64) int {
	n := int64(1)
	for _, d := range dims {
		n *= d
	}
	return int(n)
}

func (s small) bytes(t *testing.T) []byte {
	t.Helper()
	g := &pb.Graph{Name: proto.String("small"), Node: s.nodes, Initializer: s.exact}
	for name, dims := range s.weights {
		g.Initializer = append(g.Initializer, pb.Float32s(name, dims, numbers(size(dims))))
	}
	slices.SortFunc(g.Initializer, func(a, b *pb.Tensor) int { return strings.Compare(a.GetName(), b.GetName()) })
	value := func(name string, dims ...graph.Dim) *pb.ValueInfo {
		return graph.ValueInfo(graph.Value{Name: name, Type: element.Float32, Ranked: dims != nil, Dims: dims})
	}
	x := []graph.Dim{{Name: "batch"}}
	for _, d := range s.dims {
		x = append(x, graph.Dim{Size: d})
	}
	g.Input = []*pb.ValueInfo{value("x", x...), value("t", graph.Dim{Size: 1}, graph.Dim{Size: 32})}
	g.Output = []*pb.ValueInfo{value("y")}
	data, err := proto.Marshal(&pb.Model{
		IrVersion: proto.Int64(8), OpsetImport: []*pb.OperatorSet{{Domain: proto.String(""), Version: proto.Int64(17)}}, Graph: g,
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// run runs a graph on rows of x.
func run(t *testing.T, g runtime.Graph, output string, threads int, dims []int64, x []float32) []float32 {
	t.Helper()
	s, err := runtimetest.Load(t).Open(g, runtime.SessionOptions{
		Inputs: []string{"x", "t"}, Outputs: []string{output}, Device: runtime.Device{Provider: runtime.CPU}, Threads: threads,
	})
	if err != nil {
		t.Fatal(err)
	}
	shape := []int{len(x) / size(dims)}
	for _, d := range dims {
		shape = append(shape, int(d))
	}
	in, err := runtime.FloatTensor(element.Float32, shape, x)
	if err != nil {
		t.Fatal(err)
	}
	step, err := runtime.FloatTensor(element.Float32, []int{1, 32}, numbers(32))
	if err != nil {
		t.Fatal(err)
	}
	out := make([]*runtime.Tensor, 1)
	if err := s.Run(t.Context(), []*runtime.Tensor{in, step}, out); err != nil {
		t.Fatal(err)
	}
	values := slices.Clone(out[0].Floats())
	if err := errors.Join(in.Destroy(), step.Destroy(), out[0].Destroy(), s.Close()); err != nil {
		t.Fatal(err)
	}
	return values
}

// quantizedBy makes a graph in eight bits, calibrated with x.
func (s small) quantizedBy(t *testing.T, x []float32) (runtime.Graph, *pb.Graph) {
	t.Helper()
	p, err := Find(s.bytes(t), []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	observed, err := p.Observed()
	if err != nil {
		t.Fatal(err)
	}
	var ranges Ranges
	if err := ranges.Add(run(t, runtime.Graph{Data: observed}, RangesOutput, 1, s.dims, x)); err != nil {
		t.Fatal(err)
	}
	var weights bytes.Buffer
	data, err := p.Write(t.Context(), runtimetest.Load(t), "", ranges, Destination{Writer: &weights, Name: "weights.bin"})
	if err != nil {
		t.Fatal(err)
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
	return runtime.Graph{Data: data, Weights: dir}, m.Graph
}

func operators(g *pb.Graph) string {
	var ops []string
	for _, n := range g.Node {
		ops = append(ops, n.GetOpType())
	}
	return strings.Join(ops, " ")
}

// deviation is the root of the mean square of what differs, as a part of b's.
func deviation(a, b []float32) float64 {
	var d, s float64
	for i := range b {
		d += float64(a[i]-b[i]) * float64(a[i]-b[i])
		s += float64(b[i]) * float64(b[i])
	}
	return math.Sqrt(d / s)
}

func TestWhatIsComputedInEightBits(t *testing.T) {
	three := []*pb.Attribute{pb.Ints("kernel_shape", 3, 3), pb.Ints("pads", 1, 1, 1, 1)}
	picture, tokens, flat := []int64{32, 6, 6}, []int64{10, 32}, []int64{32}
	for _, c := range []struct {
		name string
		small
		want string // operators; empty where nothing is left to be done
	}{
		{"a convolution", small{picture, []*pb.Node{node("Conv", "", []string{"x", "w", "b"}, "y", three...)},
			map[string][]int64{"w": {24, 32, 3, 3}, "b": {24}}, nil}, "QuantizeLinear QLinearConv DequantizeLinear"},
		{"one of groups, with strides, without a bias", small{picture, []*pb.Node{node("Conv", "", []string{"x", "w"}, "y", append(slices.Clone(three), pb.Int("group", 2), pb.Ints("strides", 2, 2))...)},
			map[string][]int64{"w": {24, 16, 3, 3}}, nil}, "QuantizeLinear QLinearConv DequantizeLinear"},
		{"one of few channels", small{picture, []*pb.Node{node("Conv", "", []string{"x", "w"}, "y", three...)},
			map[string][]int64{"w": {4, 32, 3, 3}}, nil}, ""},
		{"one that takes few channels", small{[]int64{4, 6, 6}, []*pb.Node{node("Conv", "", []string{"x", "w"}, "y", three...)},
			map[string][]int64{"w": {32, 4, 3, 3}}, nil}, ""},
		{"a product", small{tokens, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "y")},
			map[string][]int64{"w": {32, 48}}, nil}, "QuantizeLinear MatMulIntegerToFloat"},
		{"a product and its bias", small{tokens, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "p"), node("Add", "", []string{"b", "p"}, "y")},
			map[string][]int64{"w": {32, 48}, "b": {48}}, nil}, "QuantizeLinear MatMulIntegerToFloat"},
		{"a product that two read", small{tokens, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "p"), node("Add", "", []string{"b", "p"}, "s"), node("Mul", "", []string{"s", "p"}, "y")},
			map[string][]int64{"w": {32, 48}, "b": {48}}, nil}, "QuantizeLinear MatMulIntegerToFloat Add Mul"},
		{"two products of the same", small{tokens, []*pb.Node{node("MatMul", "", []string{"x", "v"}, "p"), node("MatMul", "", []string{"x", "w"}, "q"), node("Mul", "", []string{"p", "q"}, "y")},
			map[string][]int64{"w": {32, 48}, "v": {32, 48}}, nil}, "QuantizeLinear MatMulIntegerToFloat MatMulIntegerToFloat Mul"},
		{"a Gemm of turned weights", small{flat, []*pb.Node{node("Gemm", "", []string{"x", "w", "b"}, "y", pb.Int("transB", 1))},
			map[string][]int64{"w": {48, 32}, "b": {48}}, nil}, "QuantizeLinear MatMulIntegerToFloat"},
		{"a Gemm that scales", small{flat, []*pb.Node{node("Gemm", "", []string{"x", "w"}, "y", pb.Float("alpha", .5))},
			map[string][]int64{"w": {32, 48}}, nil}, ""},
		{"a product of activations", small{[]int64{10, 10}, []*pb.Node{node("MatMul", "", []string{"x", "x"}, "y")}, nil, nil}, ""},
		{"what computes with the timestep", small{flat, []*pb.Node{
			node("Gemm", "", []string{"t", "v"}, "e"), node("Gemm", "", []string{"x", "w"}, "p"), node("Add", "", []string{"p", "e"}, "y")},
			map[string][]int64{"w": {32, 48}, "v": {32, 48}}, nil}, "Gemm QuantizeLinear MatMulIntegerToFloat Add"},
		{"weights in half precision, turned", small{tokens, []*pb.Node{
			node("Cast", "", []string{"w"}, "half", pb.Int("to", int64(element.Float16))), node("Cast", "", []string{"half"}, "single", pb.Int("to", int64(element.Float32))),
			node("Transpose", "", []string{"single"}, "turned"), node("MatMul", "", []string{"x", "turned"}, "y")},
			map[string][]int64{"w": {48, 32}}, nil}, "QuantizeLinear MatMulIntegerToFloat"},
		{"a kernel with a LoRA", small{picture, []*pb.Node{
			node("Gemm", "", []string{"up", "down", "w"}, "sum", pb.Float("alpha", .5)), node("Reshape", "", []string{"sum", "kernel"}, "k"),
			node("Conv", "", []string{"x", "k"}, "y", three...)},
			map[string][]int64{"w": {24, 288}, "up": {24, 4}, "down": {4, 288}}, []*pb.Tensor{pb.Int64s("kernel", []int64{4}, []int64{24, 32, 3, 3})}},
			"QuantizeLinear QLinearConv DequantizeLinear"},
		{"large numbers that stay", small{tokens, []*pb.Node{
			node("Add", "", []string{"shift", "shift"}, "twice"), node("Add", "", []string{"x", "twice"}, "s"), node("MatMul", "", []string{"s", "w"}, "y")},
			map[string][]int64{"w": {32, 48}, "shift": {10, 32}}, nil}, "Add QuantizeLinear MatMulIntegerToFloat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "" {
				if _, err := Find(c.bytes(t), []string{"x"}); !errors.Is(err, ErrNothing) {
					t.Errorf("got %v", err)
				}
				return
			}
			x := numbers(3 * size(c.dims))
			eight, g := c.quantizedBy(t, x)
			if got := operators(g); got != c.want {
				t.Errorf("computes %s, want %s", got, c.want)
			}
			want := run(t, runtime.Graph{Data: c.bytes(t)}, "y", 1, c.dims, x)
			if d := deviation(run(t, eight, "y", 1, c.dims, x), want); d > .02 || d == 0 {
				t.Errorf("deviates by %.4f", d)
			}
		})
	}
}

// Whatever is in the other rows, and however many threads there are, a row gives
// the same to the bit.
func TestRowsDoNotDependOnEachOther(t *testing.T) {
	s := small{[]int64{32, 8, 8}, []*pb.Node{
		node("Conv", "", []string{"x", "k", "b"}, "c", pb.Ints("kernel_shape", 3, 3), pb.Ints("pads", 1, 1, 1, 1)),
		node("Reshape", "", []string{"c", "shape"}, "r"), node("MatMul", "", []string{"r", "w"}, "y"),
	}, map[string][]int64{"k": {32, 32, 3, 3}, "b": {32}, "w": {64, 40}}, []*pb.Tensor{pb.Int64s("shape", []int64{3}, []int64{0, 32, 64})}}
	row := size(s.dims)
	x := numbers(5 * row)
	for i := range row {
		x[i] *= 100 // a row that would change the range of a batch
	}
	g, _ := s.quantizedBy(t, x[row:])
	together := run(t, g, "y", 2, s.dims, x)
	n := len(together) / 5
	for b := range 5 {
		alone := run(t, g, "y", 1, s.dims, x[b*row:(b+1)*row])
		if !slices.Equal(alone, together[b*n:(b+1)*n]) {
			t.Errorf("row %d is another on its own", b)
		}
	}
}

// What is beyond the range is taken for its end.
func TestSaturation(t *testing.T) {
	s := small{[]int64{10, 32}, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "y")}, map[string][]int64{"w": {32, 48}}, nil}
	x := numbers(size(s.dims))
	g, _ := s.quantizedBy(t, x)
	beyond, clipped := slices.Clone(x), slices.Clone(x)
	beyond[3], clipped[3] = 1e6, slices.Max(x)
	beyond[40], clipped[40] = -1e6, slices.Min(x)
	got, want := run(t, g, "y", 1, s.dims, beyond), run(t, runtime.Graph{Data: s.bytes(t)}, "y", 1, s.dims, clipped)
	if d := deviation(got, want); d > .02 {
		t.Errorf("deviates by %.4f", d)
	}
}

// Activations and channels of zeros, and biases beside which the weights are
// nothing, give what they give.
func TestNothingButZeros(t *testing.T) {
	kernel := numbers(24 * 32 * 9)
	for i := range 2 * 32 * 9 {
		kernel[i] = 0
		if i >= 32*9 {
			kernel[i] = 1e-30
		}
	}
	bias := make([]float32, 24)
	bias[0], bias[1], bias[2] = 3, -5, 7
	s := small{[]int64{32, 4, 4}, []*pb.Node{
		node("Conv", "", []string{"x", "k", "b"}, "y", pb.Ints("kernel_shape", 3, 3), pb.Ints("pads", 1, 1, 1, 1)),
	}, nil, []*pb.Tensor{pb.Float32s("k", []int64{24, 32, 3, 3}, kernel), pb.Float32s("b", []int64{24}, bias)}}
	for name, x := range map[string][]float32{"zeros": make([]float32, size(s.dims)), "numbers": numbers(size(s.dims))} {
		g, _ := s.quantizedBy(t, x)
		got, want := run(t, g, "y", 1, s.dims, x), run(t, runtime.Graph{Data: s.bytes(t)}, "y", 1, s.dims, x)
		if d := deviation(got, want); !(d < .02) {
			t.Errorf("%s: deviates by %.4f", name, d)
		}
		if got[0] == 0 || math.Abs(float64(got[0]-3)) > .1 {
			t.Errorf("%s: a channel of zeros with a bias of 3 gives %g", name, got[0])
		}
	}
}

func TestScales(t *testing.T) {
	for _, c := range []struct {
		low, high float32
		zero      uint8
	}{{0, 0, 0}, {0, 1, 0}, {2, 4, 0}, {-1, 0, 253}, {-4, -2, 253}, {-1, 1, 127}, {0, 1e-42, 0}} {
		s := scaleOf(c.low, c.high)
		if d := int(s.zero) - int(c.zero); d < -2 || d > 2 || s.step <= 0 {
			t.Errorf("of %g to %g the step is %g and the zero %d", c.low, c.high, s.step, s.zero)
		}
		if top := float32(255-float64(s.zero)) * s.step; top < c.high*.98 {
			t.Errorf("of %g to %g the greatest number is %g", c.low, c.high, top)
		}
	}
	if a, b := scaleOf(-1, 1), scaleOf(-1.000001, .999999); a != b {
		t.Errorf("a range that differs in the sixth digit has the scale %v instead of %v", b, a)
	}
}

func TestRanges(t *testing.T) {
	var r Ranges
	if err := errors.Join(r.Add([]float32{-1, 2, 0, 0}), r.Add([]float32{-3, 1, 0, 5})); err != nil || !slices.Equal(r, Ranges{-3, 2, 0, 5}) {
		t.Errorf("%v, %v", r, err)
	}
	if err := r.Add([]float32{0, float32(math.Inf(1)), 0, 0}); !errors.Is(err, ErrNotFinite) {
		t.Error(err)
	}
	if err := r.Add([]float32{0, 1}); err == nil {
		t.Error("ranges of another graph are added")
	}
}

// A writer that fails, such as that of a full disk, is told of.
func TestWriterThatFails(t *testing.T) {
	s := small{[]int64{10, 32}, []*pb.Node{node("MatMul", "", []string{"x", "w"}, "y")}, map[string][]int64{"w": {32, 48}}, nil}
	p, err := Find(s.bytes(t), []string{"x"})
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("no room")
	if _, err := p.Write(t.Context(), runtimetest.Load(t), "", Ranges{-1, 1}, Destination{Writer: failing{full}}); !errors.Is(err, full) {
		t.Error(err)
	}
	if _, err := p.Write(t.Context(), runtimetest.Load(t), "", nil, Destination{Writer: failing{full}}); err == nil || errors.Is(err, full) {
		t.Error(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
