package attention

import (
	"encoding/binary"
	"errors"
	"math"
)

// A Coding is a way to write maps as bytes for a [Store].
type Coding byte

const (
	// Exact keeps every bit. The four bytes of the numbers are written one
	// plane after the other: the one with the exponents is what compresses.
	Exact Coding = iota
	// Quantised keeps 8 bits of every probability: the square root of its share
	// of the largest one in its row. An edit from such maps is within a level
	// or two of the exact one (docs/decisions has the measurements), and so
	// another picture than its recipe gives elsewhere.
	Quantised
)

// How a layer's maps are written in a step's payload.
const (
	layerMissing   = 0
	layerExact     = 1
	layerQuantised = 2
)

var errPayload = errors.New("the payload does not fit the trace's shape")

// writeLatents appends latents, predictions and means to a payload.
func writeLatents(out []byte, t *Trace) []byte {
	for _, part := range [][][]float32{t.Latents, t.Predictions, t.Means} {
		for _, x := range part {
			out = writeExact(out, x)
		}
	}
	return out
}

// readLatents reads what writeLatents wrote, all of it.
func readLatents(in []byte, s Shape, t *Trace) error {
	if len(in) != s.LatentsBytes() {
		return errPayload
	}
	read := func(n, size int) [][]float32 {
		out := make([][]float32, n)
		for i := range out {
			out[i] = readExact(in[:4*size], size)
			in = in[4*size:]
		}
		return out
	}
	t.Latents = read(s.Steps+1, s.Latents)
	if s.Remembers {
		t.Predictions = read(s.Steps, s.Latents)
	}
	t.Means = read(s.Steps, s.Means)
	return nil
}

// mapsPayload is the length of the longest payload of a step.
func (s Shape) mapsPayload() int {
	n := len(s.Layers)
	for _, l := range s.Layers {
		n += 4 * l.Size
	}
	return n
}

// writeMaps appends a step's maps to a payload: a byte for every layer that
// says how it is written, then the layers.
func writeMaps(out []byte, maps [][]float32, s Shape, c Coding) []byte {
	how := len(out)
	out = append(out, make([]byte, len(s.Layers))...)
	for l, x := range maps {
		switch {
		case x == nil:
		case c == Quantised && quantisable(x):
			out[how+l] = layerQuantised
			out = writeQuantised(out, x, s.Layers[l].Keys)
		default:
			out[how+l] = layerExact
			out = writeExact(out, x)
		}
	}
	return out
}

// readMaps reads what writeMaps wrote, all of it.
func readMaps(in []byte, s Shape) ([][]float32, error) {
	if len(in) < len(s.Layers) {
		return nil, errPayload
	}
	how, in := in[:len(s.Layers)], in[len(s.Layers):]
	maps := make([][]float32, len(s.Layers))
	for l, layer := range s.Layers {
		var n int
		switch {
		case how[l] == layerMissing:
			continue
		case layer.Size == 0:
			return nil, errPayload
		case how[l] == layerExact:
			n = 4 * layer.Size
		case how[l] == layerQuantised:
			n = layer.Size + 4*(layer.Size/layer.Keys)
		default:
			return nil, errPayload
		}
		if len(in) < n {
			return nil, errPayload
		}
		if how[l] == layerExact {
			maps[l] = readExact(in[:n], layer.Size)
		} else {
			maps[l] = readQuantised(in[:n], layer)
		}
		in = in[n:]
	}
	if len(in) > 0 {
		return nil, errPayload
	}
	return maps, nil
}

// writeExact writes numbers as four planes of bytes, the lowest first.
func writeExact(out []byte, x []float32) []byte {
	start, n := len(out), len(x)
	out = append(out, make([]byte, 4*n)...)
	planes := out[start:]
	for i, v := range x {
		b := math.Float32bits(v)
		planes[i], planes[n+i], planes[2*n+i], planes[3*n+i] = byte(b), byte(b>>8), byte(b>>16), byte(b>>24)
	}
	return out
}

func readExact(in []byte, n int) []float32 {
	x := make([]float32, n)
	a, b, c, d := in[:n], in[n:2*n], in[2*n:3*n], in[3*n:4*n]
	for i := range x {
		x[i] = math.Float32frombits(uint32(a[i]) | uint32(b[i])<<8 | uint32(c[i])<<16 | uint32(d[i])<<24)
	}
	return x
}

// quantisable reports whether all numbers are probabilities, or at least like
// them: words of negative weight have maps below zero.
func quantisable(x []float32) bool {
	for _, v := range x {
		if !(v >= 0) || v > math.MaxFloat32 {
			return false
		}
	}
	return true
}

// writeQuantised writes the largest number of every row and then all numbers
// as round(255·√(v/largest)). The root spends the codes on the many small
// probabilities; rows differ in their largest by orders of magnitude.
func writeQuantised(out []byte, x []float32, keys int) []byte {
	start, rows := len(out), len(x)/keys
	out = append(out, make([]byte, 4*rows+len(x))...)
	scales, codes := out[start:start+4*rows], out[start+4*rows:]
	for r := range rows {
		row := x[r*keys : (r+1)*keys]
		var largest float32
		for _, v := range row {
			largest = max(largest, v)
		}
		binary.LittleEndian.PutUint32(scales[4*r:], math.Float32bits(largest))
		if largest == 0 {
			continue
		}
		for i, v := range row {
			codes[r*keys+i] = byte(255*float32(math.Sqrt(float64(v/largest))) + .5)
		}
	}
	return out
}

func readQuantised(in []byte, layer Layer) []float32 {
	rows := layer.Size / layer.Keys
	scales, codes := in[:4*rows], in[4*rows:]
	x := make([]float32, layer.Size)
	for r := range rows {
		scale := math.Float32frombits(binary.LittleEndian.Uint32(scales[4*r:])) / (255 * 255)
		row := x[r*layer.Keys : (r+1)*layer.Keys]
		for i, code := range codes[r*layer.Keys : (r+1)*layer.Keys] {
			row[i] = float32(int(code)*int(code)) * scale
		}
	}
	return x
}
