package hub

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Wish says what of a repository is wanted.
type Wish struct {
	// Files are names or patterns as in [path.Match]; none for what a model
	// needs.
	Files []string
	// Variant is what diffusers calls so: fp16, for instance. "" for none.
	Variant string
}

// Choose gives the files that are wanted, the smallest part of a repository that
// makes a model: of a diffusers folder every part once, as .safetensors, or as
// ONNX where there is nothing else; otherwise its one .safetensors file. Errors
// list what there is to choose from.
func (r *Repository) Choose(w Wish) ([]File, error) {
	switch {
	case len(w.Files) > 0:
		return r.named(w.Files)
	case r.has(modelIndex), r.has("unet/model.onnx"):
		return r.chooseFolder(w.Variant)
	}
	return r.chooseSingle(w.Variant)
}

// modelIndex is the file that makes a folder one of diffusers'.
const modelIndex = "model_index.json"

func (r *Repository) has(name string) bool {
	return slices.ContainsFunc(r.Files, func(f File) bool { return f.Name == name })
}

// named gives the files of those names.
func (r *Repository) named(patterns []string) ([]File, error) {
	wanted := map[string]bool{}
	for _, pattern := range patterns {
		found := false
		for _, f := range r.Files {
			matches, err := path.Match(pattern, f.Name)
			if err != nil {
				return nil, fmt.Errorf("%q is no pattern of names: %w", pattern, err)
			}
			if f.Name == pattern || matches {
				wanted[f.Name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s has no file %s; it has\n%s", r.Ref, pattern, table(r.Files))
		}
	}
	return r.only(func(f File) bool { return wanted[f.Name] }), nil
}

// only gives the files that pass.
func (r *Repository) only(pass func(File) bool) []File {
	var files []File
	for _, f := range r.Files {
		if pass(f) {
			files = append(files, f)
		}
	}
	return files
}

// chooseSingle gives the one checkpoint of a repository that is no folder.
func (r *Repository) chooseSingle(variant string) ([]File, error) {
	found := r.only(func(f File) bool {
		return path.Ext(f.Name) == ".safetensors" && (variant == "" || strings.Contains(path.Base(f.Name), variant))
	})
	switch {
	case len(found) == 1:
		return found, nil
	case len(found) > 1:
		return nil, fmt.Errorf("%s has several models: name the one that you want, as in \"pentimento models get %s %s\"; there are\n%s",
			r.Ref, r.Ref, found[0].Name, table(found))
	case variant != "":
		return nil, fmt.Errorf("%s has no .safetensors file with %q in its name; it has\n%s", r.Ref, variant, table(r.Files))
	}
	pickled := r.only(func(f File) bool { return slices.Contains([]string{".ckpt", ".pt", ".pth", ".bin"}, path.Ext(f.Name)) })
	if len(pickled) > 0 {
		return nil, fmt.Errorf("%s has no .safetensors file, only such as can run code when they are opened: look for another copy of the model; it has\n%s", r.Ref, table(pickled))
	}
	return nil, fmt.Errorf("%s has no model that can be used: neither a diffusers folder nor a .safetensors file; it has\n%s", r.Ref, table(r.Files))
}

// A component is a folder of a diffusers model that has weights.
type component struct {
	name   string
	config []File
	// tensors are its .safetensors files by variant, with their indices.
	tensors map[string][]File
	onnx    []File
}

// chooseFolder gives what a diffusers folder needs.
func (r *Repository) chooseFolder(variant string) ([]File, error) {
	parts := r.parts()
	onnx := !slices.ContainsFunc(parts, func(p component) bool { return p.name == "unet" && len(p.tensors) > 0 })
	if onnx && !r.has("unet/model.onnx") {
		return nil, fmt.Errorf("%s has a diffusers folder without a UNet as .safetensors or ONNX: files of other kinds can run code, or belong to another framework; it has\n%s", r.Ref, table(r.Files))
	}
	if err := checkVariant(parts, variant, onnx); err != nil {
		return nil, fmt.Errorf("%s %w", r.Ref, err)
	}
	wanted := map[string]bool{}
	for _, p := range parts {
		weights := p.onnx
		if !onnx {
			weights = p.of(variant)
		}
		for _, f := range append(p.config, weights...) {
			wanted[f.Name] = true
		}
	}
	return r.only(func(f File) bool { return wanted[f.Name] || r.small(f) }), nil
}

// small reports files without weights: the index, the vocabulary of a model with
// few words, the tokenizers' and the scheduler's.
func (r *Repository) small(f File) bool {
	folder, base := path.Split(f.Name)
	switch folder {
	case "tokenizer/", "tokenizer_2/":
		return path.Ext(base) == ".json" || path.Ext(base) == ".txt"
	case "scheduler/":
		return path.Ext(base) == ".json"
	}
	return f.Name == modelIndex || f.Name == "vocabulary.json"
}

// parts finds the parts that drawing needs. The ONNX kind has the VAE in two.
func (r *Repository) parts() []component {
	var parts []component
	for _, name := range []string{"unet", "vae", "vae_decoder", "vae_encoder", "text_encoder", "text_encoder_2"} {
		p := component{name: name, tensors: map[string][]File{}}
		for _, f := range r.Files {
			base, inside := strings.CutPrefix(f.Name, name+"/")
			if !inside || strings.Contains(base, "/") {
				continue
			}
			variant, tensors := variantOf(base)
			switch {
			case base == "config.json":
				p.config = append(p.config, f)
			case tensors:
				p.tensors[variant] = append(p.tensors[variant], f)
			case base == "model.onnx" || external(base):
				p.onnx = append(p.onnx, f)
			}
		}
		parts = append(parts, p)
	}
	return parts
}

// external reports whether a file may hold weights of an ONNX graph beside it.
// Exporters give those any name, such as a tensor's.
func external(base string) bool {
	switch path.Ext(base) {
	case ".onnx", ".safetensors", ".bin", ".ckpt", ".pt", ".pth", ".msgpack", ".h5", ".xml", ".json", ".txt", ".md", ".engine", ".blob":
		return false
	}
	return true
}

// variantOf reads the variant out of the name of a .safetensors file or of an index
// of several, as diffusers writes them: model.fp16.safetensors,
// model.fp16-00001-of-00002.safetensors, model-00001-of-00002.fp16.safetensors and
// model.safetensors.index.fp16.json.
func variantOf(base string) (variant string, tensors bool) {
	form := regexp.MustCompile(`^(?:diffusion_pytorch_model|model)(?:\.([a-z0-9_]+))?(?:-\d{5}-of-\d{5})?(?:\.([a-z0-9_]+))?\.safetensors(?:\.index(?:\.([a-z0-9_]+))?\.json)?$`)
	found := form.FindStringSubmatch(base)
	if found == nil {
		return "", false
	}
	return strings.Join(found[1:], ""), true
}

// of gives the weights of a variant, the plain ones where there are none, and what
// there is where there are no plain ones.
func (p component) of(variant string) []File {
	if files := p.tensors[variant]; len(files) > 0 {
		return files
	}
	if files := p.tensors[""]; len(files) > 0 {
		return files
	}
	for _, name := range p.variants() {
		return p.tensors[name]
	}
	return nil
}

// variants names those that the part has, the plain one not.
func (p component) variants() []string {
	var names []string
	for name := range p.tensors {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkVariant refuses a variant that no part has.
func checkVariant(parts []component, variant string, onnx bool) error {
	if variant == "" {
		return nil
	}
	if onnx {
		return errors.New("is an ONNX model, of which there are no variants: leave out --variant")
	}
	var all []string
	for _, p := range parts {
		all = append(all, p.variants()...)
	}
	slices.Sort(all)
	switch all = slices.Compact(all); {
	case slices.Contains(all, variant):
		return nil
	case len(all) == 0:
		return fmt.Errorf("has no variants, and so no %q: leave out --variant", variant)
	}
	return fmt.Errorf("has no variant %q; it has %s", variant, strings.Join(all, ", "))
}

// maxListed is how many files an error lists.
const maxListed = 30

// table lists files with their sizes.
func table(files []File) string {
	var lines []string
	for i, f := range files {
		if i == maxListed {
			lines = append(lines, fmt.Sprintf("  and %d more", len(files)-i))
			break
		}
		lines = append(lines, fmt.Sprintf("  %s  (%s)", f.Name, Bytes(f.Size)))
	}
	if len(lines) == 0 {
		return "  nothing"
	}
	return strings.Join(lines, "\n")
}

// Bytes is a number of bytes as people read it, in powers of ten.
func Bytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f kB", float64(n)/1e3)
}
