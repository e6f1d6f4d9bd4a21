package checkpoint

import (
	"slices"
	"strings"
)

// A Kind is what a file is for.
type Kind string

// The kinds of files that can be used.
const (
	KindModel     Kind = "model"
	KindUNet      Kind = "UNet"
	KindVAE       Kind = "VAE"
	KindText      Kind = "text encoder"
	KindTiny      Kind = "tiny VAE (TAESD)"
	KindLoRA      Kind = "LoRA"
	KindEmbedding Kind = "textual inversion"
)

// Contents are what a file was recognised as.
type Contents struct {
	Kind Kind
	// Family is the family of models that it is of or for; "" where names and
	// shapes do not tell, as for a VAE alone.
	Family Family
	// Missing are the parts that a model or UNet lacks to draw.
	Missing []Part
	// Prediction is what the UNet predicts in diffusers' words, "epsilon" or
	// "v_prediction". PredictionSaid: the file itself says so. What else it is
	// follows from the family, and for Stable Diffusion 2.x, which has both,
	// is a guess: v_prediction.
	Prediction     string
	PredictionSaid bool
	// ZeroSNR: the file says that its last training step has no signal.
	ZeroSNR bool
}

// Recognise says what a file is by the names and shapes of its tensors. What
// cannot be used is [*Refused]; other errors say what is wrong with it.
func Recognise(f *File) (Contents, error) {
	names := f.Names()
	if isLoRA(names) {
		return f.lora(names)
	}
	if what, ok := seen(otherAdapters(), names); ok {
		return Contents{}, failed(f.path, &Refused{What: what, Why: "of the files that change a model, only LoRA can be used"})
	}
	if what, ok := seen(otherModels(), names); ok {
		return Contents{}, failed(f.path, &Refused{What: what, Why: onlyStableDiffusion})
	}
	switch {
	case f.has(PartUNet):
		return f.model()
	case f.has(PartVAE):
		return f.alone(PartVAE, KindVAE)
	case f.has(PartTiny):
		return f.alone(PartTiny, KindTiny)
	case f.has(PartText):
		return f.alone(PartText, KindText)
	}
	if family, ok := f.embedding(names); ok {
		return Contents{Kind: KindEmbedding, Family: family}, nil
	}
	return Contents{}, failed(f.path, &Refused{What: "no file that is known here", Why: onlyStableDiffusion})
}

// model recognises a UNet and what is beside it.
func (f *File) model() (Contents, error) {
	w, err := f.Part(PartUNet)
	if err != nil {
		return Contents{}, err
	}
	unet, err := w.UNet()
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Kind: KindUNet}
	if c.Family, err = unet.Family(); err != nil {
		return Contents{}, failed(f.path, err)
	}
	parts := []Part{PartText, PartVAE}
	if c.Family == SDXL {
		parts = []Part{PartText, PartText2, PartVAE}
	}
	for _, p := range parts {
		if f.has(p) {
			c.Kind = KindModel
		} else {
			c.Missing = append(c.Missing, p)
		}
	}
	f.predict(&c)
	return c, nil
}

// predict finds what the UNet predicts: what the file says of it, in its
// metadata or by a tensor that is only there to say so, or what the family has.
func (f *File) predict(c *Contents) {
	const marker = "v_pred"
	_, c.ZeroSNR = f.tensors["ztsnr"]
	_, marked := f.tensors[marker]
	architecture := f.metadata["modelspec.architecture"]
	switch said := f.metadata["modelspec.prediction_type"]; {
	case said == "v" || said == Velocity || marked || strings.HasSuffix(architecture, "-768-v"):
		c.Prediction, c.PredictionSaid = Velocity, true
	case said == Epsilon || strings.HasPrefix(architecture, "stable-diffusion-v2-512"):
		c.Prediction, c.PredictionSaid = Epsilon, true
	case c.Family == SD2:
		c.Prediction = Velocity
	default:
		c.Prediction = Epsilon
	}
}

// alone recognises a part that has no UNet beside it.
func (f *File) alone(p Part, kind Kind) (Contents, error) {
	w, err := f.Part(p)
	if err != nil {
		return Contents{}, err
	}
	var text TextEncoder
	switch p {
	case PartVAE:
		_, err = w.VAE()
	case PartTiny:
		_, err = w.Tiny()
	case PartText:
		text, err = w.TextEncoder()
	}
	if err != nil {
		return Contents{}, err
	}
	c := Contents{Kind: kind}
	switch text.Width {
	case widthOfViTH:
		c.Family = SD2
	case widthOfBigG:
		c.Family = SDXL
	}
	return c, nil
}

// isLoRA reports whether names are those of LoRA files: of kohya's scripts, of
// peft, and of diffusers before and since it uses peft.
func isLoRA(names []string) bool {
	if _, other := seen(otherAdapters(), names); other {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool {
		for _, part := range []string{".lora_down.", ".lora_A.", ".lora.down.", "_lora.down.", ".lora_linear_layer.down."} {
			if strings.Contains(name, part) {
				return true
			}
		}
		return false
	})
}

// lora says which family a LoRA file is for: by its text encoders, and by the
// width of the texts that the UNet's attention reads.
func (f *File) lora(names []string) (Contents, error) {
	if target, ok := seen(otherTargets(), names); ok {
		return Contents{}, failed(f.path, &Refused{What: "a LoRA for " + target, Why: onlyStableDiffusion})
	}
	c := Contents{Kind: KindLoRA}
	for _, name := range names {
		if strings.HasPrefix(name, "lora_te1_") || strings.HasPrefix(name, "lora_te2_") || strings.HasPrefix(name, "text_encoder_2.") {
			c.Family = SDXL
			break
		}
		down := strings.Contains(name, "down.weight") || strings.Contains(name, "lora_A.")
		if shape := f.tensors[name].Shape; down && strings.Contains(name, "attn2") && strings.Contains(name, "to_k") && len(shape) >= 2 {
			if family, ok := familyOfTexts(shape[1]); ok {
				c.Family = family
				break
			}
		}
	}
	return c, nil
}

// embedding recognises the vectors of a textual inversion, and the family by
// their width.
func (f *File) embedding(names []string) (Family, bool) {
	const mostVectors = 1000
	width := func(name string) int {
		switch shape := f.tensors[name].Shape; len(shape) {
		case 1:
			return shape[0]
		case 2:
			if shape[0] <= mostVectors {
				return shape[1]
			}
		}
		return 0
	}
	if width(vectorsOfL) == widthOfViTL && width(vectorsOfG) == widthOfBigG {
		return SDXL, true
	}
	if w := width(vectorsOfOne); w > 0 {
		return familyOfTexts(w)
	}
	if len(names) != 1 {
		return "", false
	}
	return familyOfTexts(width(names[0]))
}

// familyOfTexts is the family whose UNets attend to texts of a width.
func familyOfTexts(width int) (Family, bool) {
	switch width {
	case widthOfViTL:
		return SD1, true
	case widthOfViTH:
		return SD2, true
	case widthOfViTL + widthOfBigG:
		return SDXL, true
	}
	return "", false
}
