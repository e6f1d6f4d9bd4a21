package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"math"

	"gonum.org/v1/gonum/mat"

	"pentimento/models/graph"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
)

// The outputs that hold features of patches, the first that there is: keys of
// an attention layer, as papers take them, or what most exports have.
const (
	keysOutput   = "keys"              // [1, tokens, width], or [1, heads, tokens, width]
	hiddenOutput = "last_hidden_state" // [1, tokens, width]
)

// maxTokens bounds the patches of a picture: their similarities are a matrix.
const maxTokens = 1 << 12

// A Structure is a network that gives features of the patches of a picture,
// such as DINO (Caron et al. 2021). Of may be called by several goroutines at
// once.
type Structure struct {
	network *network
	output  string
	eye     preprocess.Preprocessor
	digest  string
}

// OpenStructure opens the network in a folder: model.onnx, which takes a
// picture and gives features, and preprocessor_config.json.
func OpenStructure(ctx context.Context, lib *runtime.Runtime, files fs.FS, threads int) (s *Structure, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("open the network for the structure of pictures: %w", err)
		}
	}()
	f := newFolder(files)
	s = &Structure{}
	if s.eye, err = f.eye(); err != nil {
		return nil, err
	}
	file, err := f.open("model.onnx")
	if err != nil {
		return nil, err
	}
	in := file.graph.Inputs()
	if len(in) != 1 {
		return nil, fmt.Errorf("%w: %s has %d inputs, not one for a picture", ErrNetwork, file.name, len(in))
	}
	if err := checkPixels(in[0], s.eye); err != nil {
		return nil, err
	}
	if s.output, err = featuresOf(file); err != nil {
		return nil, err
	}
	if s.network, err = openNetwork(lib, file, in, []string{s.output}, threads); err != nil {
		return nil, err
	}
	s.digest = f.digest()
	if _, err := s.Of(ctx, trial(s.eye)); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", file.name, err), s.Close())
	}
	return s, nil
}

// featuresOf finds the output with the features of patches.
func featuresOf(file graphFile) (string, error) {
	outputs := file.graph.Outputs()
	if len(outputs) == 1 {
		return outputs[0].Name, output(file, outputs[0].Name)
	}
	for _, v := range outputs {
		if v.Name == keysOutput {
			return keysOutput, output(file, keysOutput)
		}
	}
	return hiddenOutput, output(file, hiddenOutput)
}

// Digest names the network.
func (s *Structure) Digest() string { return s.digest }

// Close frees the network.
func (s *Structure) Close() error { return s.network.session.Close() }

// An Arrangement is how alike any two patches of a picture are: the cosines of
// their features. [tokens, tokens]
type Arrangement struct{ cosines *mat.SymDense }

// Of returns the arrangement of a picture.
func (s *Structure) Of(ctx context.Context, picture image.Image) (Arrangement, error) {
	out, err := s.network.run(ctx, func(v graph.Value) (*runtime.Tensor, error) { return pixels(s.eye, v, picture) })
	if err != nil {
		return Arrangement{}, fmt.Errorf("see the structure of a picture: %w", err)
	}
	features, err := tokens(out[s.output])
	if err != nil {
		return Arrangement{}, err
	}
	return arrange(features), nil
}

// tokens brings features into the form [tokens, width]; those of several heads
// are joined.
func tokens(a array) (*mat.Dense, error) {
	heads, shape := 1, a.shape
	if len(shape) == 4 {
		heads, shape = shape[1], append(shape[:1:1], shape[2:]...)
	}
	if len(shape) != 3 || shape[0] != 1 || shape[1] < 2 || shape[1] > maxTokens || shape[2] < 1 || heads < 1 {
		return nil, fmt.Errorf("%w: it gives %v numbers, not [1, tokens, width] of 2 to %d tokens", ErrNetwork, a.shape, maxTokens)
	}
	n, width := shape[1], shape[2]
	out := mat.NewDense(n, heads*width, nil)
	for i, v := range a.values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return nil, fmt.Errorf("%w: it gives numbers that are none", ErrNetwork)
		}
		head, token, column := i/(n*width), i/width%n, i%width
		out.Set(token, head*width+column, float64(v))
	}
	return out, nil
}

// arrange takes the cosines of all pairs of rows. A row of zeros is like none.
func arrange(features *mat.Dense) Arrangement {
	n, _ := features.Dims()
	for i := range n {
		row := features.RowView(i).(*mat.VecDense)
		if length := mat.Norm(row, 2); length > 0 {
			row.ScaleVec(1/length, row)
		}
	}
	var a Arrangement
	a.cosines = mat.NewSymDense(n, nil)
	a.cosines.SymOuterK(1, features)
	return a
}

// Distance is the self-similarity distance of two pictures that one network
// has seen: the mean squared difference of their cosines (Tumanyan et al.
// 2022, eq. 4, as PIE-Bench takes the mean).
func (a Arrangement) Distance(b Arrangement) float64 {
	n := a.cosines.SymmetricDim()
	sum := 0.
	for i := range n {
		for k := range n {
			d := a.cosines.At(i, k) - b.cosines.At(i, k)
			sum += d * d
		}
	}
	return sum / float64(n*n)
}
