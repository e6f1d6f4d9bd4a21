package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"pentimento/models/checkpoint"
)

// maxConfig is larger than any configuration of a diffusers folder.
const maxConfig = 1 << 20

// weightFiles are the names that diffusers and transformers give the weights
// of a part, the first that is there is taken. Half precision is preferred: it
// is what people keep where there are both, and half of it to read.
func weightFiles() []string {
	var names []string
	for _, base := range []string{"diffusion_pytorch_model", "model"} {
		for _, variant := range []string{".fp16", ""} {
			names = append(names, base+variant+".safetensors", base+".safetensors.index"+variant+".json", base+variant+".safetensors.index.json")
		}
	}
	return names
}

// holdsWeights reports whether a folder has a UNet's weights, in files that can
// be read or not.
func holdsWeights(dir string) bool {
	_, err := findWeights(filepath.Join(dir, "unet"))
	return !errors.Is(err, fs.ErrNotExist)
}

// findWeights is the file of a part's weights.
func findWeights(dir string) (string, error) {
	for _, name := range weightFiles() {
		path := filepath.Join(dir, name)
		// A link that leads nowhere is one to speak of, too.
		if info, err := os.Lstat(path); err == nil && !info.IsDir() {
			return path, nil
		}
	}
	for _, pickle := range []string{"diffusion_pytorch_model.bin", "pytorch_model.bin"} {
		if _, err := os.Stat(filepath.Join(dir, pickle)); err == nil {
			return "", fmt.Errorf("%s is a pickle, which can run code: fetch the .safetensors files of the model, or save it again with safetensors", filepath.Join(dir, pickle))
		}
	}
	return "", fmt.Errorf("%s has no .safetensors file: %w", dir, fs.ErrNotExist)
}

// gatherFolder finds the parts in the folders of a diffusers model.
func (a *assembler) gatherFolder() error {
	a.folder = os.DirFS(a.source.Path)
	for _, p := range networks() {
		path, err := findWeights(filepath.Join(a.source.Path, string(p)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		f, err := a.open(string(p), path)
		if err != nil {
			return err
		}
		if p == checkpoint.PartUNet {
			if a.contents, err = checkpoint.Recognise(f); err != nil {
				return err
			}
		}
		if a.parts[p], err = f.Part(p); err != nil {
			return err
		}
	}
	return nil
}

// config is what is read of the config.json of a diffusers folder's parts:
// what shapes do not tell. Zero values and nil mean that it does not say.
type config struct {
	// HeadDim is, in spite of its name, the number of heads of each level.
	HeadDim    perLevel  `json:"attention_head_dim"`
	Heads      perLevel  `json:"num_attention_heads"`
	NormGroups *int      `json:"norm_num_groups"`
	Activation string    `json:"hidden_act"`
	Scaling    *float64  `json:"scaling_factor"`
	Shift      *float64  `json:"shift_factor"`
	Mean       []float64 `json:"latents_mean"`
}

// check refuses numbers that no network has.
func (c config) check() error {
	for _, n := range append(slices.Clone(c.HeadDim), c.Heads...) {
		if n < 1 {
			return fmt.Errorf("attention of %d heads", n)
		}
	}
	switch {
	case c.NormGroups != nil && *c.NormGroups < 1:
		return fmt.Errorf("norm_num_groups is %d", *c.NormGroups)
	case c.Scaling != nil && !(*c.Scaling > 0):
		return fmt.Errorf("scaling_factor is %v", *c.Scaling)
	case c.Shift != nil && *c.Shift != 0 || len(c.Mean) > 0:
		return errors.New("latents that are shifted, not only scaled, are not supported")
	}
	return nil
}

// perLevel is a number for each level, or one for all.
type perLevel []int

func (p *perLevel) UnmarshalJSON(data []byte) error {
	var one *int
	if json.Unmarshal(data, &one) == nil {
		if one != nil {
			*p = perLevel{*one}
		}
		return nil
	}
	return json.Unmarshal(data, (*[]int)(p))
}

// at is the number for a level.
func (p perLevel) at(i int) int {
	switch {
	case len(p) == 0:
		return 0
	case len(p) == 1:
		return p[0]
	case i < len(p):
		return p[i]
	}
	return 0
}

// readConfig takes the configuration of a part over from the diffusers folder, if
// it has one, and reads it.
func (a *assembler) readConfig(part string) (config, error) {
	var c config
	name := part + "/config.json"
	if there, err := a.copied(name, maxConfig); !there || err != nil {
		return c, err
	}
	err := json.Unmarshal(a.files[name], &c)
	if err == nil {
		err = c.check()
	}
	return c, a.failed(name, err)
}

// correct writes what the configurations say into the architecture.
func (a *assembler) correct() error {
	unet, err := a.readConfig("unet")
	if err != nil {
		return err
	}
	if err := unet.correct(&a.architecture.UNet); err != nil {
		return a.failed("unet/config.json", err)
	}
	for i := range a.architecture.Text {
		c, err := a.readConfig(Numbered("text_encoder", i))
		if err != nil {
			return err
		}
		if err := c.correctText(&a.architecture.Text[i]); err != nil {
			return a.failed(Numbered("text_encoder", i)+"/config.json", err)
		}
	}
	if a.source.VAE != "" {
		return nil
	}
	vae, err := a.readConfig("vae")
	if err != nil {
		return err
	}
	if vae.NormGroups != nil {
		a.architecture.VAE.NormGroups = *vae.NormGroups
	}
	if vae.Scaling != nil {
		a.architecture.VAE.ScalingFactor = *vae.Scaling
	}
	return nil
}

// correct writes the heads of each level into a UNet.
func (c config) correct(u *checkpoint.UNet) error {
	if c.NormGroups != nil {
		u.NormGroups = *c.NormGroups
	}
	heads := c.HeadDim
	if len(c.Heads) > 0 {
		heads = c.Heads
	}
	set := func(b *checkpoint.Block, level int) error {
		n := heads.at(level)
		if n == 0 || b.Heads == 0 {
			return nil
		}
		if b.Channels%n != 0 {
			return fmt.Errorf("%d heads of %d channels", n, b.Channels)
		}
		b.Heads = n
		return nil
	}
	last := len(u.Down) - 1
	for i := range u.Down {
		for _, b := range []*checkpoint.Block{&u.Down[i], &u.Up[last-i]} {
			if err := set(b, i); err != nil {
				return err
			}
		}
	}
	return set(&u.Middle, last)
}

func (c config) correctText(t *checkpoint.TextEncoder) error {
	if n := c.Heads.at(0); n != 0 {
		if t.Width%n != 0 {
			return fmt.Errorf("%d heads of %d channels", n, t.Width)
		}
		t.Heads = n
	}
	switch c.Activation {
	case "":
	case "quick_gelu", "gelu":
		t.Activation = c.Activation
	default:
		return fmt.Errorf("the activation %q is not known: quick_gelu and gelu are", c.Activation)
	}
	return nil
}
