// Package safety tells which pictures should not be shown: it runs the safety
// checker that Stable Diffusion's repositories have beside the model, which
// compares a picture's CLIP embedding with those of unwanted concepts.
//
// Start with [Open] and [Checker.Unsafe].
package safety

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"pentimento/files"
	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
)

// The files of a checker: as in a repository of Stable Diffusion, or the two
// alone in a folder.
func layouts() [2][2]string {
	return [2][2]string{
		{"safety_checker/model.onnx", "feature_extractor/preprocessor_config.json"},
		{"model.onnx", "preprocessor_config.json"},
	}
}

// Limits on the files.
const (
	maxGraphBytes  = 2 << 30 // protobuf's own
	maxConfigBytes = 1 << 20
)

// The names that diffusers' export gives to inputs and output.
const (
	clipInput  = "clip_input"        // [B, 3, side, side]
	imageInput = "images"            // [B, height, width, 3], blackened if unsafe; not used here
	verdict    = "has_nsfw_concepts" // [B]
	anySide    = 8                   // of the picture that is fed and not used
	wrongGraph = "it is no safety checker as diffusers exports it"
)

// Options say how a checker is opened.
type Options struct {
	// Runtime is ONNX Runtime, loaded.
	Runtime *runtime.Runtime
	// Threads of one run; 0 fits the machine.
	Threads int
}

// A Checker is an open safety checker. Unsafe may be called by several
// goroutines at once.
type Checker struct {
	session *runtime.Session
	clip    preprocess.Preprocessor
	typ     element.Type // of clip_input

	pictures *graph.Value // the input "images", if there is one
}

// Open opens the checker in a folder. It runs on the CPU: the GPU is the
// model's. An error names the file at fault.
func Open(dir string, o Options) (*Checker, error) {
	for _, layout := range layouts() {
		model := filepath.Join(dir, filepath.FromSlash(layout[0]))
		if _, err := os.Stat(model); err == nil {
			c, err := open(model, filepath.Join(dir, filepath.FromSlash(layout[1])), o)
			if err != nil {
				return nil, fmt.Errorf("open the safety checker: %w", err)
			}
			return c, nil
		}
	}
	return nil, fmt.Errorf("open the safety checker: %s holds neither %s nor %s", dir, layouts()[0][0], layouts()[1][0])
}

func open(model, config string, o Options) (*Checker, error) {
	settings, err := readFile(config, maxConfigBytes)
	if err != nil {
		return nil, err
	}
	c := &Checker{}
	if c.clip, err = preprocess.Parse(settings); err != nil {
		return nil, fmt.Errorf("%s: %w", config, err)
	}
	data, err := readFile(model, maxGraphBytes)
	if err != nil {
		return nil, err
	}
	parsed, err := graph.Parse(data)
	if err == nil {
		err = c.examine(parsed)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	inputs := []string{clipInput}
	if c.pictures != nil {
		inputs = append(inputs, imageInput)
	}
	c.session, err = o.Runtime.Open(runtime.Graph{Path: model}, runtime.SessionOptions{
		Inputs: inputs, Outputs: []string{verdict}, Device: runtime.Device{Provider: runtime.CPU}, Threads: o.Threads,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", model, err)
	}
	return c, nil
}

// examine finds the inputs and the output of the graph.
func (c *Checker) examine(m *graph.Model) error {
	for _, in := range m.Inputs() {
		typ := in.Type
		switch {
		case !typ.Float():
			return fmt.Errorf("%s: the input %s", wrongGraph, in)
		case in.Name == clipInput:
			c.typ = typ
			for i, want := range []int{0, 3, c.clip.Side(), c.clip.Side()} {
				if i > 0 && len(in.Dims) == 4 && in.Dims[i].Fixed() && in.Dims[i].Size != int64(want) {
					return fmt.Errorf("%s: the input %s, and pictures are made %d×%d", wrongGraph, in, c.clip.Side(), c.clip.Side())
				}
			}
		case in.Name == imageInput:
			c.pictures = &in
		default:
			return fmt.Errorf("%s: the input %s", wrongGraph, in)
		}
	}
	if c.typ == 0 {
		return fmt.Errorf("%s: there is no input %s", wrongGraph, clipInput)
	}
	found := slices.ContainsFunc(m.Outputs(), func(v graph.Value) bool { return v.Name == verdict && v.Type == element.Bool })
	if !found {
		return fmt.Errorf("%s: there is no output %s of truth values", wrongGraph, verdict)
	}
	return nil
}

// Unsafe reports whether the picture should not be shown.
func (c *Checker) Unsafe(ctx context.Context, picture image.Image) (unsafe bool, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("check a picture: %w", err)
		}
	}()
	seen, err := c.clip.Planes(picture)
	if err != nil {
		return false, err
	}
	in, err := c.inputs(seen)
	defer func() {
		for _, t := range in {
			err = errors.Join(err, t.Destroy())
		}
	}()
	if err != nil {
		return false, err
	}
	out := []*runtime.Tensor{nil}
	if err := c.session.Run(ctx, in, out); err != nil {
		return false, err
	}
	found := slices.Clone(out[0].Bools())
	if err := out[0].Destroy(); err != nil {
		return false, err
	}
	if len(found) != 1 {
		return false, fmt.Errorf("%d answers for one picture", len(found))
	}
	return found[0], nil
}

// inputs makes the tensors of a run.
func (c *Checker) inputs(seen []float32) ([]*runtime.Tensor, error) {
	clip, err := runtime.FloatTensor(c.typ, []int{1, 3, c.clip.Side(), c.clip.Side()}, seen)
	if err != nil {
		return nil, err
	}
	in := []*runtime.Tensor{clip}
	if c.pictures == nil {
		return in, nil
	}
	shape := []int{1, anySide, anySide, 3}
	for i := range shape {
		if i > 0 && len(c.pictures.Dims) == 4 && c.pictures.Dims[i].Fixed() {
			shape[i] = int(min(c.pictures.Dims[i].Size, preprocess.MaxSide))
		}
	}
	black, err := runtime.FloatTensor(c.pictures.Type, shape, make([]float32, shape[1]*shape[2]*shape[3]))
	if err != nil {
		return in, err
	}
	return append(in, black), nil
}

// Close waits for the runs under way and frees the checker.
func (c *Checker) Close() error { return c.session.Close() }

// readFile reads a file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, error) {
	data, err := files.ReadFile(path, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing", path)
	}
	return data, err
}
