package runtime

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/x448/float16"
	ort "github.com/yalue/onnxruntime_go"

	"pentimento/models/element"
)

// A Tensor is an input or output of a [Session]. Destroy it after use.
type Tensor struct {
	value  ort.Value
	floats []float32 // Float32: the tensor's own memory
	half   []byte    // Float16: the tensor's own memory
	ints   []int64   // Int64: the tensor's own memory
	bools  []bool    // Bool: the tensor's own memory
}

// FloatTensor makes a tensor of shape (empty: a scalar) from values, converted
// to typ. A Float32 tensor uses values itself, without a copy: the caller
// leaves them alone until Destroy, and when the tensor is an output they hold
// the result after the run.
func FloatTensor(typ element.Type, shape []int, values []float32) (*Tensor, error) {
	if err := fits(shape, len(values)); err != nil {
		return nil, err
	}
	switch typ {
	case element.Float32:
		return wrap(&Tensor{floats: values}, shape, values)
	case element.Float64:
		wide := make([]float64, len(values))
		for i, v := range values {
			wide[i] = float64(v)
		}
		return wrap(&Tensor{}, shape, wide)
	case element.Float16:
		half := make([]byte, 2*len(values))
		for i, v := range values {
			binary.NativeEndian.PutUint16(half[2*i:], float16.Fromfloat32(v).Bits())
		}
		return wrapHalf(shape, half)
	}
	return nil, fmt.Errorf("make a tensor: %s is no floating-point type that can be fed", typ)
}

// IntTensor makes a tensor of shape (empty: a scalar) from values, converted
// to typ.
func IntTensor(typ element.Type, shape []int, values []int64) (*Tensor, error) {
	if err := fits(shape, len(values)); err != nil {
		return nil, err
	}
	switch typ {
	case element.Int64:
		return wrap(&Tensor{ints: values}, shape, values)
	case element.Int32:
		narrow := make([]int32, len(values))
		for i, v := range values {
			if v != int64(int32(v)) {
				return nil, fmt.Errorf("make a tensor: %d does not fit in int32", v)
			}
			narrow[i] = int32(v)
		}
		return wrap(&Tensor{}, shape, narrow)
	}
	return nil, fmt.Errorf("make a tensor: %s is no integer type that can be fed", typ)
}

// Floats reads a floating-point output after a run: the tensor's own memory
// for Float32, a converted copy for Float16.
func (t *Tensor) Floats() []float32 {
	if t.half == nil {
		return t.floats
	}
	values := make([]float32, len(t.half)/2)
	for i := range values {
		values[i] = float16.Frombits(binary.NativeEndian.Uint16(t.half[2*i:])).Float32()
	}
	return values
}

// Ints reads an Int64 output after a run: the tensor's own memory.
func (t *Tensor) Ints() []int64 { return t.ints }

// Bools reads a Bool output after a run: the tensor's own memory.
func (t *Tensor) Bools() []bool { return t.bools }

// Shape is the tensor's dimensions.
func (t *Tensor) Shape() []int {
	var shape []int
	for _, n := range t.value.GetShape() {
		shape = append(shape, int(n))
	}
	return shape
}

// Destroy frees what ONNX Runtime holds for the tensor; the values stay.
func (t *Tensor) Destroy() error { return t.value.Destroy() }

func wrap[T ort.TensorData](t *Tensor, shape []int, values []T) (*Tensor, error) {
	var err error
	if len(shape) == 0 {
		t.value, err = ort.NewScalar(values[0])
	} else {
		t.value, err = ort.NewTensor(ortShape(shape), values)
	}
	if err != nil {
		return nil, fmt.Errorf("make a tensor of shape %v: %w", shape, err)
	}
	return t, nil
}

func wrapHalf(shape []int, half []byte) (*Tensor, error) {
	value, err := ort.NewCustomDataTensor(ortShape(shape), half, ort.TensorElementDataTypeFloat16)
	if err != nil {
		return nil, fmt.Errorf("make a float16 tensor of shape %v: %w", shape, err)
	}
	return &Tensor{value: value, half: half}, nil
}

func ortShape(shape []int) ort.Shape {
	dims := make(ort.Shape, len(shape))
	for i, n := range shape {
		dims[i] = int64(n)
	}
	return dims
}

// fits checks that shape has exactly n elements. Only the first dimension, the
// batch, may be empty.
func fits(shape []int, n int) error {
	size := 1
	for i, d := range shape {
		if d < 0 || d == 0 && i > 0 || d > 0 && size > math.MaxInt/d {
			return fmt.Errorf("make a tensor: %v is no shape", shape)
		}
		size *= d
	}
	if size != n {
		return fmt.Errorf("make a tensor: shape %v has %d elements, %d values were given", shape, size, n)
	}
	return nil
}
