package graph

import (
	"math"
	"os"
	"slices"
	"testing"

	ort "github.com/yalue/onnxruntime_go"

	"pentimento/models/element"
	"pentimento/models/runtime/runtimetest"
)

// A tensor is an input or output of a session under test.
type tensor struct {
	dims   []int64
	floats []float32
	ints   []int64
}

func floats(v []float32, dims ...int64) tensor { return tensor{dims: dims, floats: v} }
func ints(v []int64, dims ...int64) tensor     { return tensor{dims: dims, ints: v} }

// A session runs a graph in ONNX Runtime with whatever shapes it is given.
type session struct {
	inputs  []Value
	outputs []string
	half    []bool // outputs that are float16
	ort     *ort.DynamicAdvancedSession
}

// open loads a graph. weights is the folder of external data, if there is any.
func open(t testing.TB, data []byte, weights string, outputs ...string) *session {
	t.Helper()
	runtimetest.Load(t)
	m, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	o, err := ort.NewSessionOptions()
	if err != nil {
		t.Fatal(err)
	}
	defer destroy(t, o)
	entries := map[string]string{
		"session.intra_op.allow_spinning": "0",
		// float16 on the CPU: a fused layer norm has no kernel there.
		"optimization.disable_specified_optimizers": "SimplifiedLayerNormFusion",
	}
	if weights != "" {
		entries["session.model_external_initializers_file_folder_path"] = weights
	}
	for k, v := range entries {
		if err := o.AddSessionConfigEntry(k, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := o.SetIntraOpNumThreads(2); err != nil {
		t.Fatal(err)
	}
	s := &session{inputs: m.Inputs(), outputs: outputs}
	names := make([]string, len(s.inputs))
	for i, v := range s.inputs {
		names[i] = v.Name
	}
	for _, name := range outputs {
		i := slices.IndexFunc(m.Outputs(), func(v Value) bool { return v.Name == name })
		if i < 0 {
			t.Fatalf("there is no output %q", name)
		}
		s.half = append(s.half, m.Outputs()[i].Type == element.Float16)
	}
	s.ort, err = ort.NewDynamicAdvancedSessionWithONNXData(data, names, outputs, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() { destroy(t, s.ort) })
	return s
}

// run feeds every input of the graph and returns the outputs.
func (s *session) run(t testing.TB, in map[string]tensor) map[string]tensor {
	t.Helper()
	values := make([]ort.Value, len(s.inputs))
	for i, v := range s.inputs {
		x, ok := in[v.Name]
		if !ok {
			t.Fatalf("no value for the input %s", v)
		}
		values[i] = x.value(t, v.Type)
		defer destroy(t, values[i])
	}
	results := make([]ort.Value, len(s.outputs))
	for i, v := range s.half {
		if v {
			// onnxruntime_go cannot make a float16 output; a prediction has
			// the shape of the latents.
			sample := in["sample"]
			results[i] = floats(make([]float32, len(sample.floats)), sample.dims...).value(t, element.Float16)
		}
	}
	if err := s.ort.Run(values, results); err != nil {
		t.Fatalf("run: %v", err)
	}
	out := map[string]tensor{}
	for i, r := range results {
		out[s.outputs[i]] = read(t, r)
		destroy(t, r)
	}
	return out
}

// value converts a tensor to the type that an input has.
func (x tensor) value(t testing.TB, typ element.Type) ort.Value {
	t.Helper()
	var v ort.Value
	var err error
	switch typ {
	case element.Float32:
		v, err = ortTensor(x.dims, x.floats)
	case element.Int64:
		v, err = ortTensor(x.dims, x.ints)
	case element.Float16:
		half := make([]byte, 2*len(x.floats))
		for i, f := range x.floats {
			h := halfBits(f)
			half[2*i], half[2*i+1] = byte(h), byte(h>>8)
		}
		v, err = ort.NewCustomDataTensor(ort.Shape(x.dims), half, ort.TensorElementDataTypeFloat16)
	default:
		t.Fatalf("no test feeds %s", typ)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func ortTensor[T ort.TensorData](dims []int64, v []T) (ort.Value, error) {
	if len(dims) == 0 {
		return ort.NewScalar(v[0])
	}
	return ort.NewTensor(ort.Shape(dims), v)
}

func read(t testing.TB, v ort.Value) tensor {
	t.Helper()
	switch v := v.(type) {
	case *ort.Tensor[float32]:
		return floats(append([]float32(nil), v.GetData()...), v.GetShape()...)
	case *ort.Tensor[int64]:
		return ints(append([]int64(nil), v.GetData()...), v.GetShape()...)
	case *ort.CustomDataTensor:
		raw := v.GetData()
		f := make([]float32, len(raw)/2)
		for i := range f {
			f[i] = halfValue(uint16(raw[2*i]) | uint16(raw[2*i+1])<<8)
		}
		return floats(f, v.GetShape()...)
	}
	t.Fatalf("an output of type %T", v)
	return tensor{}
}

// row returns row b of a batch.
func (x tensor) row(b int) []float32 {
	n := len(x.floats) / int(x.dims[0])
	return x.floats[b*n : (b+1)*n]
}

// relative is the largest difference between a and b over the largest
// magnitude in b.
func relative(t testing.TB, a, b []float32) float64 {
	t.Helper()
	if len(a) != len(b) || len(b) == 0 {
		t.Fatalf("%d values against %d", len(a), len(b))
	}
	var diff, size float64
	for i := range a {
		d := math.Abs(float64(a[i]) - float64(b[i]))
		if math.IsNaN(d) {
			return math.Inf(1)
		}
		diff, size = max(diff, d), max(size, math.Abs(float64(b[i])))
	}
	return diff / size
}

func destroy(t testing.TB, x interface{ Destroy() error }) {
	t.Helper()
	if err := x.Destroy(); err != nil {
		t.Error(err)
	}
}

func readFile(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// halfBits rounds to float16, for the normal numbers that tests feed.
func halfBits(f float32) uint16 {
	bits := math.Float32bits(f)
	sign := uint16(bits>>16) & 0x8000
	exponent := int(bits>>23&0xff) - 127 + 15
	if exponent <= 0 {
		return sign
	}
	mantissa := bits & 0x7fffff
	h := uint32(exponent)<<10 | mantissa>>13
	if mantissa&0x1fff > 0x1000 || mantissa&0x1fff == 0x1000 && h&1 == 1 {
		h++
	}
	return sign | uint16(h)
}

func halfValue(h uint16) float32 {
	sign, exponent, mantissa := float64(1), int(h>>10&0x1f), float64(h&0x3ff)
	if h&0x8000 != 0 {
		sign = -1
	}
	if exponent == 0 {
		return float32(sign * math.Ldexp(mantissa, -24))
	}
	return float32(sign * math.Ldexp(1+mantissa/1024, exponent-15))
}
