// Package graph turns the UNet of a Stable Diffusion 1.x/2.x export into one
// whose attention can be controlled from outside: Prompt-to-Prompt (Hertz et
// al. 2022) as inputs of one ONNX graph. It works on the graph alone and
// does not run it.
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

	"pentimento/models/element"
)

// ErrMalformed is wrapped by every error about bytes that are not valid ONNX
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
	Name string       `json:"name"`
	Type element.Type `json:"type"`
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
