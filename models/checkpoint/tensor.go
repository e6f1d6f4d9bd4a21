package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/x448/float16"
)

// ErrNotFinite says that a tensor has a value that is not a number, or is
// infinite.
var ErrNotFinite = errors.New("has a value that is not a finite number: the file is damaged, or its training went wrong")

// A Tensor is where the values of a tensor lie. It can be read as long as the
// [File] that it is of is open.
type Tensor struct {
	// Name is the name that the file gives it.
	Name string
	Type Type
	// Shape is the shape of the values.
	Shape []int
	// File is the absolute path of the file that holds it, behind all links.
	// Offset and Length are in bytes, from the file's beginning. A multiple of
	// the element's size is all that can be relied on for Offset, and not even
	// that: the format promises no alignment.
	File           string
	Offset, Length int64
	// Transposed says that the file has the values of a matrix column by
	// column: the shape there is [Shape[1], Shape[0]].
	Transposed bool

	data *source
}

// third is one of the three tensors of which t is made along its first
// dimension.
func (t Tensor) third(n int) Tensor {
	shape := append([]int{t.Shape[0] / 3}, t.Shape[1:]...)
	t.Shape, t.Length = shape, t.Length/3
	t.Offset += int64(n) * t.Length
	return t
}

// Raw is the tensor as the file has it.
func (t Tensor) Raw() ([]byte, error) {
	if err := t.data.holds(t); err != nil {
		return nil, err
	}
	raw := make([]byte, t.Length)
	return raw, t.read(raw, 0)
}

// Float32 returns the values in the order of Shape, row by row. Integers and
// the small floating-point types are refused.
func (t Tensor) Float32() ([]float32, error) {
	if !t.Type.readable() {
		return nil, fmt.Errorf("tensor %q is %s: only F64, F32, F16 and BF16 can be read", t.Name, t.Type)
	}
	if err := t.data.holds(t); err != nil {
		return nil, err
	}
	size := int64(t.Type.Bits() / 8)
	values := make([]float32, 0, t.Length/size)
	err := t.chunks(func(raw []byte) error {
		n := len(values)
		values = values[:n+len(raw)/int(size)]
		decode(t.Type, raw, values[n:])
		return nil
	})
	if err != nil {
		return nil, err
	}
	if t.Transposed {
		values = transpose(values, t.Shape[0], t.Shape[1])
	}
	return values, nil
}

// CheckFinite reads the tensor and returns [ErrNotFinite] if one of its values
// is no finite number. It takes little memory. Integers are always finite.
func (t Tensor) CheckFinite() error {
	if !t.Type.readable() {
		return nil
	}
	return t.chunks(func(raw []byte) error {
		if !allFinite(t.Type, raw) {
			return fmt.Errorf("%s: tensor %q %w", t.File, t.Name, ErrNotFinite)
		}
		return nil
	})
}

// allFinite looks at all values of eight bytes at once: those whose exponent is
// all ones are no finite numbers.
func allFinite(t Type, raw []byte) bool {
	exponents := map[Type]uint64{F64: 0x7ff0 << 48, F32: 0x7f800000_7f800000, F16: 0x7c007c00_7c007c00, BF16: 0x7f807f80_7f807f80}[t]
	signs := map[Type]uint64{F64: 0x8000 << 48, F32: 0x80000000_80000000, F16: 0x80008000_80008000, BF16: 0x80008000_80008000}[t]
	for ; len(raw) >= 8; raw = raw[8:] {
		lacking := ^binary.LittleEndian.Uint64(raw) & exponents
		if (lacking+exponents)&signs != signs { // nothing is carried where nothing lacks
			return false
		}
	}
	var rest [8]byte
	return copy(rest[:], raw) == 0 || allFinite(t, rest[:])
}

// chunks has take called with all bytes in the file's order, some at a time.
func (t Tensor) chunks(take func([]byte) error) error {
	const chunkBytes = 1 << 18
	raw := make([]byte, min(chunkBytes, t.Length))
	for at := int64(0); at < t.Length; at += int64(len(raw)) {
		raw = raw[:min(int64(len(raw)), t.Length-at)]
		if err := t.read(raw, at); err != nil {
			return err
		}
		if err := take(raw); err != nil {
			return err
		}
	}
	return nil
}

// read fills raw with the tensor's bytes from at on.
func (t Tensor) read(raw []byte, at int64) error {
	_, err := t.data.ReadAt(raw, t.Offset+at)
	if errors.Is(err, io.EOF) {
		err = ErrChanged
	}
	if err != nil {
		return fmt.Errorf("read tensor %q: %s: %w", t.Name, t.File, err)
	}
	return nil
}

func decode(t Type, raw []byte, values []float32) {
	switch t {
	case F64:
		for i := range values {
			values[i] = float32(math.Float64frombits(binary.LittleEndian.Uint64(raw[8*i:])))
		}
	case F32:
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(raw[4*i:]))
		}
	case F16:
		for i := range values {
			values[i] = float16.Frombits(binary.LittleEndian.Uint16(raw[2*i:])).Float32()
		}
	case BF16:
		for i := range values {
			values[i] = math.Float32frombits(uint32(binary.LittleEndian.Uint16(raw[2*i:])) << 16)
		}
	}
}

// transpose returns the [rows, columns] of which columns by rows is given.
func transpose(values []float32, rows, columns int) []float32 {
	out := make([]float32, len(values))
	for r := range rows {
		for c := range columns {
			out[r*columns+c] = values[c*rows+r]
		}
	}
	return out
}
