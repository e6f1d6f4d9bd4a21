package models

import (
	"errors"
	"math"
	"slices"
	"unsafe"

	"pentimento/models/element"
	"pentimento/models/runtime"
)

// A feed is an input of the UNet as numbers: either floats or ints, by its type.
type feed struct {
	name   string
	typ    element.Type
	shape  []int
	floats []float32
	ints   []int64
	// lasting: nobody changes the numbers any more. They may be a hundred megabytes,
	// and are known again by where they are.
	lasting bool
}

// tensor makes the feed's tensor, which may use its numbers without a copy.
func (f feed) tensor() (*runtime.Tensor, error) {
	if f.typ.Int() {
		return runtime.IntTensor(f.typ, f.shape, f.ints)
	}
	return runtime.FloatTensor(f.typ, f.shape, f.floats)
}

// tensorsOf makes the tensors of all feeds, or none.
func tensorsOf(feeds []feed) ([]*runtime.Tensor, error) {
	var tensors []*runtime.Tensor
	for _, f := range feeds {
		t, err := f.tensor()
		if err != nil {
			return nil, errors.Join(err, destroy(tensors))
		}
		tensors = append(tensors, t)
	}
	return tensors, nil
}

// held is the feed with numbers that stay as they are.
func (f feed) held() feed {
	f.shape = slices.Clone(f.shape)
	if !f.lasting {
		f.floats, f.ints = slices.Clone(f.floats), slices.Clone(f.ints)
	}
	return f
}

// equals reports whether two feeds of one input are the same bits.
func (f feed) equals(g feed) bool {
	switch {
	case f.typ != g.typ || !slices.Equal(f.shape, g.shape):
		return false
	case f.lasting || g.lasting:
		return f.lasting && g.lasting && len(f.floats) == len(g.floats) && unsafe.SliceData(f.floats) == unsafe.SliceData(g.floats)
	}
	return slices.Equal(f.ints, g.ints) && slices.EqualFunc(f.floats, g.floats, func(a, b float32) bool {
		return math.Float32bits(a) == math.Float32bits(b)
	})
}

// bytes is how large the feed's tensor is.
func (f feed) bytes() int64 { return bytesOf(f.typ, f.shape) }

func bytesOf(typ element.Type, shape []int) int64 {
	n := int64(4)
	switch typ {
	case element.Float16:
		n = 2
	case element.Float64, element.Int64:
		n = 8
	}
	for _, d := range shape {
		n *= int64(d)
	}
	return n
}
