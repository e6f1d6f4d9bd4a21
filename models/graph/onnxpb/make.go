package onnxpb

import (
	"encoding/binary"
	"math"

	"google.golang.org/protobuf/proto"

	"pentimento/models/element"
)

// Types of attributes, numbered as in ONNX.
const (
	attributeFloat  = 1
	attributeInt    = 2
	attributeString = 3
	attributeGraph  = 5
	attributeInts   = 7
)

// Float is an attribute of a node that holds a number.
func Float(name string, v float32) *Attribute {
	return &Attribute{Name: proto.String(name), Type: proto.Int32(attributeFloat), F: proto.Float32(v)}
}

// Int is an attribute of a node that holds an integer.
func Int(name string, v int64) *Attribute {
	return &Attribute{Name: proto.String(name), Type: proto.Int32(attributeInt), I: proto.Int64(v)}
}

// Ints is an attribute of a node that holds a list of integers.
func Ints(name string, v ...int64) *Attribute {
	return &Attribute{Name: proto.String(name), Type: proto.Int32(attributeInts), Ints: v}
}

// String is an attribute of a node that holds a word.
func String(name, v string) *Attribute {
	return &Attribute{Name: proto.String(name), Type: proto.Int32(attributeString), S: []byte(v)}
}

// Body is an attribute of a node that holds a graph.
func Body(name string, g *Graph) *Attribute {
	return &Attribute{Name: proto.String(name), Type: proto.Int32(attributeGraph), G: g}
}

// Int64s is a tensor of integers; no dims make a scalar.
func Int64s(name string, dims, v []int64) *Tensor {
	raw := make([]byte, 0, 8*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(x))
	}
	return tensor(name, element.Int64, dims, raw)
}

// Float32s is a tensor of numbers; no dims make a scalar.
func Float32s(name string, dims []int64, v []float32) *Tensor {
	raw := make([]byte, 0, 4*len(v))
	for _, x := range v {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
	}
	return tensor(name, element.Float32, dims, raw)
}

func tensor(name string, t element.Type, dims []int64, raw []byte) *Tensor {
	return &Tensor{Name: proto.String(name), DataType: proto.Int32(int32(t)), Dims: dims, RawData: raw}
}
