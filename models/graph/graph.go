// Package graph turns the UNet of a Stable Diffusion 1.x/2.x export into one
// whose attention can be controlled from outside: Prompt-to-Prompt (Hertz et
// al. 2022) as inputs of one ONNX graph. It works on the graph alone; running
// it is somebody else's business.
//
// Start with [Parse], which reads a model.onnx within limits. [Inspect] says
// what is in it without changing anything, [Shapes] makes the graph of the one
// probing run that tells heads and pixels of every layer, and [Rewrite] makes
// the controlled graph.
//
//	parse.go, wire.go, validate.go   bytes → graph, or an error that says what is wrong
//	taint.go, types.go, attention.go graph → attention layers, or a refusal by name
//	rewrite.go, control.go           layers → controlled graph
//	conditions.go                    what keeps plain generation at its old price
package graph

import (
	"errors"
	"fmt"
	"strings"
)

// ErrMalformed is wrapped by every error about bytes that are no valid ONNX
// model: cut short, corrupt, or a graph whose names do not fit together.
var ErrMalformed = errors.New("malformed ONNX model")

// ErrUnsupported is wrapped by every refusal: the graph is valid but not one
// whose attention can be controlled completely. Such a graph is never
// controlled in part.
var ErrUnsupported = errors.New("unsupported UNet")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrUnsupported}, args...)...)
}

// A Type is the element type of a tensor, numbered as in ONNX.
type Type int32

// The element types that inputs and outputs of a UNet have.
const (
	Float32 Type = 1
	Int32   Type = 6
	Int64   Type = 7
	Bool    Type = 9
	Float16 Type = 10
	Float64 Type = 11
)

// String returns the type's name, such as "float32".
func (t Type) String() string {
	switch t {
	case Float32:
		return "float32"
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
	}
	return fmt.Sprintf("ONNX type %d", int32(t))
}

// float reports whether the type holds numbers that attention is computed in.
func (t Type) float() bool { return t == Float32 || t == Float16 || t == Float64 }

// A Dim is one dimension of a tensor: a fixed size, or one that is only known
// at run time.
type Dim struct {
	// Size is the fixed size, or 0 for a dimension known at run time.
	Size int64 `json:"size,omitempty"`
	// Name is the symbolic name of a dimension known at run time; it may be
	// empty.
	Name string `json:"name,omitempty"`
}

// Fixed reports whether the size is part of the model.
func (d Dim) Fixed() bool { return d.Size > 0 }

// A Value is an input or output of a graph.
type Value struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Ranked is false where the model does not say how many dimensions there
	// are; Dims is then empty.
	Ranked bool  `json:"ranked"`
	Dims   []Dim `json:"dims,omitempty"`
}

// String returns the value as "sample float32 [batch, 4, 64, 64]".
func (v Value) String() string {
	if !v.Ranked {
		return fmt.Sprintf("%s %s", v.Name, v.Type)
	}
	dims := make([]string, len(v.Dims))
	for i, d := range v.Dims {
		switch {
		case d.Fixed():
			dims[i] = fmt.Sprint(d.Size)
		case d.Name != "":
			dims[i] = d.Name
		default:
			dims[i] = "?"
		}
	}
	return fmt.Sprintf("%s %s [%s]", v.Name, v.Type, strings.Join(dims, ", "))
}
