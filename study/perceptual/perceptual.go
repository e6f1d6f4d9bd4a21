// Package perceptual measures how different two pictures look, by a network
// that somebody has exported to ONNX, such as LPIPS (Zhang et al. 2018).
//
// Such networks have weights of their own, and none is part of the program.
package perceptual

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"

	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
)

// A Distance is a network for two pictures. It may be used from several
// goroutines at once.
type Distance struct {
	session *runtime.Session
	digest  string
}

// ErrGraph says that a graph does not compare two pictures.
var ErrGraph = errors.New("not a network that compares two pictures")

// Open opens a graph with two inputs, float32 [1, 3, height, width] from −1 to
// 1, and one output of one float32. It runs on the CPU.
func Open(lib *runtime.Runtime, data []byte, threads int) (*Distance, error) {
	m, err := graph.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrGraph, err)
	}
	in, out := m.Inputs(), m.Outputs()
	if len(in) != 2 || len(out) != 1 {
		return nil, fmt.Errorf("%w: it has %d inputs and %d outputs, not two and one", ErrGraph, len(in), len(out))
	}
	for _, v := range in {
		if v.Type != element.Float32 || v.Ranked && len(v.Dims) != 4 {
			return nil, fmt.Errorf("%w: it takes %s, not float32 [1, 3, height, width]", ErrGraph, v)
		}
	}
	if out[0].Type != element.Float32 {
		return nil, fmt.Errorf("%w: it gives %s, not a float32", ErrGraph, out[0])
	}
	session, err := lib.Open(runtime.Graph{Data: data}, runtime.SessionOptions{
		Inputs: []string{in[0].Name, in[1].Name}, Outputs: []string{out[0].Name}, Device: runtime.Device{Provider: runtime.CPU}, Threads: threads,
	})
	if err != nil {
		return nil, fmt.Errorf("open the network that compares pictures: %w", err)
	}
	sum := sha256.Sum256(data)
	return &Distance{session, hex.EncodeToString(sum[:])}, nil
}

// Digest names the network.
func (d *Distance) Digest() string { return d.digest }

// Close frees the network.
func (d *Distance) Close() error { return d.session.Close() }

// Between is the distance of two pictures of one size.
func (d *Distance) Between(ctx context.Context, a, b *image.NRGBA) (distance float64, err error) {
	var in []*runtime.Tensor
	out := []*runtime.Tensor{nil}
	defer func() {
		for _, t := range append(in, out...) {
			if t != nil {
				err = errors.Join(err, t.Destroy())
			}
		}
	}()
	for _, picture := range []*image.NRGBA{a, b} {
		t, err := runtime.FloatTensor(element.Float32, []int{1, 3, picture.Rect.Dy(), picture.Rect.Dx()}, preprocess.Planes(picture))
		if err != nil {
			return 0, err
		}
		in = append(in, t)
	}
	if err := d.session.Run(ctx, in, out); err != nil {
		return 0, fmt.Errorf("compare pictures: %w", err)
	}
	values := out[0].Floats()
	if len(values) != 1 {
		return 0, fmt.Errorf("%w: it gave %d numbers, not one", ErrGraph, len(values))
	}
	return float64(values[0]), nil
}
