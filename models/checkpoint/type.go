package checkpoint

// A Type is the type of a tensor's elements, in the words of the format.
type Type string

// The types that the format has. Tensors of all of them are found; values are
// read from the first four alone.
const (
	F64    Type = "F64"
	F32    Type = "F32"
	F16    Type = "F16"
	BF16   Type = "BF16"
	F8E4M3 Type = "F8_E4M3"
	F8E5M2 Type = "F8_E5M2"
	F8E8M0 Type = "F8_E8M0"
	F6E2M3 Type = "F6_E2M3"
	F6E3M2 Type = "F6_E3M2"
	F4     Type = "F4"
	C64    Type = "C64"
	I64    Type = "I64"
	I32    Type = "I32"
	I16    Type = "I16"
	I8     Type = "I8"
	U64    Type = "U64"
	U32    Type = "U32"
	U16    Type = "U16"
	U8     Type = "U8"
	Bool   Type = "BOOL"
)

// Bits is the size of an element; 0 for a type that the format does not have.
func (t Type) Bits() int {
	switch t {
	case F64, C64, I64, U64:
		return 64
	case F32, I32, U32:
		return 32
	case F16, BF16, I16, U16:
		return 16
	case F8E4M3, F8E5M2, F8E8M0, I8, U8, Bool:
		return 8
	case F6E2M3, F6E3M2:
		return 6
	case F4:
		return 4
	}
	return 0
}

// readable reports whether [Tensor.Float32] reads the type.
func (t Type) readable() bool { return t == F64 || t == F32 || t == F16 || t == BF16 }
