package parity

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"
	"slices"
	"testing"
)

type rawJSON = json.RawMessage

// A Type is a type of weights, as the header of a file names it.
type Type string

// The types that weights come in.
const (
	F32  Type = "F32"
	F16  Type = "F16"
	BF16 Type = "BF16"
)

// A stored tensor is made of the formula's tensors, joined along their first
// index and, it may be, transposed; or it is a number. Without either it is
// all zeros.
type stored struct {
	name       string
	shape      []int
	parts      []part
	transposed bool
	scalar     *float32
}

type part struct {
	name  string
	shape []int
}

// WriteTensors writes a .safetensors file of the tensors given.
func WriteTensors(t testing.TB, path string, as Type, shapes map[string][]int, values map[string][]float32) {
	t.Helper()
	var file tensorFile
	for name, shape := range shapes {
		file.add(name, as, shape, values[name])
	}
	write(t, path, file.bytes(t))
}

func writeTensors(t testing.TB, path string, as Type, tensors []stored) {
	t.Helper()
	var file tensorFile
	for _, s := range tensors {
		file.add(s.name, as, s.shape, s.values())
	}
	write(t, path, file.bytes(t))
}

// values are the tensor's numbers in the order of the file.
//
//go:norace
func (s stored) values() []float32 {
	if s.scalar != nil {
		return []float32{*s.scalar}
	}
	if len(s.parts) == 0 {
		n := 1
		for _, size := range s.shape {
			n *= size
		}
		return make([]float32, n)
	}
	var out []float32
	for _, p := range s.parts {
		out = append(out, Weight(p.name, p.shape)...)
	}
	if !s.transposed {
		return out
	}
	rows, columns := s.shape[0], s.shape[1]
	turned := make([]float32, len(out))
	for i := range rows {
		for j := range columns {
			turned[i*columns+j] = out[j*rows+i]
		}
	}
	return turned
}

// A tensorFile is a .safetensors file: eight bytes with the length of the
// header, a header in JSON, the tensors' bytes.
type tensorFile struct {
	header map[string]any
	data   []byte
}

// add appends a tensor. What goes through every number of a model is not looked at
// by the race detector: it shares nothing, and takes most of a test's time then.
//
//go:norace
//go:nocheckptr
func (f *tensorFile) add(name string, as Type, shape []int, values []float32) {
	if f.header == nil {
		f.header = map[string]any{"__metadata__": map[string]string{"format": "pt"}}
	}
	if shape == nil {
		shape = []int{} // a scalar
	}
	from := len(f.data)
	f.data = slices.Grow(f.data, 4*len(values))
	for _, v := range values {
		switch as {
		case F16:
			f.data = binary.LittleEndian.AppendUint16(f.data, half(v))
		case BF16:
			f.data = binary.LittleEndian.AppendUint16(f.data, brain(v))
		default:
			f.data = binary.LittleEndian.AppendUint32(f.data, math.Float32bits(v))
		}
	}
	f.header[name] = map[string]any{"dtype": as, "shape": shape, "data_offsets": []int{from, len(f.data)}}
}

func (f *tensorFile) bytes(t testing.TB) []byte {
	t.Helper()
	header, err := json.Marshal(f.header)
	if err != nil {
		t.Fatal(err)
	}
	header = append(header, bytes.Repeat([]byte(" "), -len(header)&7)...)
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), f.data...)
}

// brain rounds to bfloat16, ties to even.
//
//go:norace
//go:nocheckptr
func brain(v float32) uint16 {
	b := math.Float32bits(v)
	return uint16((b + 0x7fff + b>>16&1) >> 16)
}

// half rounds to float16, ties to even; numbers beyond 65504 are not weights.
//
//go:norace
//go:nocheckptr
func half(v float32) uint16 {
	b := math.Float32bits(v)
	sign, exponent, mantissa := uint16(b>>16&0x8000), int(b>>23&0xff)-127, b&0x7fffff
	drop := 13 // bits that the smaller mantissa has no room for
	if exponent < -14 {
		// Below 2^-14 a float16 has no leading bit, and steps of 2^-24.
		drop, mantissa, exponent = min(drop-14-exponent, 31), mantissa|1<<23, -15
	}
	rounded := (mantissa + 1<<(drop-1) - 1 + mantissa>>drop&1) >> drop
	return sign | uint16(uint32(exponent+15)<<10+rounded)
}
