package checkpoint

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// ErrMissing says that a file lacks a part or a tensor.
var ErrMissing = errors.New("is missing")

// A Part is a network of a model, named as diffusers names its folder.
type Part string

// The parts. PartText2 is the second text encoder of SDXL, PartTiny is a TAESD.
const (
	PartUNet  Part = "unet"
	PartVAE   Part = "vae"
	PartText  Part = "text_encoder"
	PartText2 Part = "text_encoder_2"
	PartTiny  Part = "tiny_vae"
)

// String says the part in words.
func (p Part) String() string {
	switch p {
	case PartUNet:
		return "UNet"
	case PartVAE:
		return "VAE"
	case PartText:
		return "text encoder"
	case PartText2:
		return "second text encoder"
	case PartTiny:
		return "tiny VAE"
	}
	return string(p)
}

// Weights are the tensors of a part under the names that diffusers'
// UNet2DConditionModel, AutoencoderKL and AutoencoderTiny and transformers'
// CLIPTextModelWithProjection give them, whichever names the file has.
type Weights struct {
	part    Part
	path    string
	tensors map[string]Tensor
	unknown []string
	// nodes are the beginnings of the names up to a point.
	nodes    map[string]bool
	openCLIP bool
}

// A naming is where the tensors of a part are in a file.
type naming struct {
	prefix string
	// marker is a tensor that is there if the naming is the file's.
	marker   string
	rules    []rule
	openCLIP bool
}

// Part finds a part in a file: in one that holds a whole model, in one that
// holds the part alone, or in one of a diffusers folder. [ErrMissing] says that
// the part is not there.
func (f *File) Part(p Part) (*Weights, error) {
	for _, n := range f.namings(p) {
		if _, ok := f.tensors[n.prefix+n.marker]; ok {
			return f.weights(p, n)
		}
	}
	return nil, failed(f.path, fmt.Errorf("the %s %w", p, ErrMissing))
}

func (f *File) has(p Part) bool {
	return slices.ContainsFunc(f.namings(p), func(n naming) bool { _, ok := f.tensors[n.prefix+n.marker]; return ok })
}

func (f *File) namings(p Part) []naming {
	switch p {
	case PartUNet:
		return []naming{
			{prefix: "model.diffusion_model.", marker: "input_blocks.0.0.weight", rules: unetRules(f.perLevel("model.diffusion_model."))},
			{marker: "input_blocks.0.0.weight", rules: unetRules(f.perLevel(""))},
			{marker: "time_embedding.linear_1.weight", rules: unetRules(1)},
			{prefix: "unet.", marker: "time_embedding.linear_1.weight", rules: unetRules(1)},
		}
	case PartVAE:
		var all []naming
		for _, prefix := range []string{"first_stage_model.", "vae.", ""} {
			rules := vaeRules(f.count(prefix + "decoder.up."))
			all = append(all, naming{prefix: prefix, marker: "decoder.conv_in.weight", rules: rules},
				naming{prefix: prefix, marker: "encoder.conv_in.weight", rules: rules})
		}
		return all
	case PartText:
		return append(slices.Concat(
			clipNamings("cond_stage_model.transformer."), clipNamings("conditioner.embedders.0.transformer."),
			[]naming{{prefix: "cond_stage_model.model.", marker: "token_embedding.weight", rules: f.sd2Rules(), openCLIP: true}},
			clipNamings("text_encoder."), clipNamings(""),
		), naming{marker: "token_embedding.weight", rules: openCLIPRules(), openCLIP: true})
	case PartText2:
		return append(slices.Concat(
			[]naming{{prefix: "conditioner.embedders.1.model.", marker: "token_embedding.weight", rules: openCLIPRules(), openCLIP: true}},
			clipNamings("text_encoder_2."), clipNamings(""),
		), naming{marker: "token_embedding.weight", rules: openCLIPRules(), openCLIP: true})
	case PartTiny:
		return []naming{
			{marker: "decoder.layers.0.weight", rules: tinyRules()},
			{marker: "encoder.layers.0.weight", rules: tinyRules()},
			{marker: "taesd_decoder.1.weight", rules: tinyRules()},
			{marker: "taesd_encoder.0.weight", rules: tinyRules()},
			{marker: "decoder.1.weight", rules: tinyRules()},
			{marker: "encoder.0.weight", rules: tinyRules()},
			{marker: "1.conv.0.weight", rules: tinyHalfRules(false)},
			{marker: "3.conv.0.weight", rules: tinyHalfRules(true)},
		}
	}
	return nil
}

