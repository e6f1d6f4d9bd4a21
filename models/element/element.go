// Package element has the types of the elements of a tensor, as ONNX numbers
// them.
package element

import "fmt"

// A Type is the element type of a tensor: a TensorProto.DataType of ONNX.
type Type int32

// The types that inputs and outputs of diffusion models come in.
const (
	Float32 Type = 1
	Uint8   Type = 2
	Int8    Type = 3
	Int32   Type = 6
	Int64   Type = 7
	Bool    Type = 9
	Float16 Type = 10
	Float64 Type = 11
	// BFloat16 is one of weights alone.
	BFloat16 Type = 16
)

// String names the type as PyTorch and NumPy do: "float32".
func (t Type) String() string {
	switch t {
	case Float32:
		return "float32"
	case Uint8:
		return "uint8"
	case Int8:
		return "int8"
	case Int32:
		return "int32"
	case Int64:
		return "int64"
	case Bool:
		return "bool"
	case Float16:
		return "float16"
	case Float64:
		return "float64"
	case BFloat16:
		return "bfloat16"
	}
	return fmt.Sprintf("ONNX element type %d", int32(t))
}

// Float reports whether the type is one of floating-point numbers that are
// computed with and fed here.
func (t Type) Float() bool { return t == Float32 || t == Float16 || t == Float64 }

// Int reports whether the type is one of integers that are fed here.
func (t Type) Int() bool { return t == Int32 || t == Int64 }
