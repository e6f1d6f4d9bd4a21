package vision

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io/fs"
	"maps"
	"math"
	"slices"

	"pentimento/models/graph"
	"pentimento/models/preprocess"
	"pentimento/models/runtime"
	"pentimento/models/tokenizer"
)

// The names that exports of CLIP give to inputs and outputs.
const (
	idsInput    = "input_ids"      // [B, M]
	maskInput   = "attention_mask" // [B, M], 1 for tokens and 0 for padding
	imageOutput = "image_embeds"   // [B, width]
	textOutput  = "text_embeds"    // [B, width]
)

// A CLIP tells how well a picture shows what a text says (Radford et al.
// 2021). Similarity may be called by several goroutines at once.
type CLIP struct {
	networks []*network
	eye      preprocess.Preprocessor
	words    *tokenizer.Tokenizer
	digest   string
}

// OpenCLIP opens the model in a folder: model.onnx, or vision_model.onnx and
// text_model.onnx, with preprocessor_config.json and the tokenizer's files, which
// may be in a folder tokenizer.
func OpenCLIP(ctx context.Context, lib *runtime.Runtime, files fs.FS, threads int) (c *CLIP, err error) {
	c = &CLIP{}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open CLIP: %w", err), c.Close())
			c = nil
		}
	}()
	f := newFolder(files)
	if c.eye, err = f.eye(); err != nil {
		return c, err
	}
	if c.words, err = f.tokenizer(); err != nil {
		return c, err
	}
	graphs, err := f.clip()
	if err != nil {
		return c, err
	}
	for _, g := range graphs {
		if err := c.add(lib, g, threads); err != nil {
			return c, err
		}
	}
	c.digest = f.digest()
	_, err = c.Similarity(ctx, trial(c.eye), "a picture")
	return c, err
}

// tokenizer reads the tokenizer's files.
func (f *folder) tokenizer() (*tokenizer.Tokenizer, error) {
	files := f.files
	if info, err := fs.Stat(files, "tokenizer"); err == nil && info.IsDir() {
		if files, err = fs.Sub(files, "tokenizer"); err != nil {
			return nil, err
		}
	}
	t, err := tokenizer.Load(files)
	if err != nil {
		return nil, err
	}
	// What a text becomes depends on these two alone, and on what Load checks.
	inner := &folder{files, f.sum}
	for _, name := range []string{"vocab.json", "merges.txt"} {
		if _, err := inner.read(name, maxGraph); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// clip reads the graphs: one for both pictures and texts, or one for each.
func (f *folder) clip() ([]graphFile, error) {
	both, err := f.open("model.onnx")
	if !errors.Is(err, fs.ErrNotExist) {
		return []graphFile{both}, err
	}
	missing := err
	var out []graphFile
	for _, name := range []string{"vision_model.onnx", "text_model.onnx"} {
		one, err := f.open(name)
		if errors.Is(err, fs.ErrNotExist) {
			err = errors.Join(missing, err)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// add opens a graph for those of the two outputs that it has.
func (c *CLIP) add(lib *runtime.Runtime, file graphFile, threads int) error {
	for _, v := range file.graph.Inputs() {
		switch {
		case v.Name == pixelInput:
			if err := checkPixels(v, c.eye); err != nil {
				return err
			}
		case v.Name != idsInput && v.Name != maskInput || !v.Type.Int():
			return fmt.Errorf("%w: %s has the input %s, which CLIP has not", ErrNetwork, file.name, v)
		}
	}
	var outputs []string
	for _, v := range file.graph.Outputs() {
		if v.Name == imageOutput || v.Name == textOutput {
			if err := output(file, v.Name); err != nil {
				return err
			}
			outputs = append(outputs, v.Name)
		}
	}
	if len(outputs) == 0 {
		return fmt.Errorf("%w: %s has neither %s nor %s", ErrNetwork, file.name, imageOutput, textOutput)
	}
	n, err := openNetwork(lib, file, file.graph.Inputs(), outputs, threads)
	if err != nil {
		return err
	}
	c.networks = append(c.networks, n)
	return nil
}

// Digest names the model.
func (c *CLIP) Digest() string { return c.digest }

// Close frees the networks.
func (c *CLIP) Close() error {
	var all []error
	for _, n := range c.networks {
		all = append(all, n.session.Close())
	}
	return errors.Join(all...)
}

// Similarity is the cosine of the embeddings of a picture and a text, from −1
// to 1. A text that is longer than CLIP reads is cut.
func (c *CLIP) Similarity(ctx context.Context, picture image.Image, text string) (float64, error) {
	words := c.words.Encode(text)
	embeds := map[string]array{}
	for _, n := range c.networks {
		out, err := n.run(ctx, func(v graph.Value) (*runtime.Tensor, error) {
			if v.Name == pixelInput {
				return pixels(c.eye, v, picture)
			}
			return wordTensor(v, words)
		})
		if err != nil {
			return 0, fmt.Errorf("compare a picture with a text: %w", err)
		}
		maps.Copy(embeds, out)
	}
	return cosine(embeds[imageOutput], embeds[textOutput])
}

// wordTensor is the input of the text's ids, or of which of them are not padding.
func wordTensor(v graph.Value, words tokenizer.Encoding) (*runtime.Tensor, error) {
	values := make([]int64, len(words.IDs))
	for i, id := range words.IDs {
		switch {
		case v.Name == idsInput:
			values[i] = int64(id)
		case i < words.Length:
			values[i] = 1
		}
	}
	return runtime.IntTensor(v.Type, []int{1, len(values)}, values)
}

// cosine of two embeddings [1, width].
func cosine(a, b array) (float64, error) {
	if len(a.values) == 0 || !slices.Equal(a.shape, b.shape) || len(a.shape) != 2 || a.shape[0] != 1 {
		return 0, fmt.Errorf("%w: %s is %v and %s is %v, not both [1, width]", ErrNetwork, imageOutput, a.shape, textOutput, b.shape)
	}
	var aa, bb, ab float64
	for i, v := range a.values {
		x, y := float64(v), float64(b.values[i])
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	if cos := ab / math.Sqrt(aa*bb); cos >= -2 && cos <= 2 {
		return min(max(cos, -1), 1), nil
	}
	return 0, fmt.Errorf("%w: an embedding has no direction", ErrNetwork)
}