func clipNamings(prefix string) []naming {
	const embedding = "embeddings.token_embedding.weight"
	return []naming{
		{prefix: prefix, marker: "text_model." + embedding, rules: clipRules()},
		{prefix: prefix, marker: embedding, rules: clipRules()},
	}
}

// sd2Rules leave the last layer out if the file has all 24 of OpenCLIP's ViT-H.
// Tools that convert a diffusers folder write the 23 that are used.
func (f *File) sd2Rules() []rule {
	if f.count("cond_stage_model.model.transformer.resblocks.") == 24 {
		return penultimateRules()
	}
	return openCLIPRules()
}

// perLevel is the number of layers in a level of a UNet with the original
// names: the first layer that halves the size is a level's last.
func (f *File) perLevel(prefix string) int {
	n := f.count(prefix + "input_blocks.")
	for i := 1; i < n; i++ {
		if _, ok := f.tensors[fmt.Sprintf("%sinput_blocks.%d.0.op.weight", prefix, i)]; ok {
			return i
		}
	}
	return max(n, 1)
}

// count is the number of layers whose names begin with prefix and go on with a
// number: one more than the highest.
func (f *File) count(prefix string) int {
	count := 0
	for name := range f.tensors {
		after, ok := strings.CutPrefix(name, prefix)
		if !ok {
			continue
		}
		number, _, _ := strings.Cut(after, ".")
		if n, err := strconv.Atoi(number); err == nil && n >= 0 && n < maxLevels*maxLevels {
			count = max(count, n+1)
		}
	}
	return count
}

// weights gives the part's tensors their names here.
func (f *File) weights(p Part, n naming) (*Weights, error) {
	w := &Weights{part: p, path: f.path, tensors: map[string]Tensor{}, nodes: map[string]bool{}, openCLIP: n.openCLIP}
	for _, name := range f.Names() {
		inside, ok := strings.CutPrefix(name, n.prefix)
		if !ok {
			continue
		}
		named, known, err := place(n.rules, inside, f.tensors[name])
		if err != nil {
			return nil, err
		}
		if !known {
			w.unknown = append(w.unknown, name)
		}
		for to, t := range named {
			if other, twice := w.tensors[to]; twice {
				return nil, failed(f.path, fmt.Errorf("%q and %q are the same tensor of the %s", other.Name, name, p))
			}
			w.add(to, t)
		}
	}
	return w, nil
}

func (w *Weights) add(name string, t Tensor) {
	w.tensors[name] = t
	for i, c := range name {
		if c == '.' {
			w.nodes[name[:i]] = true
		}
	}
}

// Path is the path of the file that the part is in, as it was opened.
func (w *Weights) Path() string { return w.path }

// Tensor is a tensor by its name here. [ErrMissing] says that the file lacks
// it.
func (w *Weights) Tensor(name string) (Tensor, error) {
	t, ok := w.tensors[name]
	if !ok {
		return Tensor{}, failed(w.path, fmt.Errorf("tensor %q of the %s %w", name, w.part, ErrMissing))
	}
	return t, nil
}

// Has reports whether there is a tensor of that name.
func (w *Weights) Has(name string) bool { _, ok := w.tensors[name]; return ok }

// Names are the tensors' names here, sorted.
func (w *Weights) Names() []string { return slices.Sorted(maps.Keys(w.tensors)) }

// Unknown are the tensors beside the part's, by the file's names: nothing uses
// them. In a file that holds other things under no prefix they are among them.
func (w *Weights) Unknown() []string { return w.unknown }

// count is the number of layers under a name: prefix.0, prefix.1, …
func (w *Weights) count(prefix string) int {
	n := 0
	for n < maxLevels*maxLevels && w.nodes[fmt.Sprintf("%s.%d", prefix, n)] {
		n++
	}
	return n
}
