package checkpoint

import (
	"strings"
)

// The names of LoRA files are compared with those of weights without their
// points: kohya's have a _ in the place of each, so that where the words of a
// name end can't be told.

// flattened is a name with _ for every point.
func flattened(name string) string { return strings.ReplaceAll(name, ".", "_") }

// loraPrefixes are the beginnings of flattened names and the part that they
// are for; no part means that only the rest of the name tells.
func loraPrefixes() []struct {
	text string
	part Part
} {
	return []struct {
		text string
		part Part
	}{
		{"lora_unet_", PartUNet}, {"lora_te_", PartText}, {"lora_te1_", PartText}, {"lora_te2_", PartText2},
		{"unet_", PartUNet}, {"text_encoder_2_", PartText2}, {"text_encoder_", PartText},
		{"model_diffusion_model_", PartUNet}, {"diffusion_model_", PartUNet},
		{"", ""},
	}
}

// A partIndex has the names of a part's weights by how they are flattened,
// without their last word.
type partIndex struct {
	part    Part
	weights *Weights
	byFlat  map[string]string
	rules   []rule
}

// indexed are the parts that a LoRA can change, in the order in which they are
// asked.
func indexed(parts map[Part]*Weights) []partIndex {
	var all []partIndex
	for _, p := range []Part{PartUNet, PartText, PartText2} {
		w := parts[p]
		if w == nil {
			continue
		}
		index := partIndex{part: p, weights: w, byFlat: map[string]string{}}
		if p == PartUNet {
			index.rules = unetRules(w.count("down_blocks.0.resnets") + 1)
		}
		for name := range w.tensors {
			module, ok := strings.CutSuffix(name, ".weight")
			// A table of which rows are picked is no layer that multiplies.
			if ok && !strings.HasSuffix(module, "token_embedding") {
				index.byFlat[flattened(module)] = name
			}
		}
		all = append(all, index)
	}
	return all
}

// find is the weight of a flattened name.
func (p partIndex) find(flat string, old bool) (string, bool) {
	if old {
		flat = p.ofOld(flat)
	}
	for _, name := range []string{flat, "text_model_" + flat, p.ofOriginal(flat)} {
		if weight, ok := p.byFlat[name]; ok {
			return weight, true
		}
	}
	return "", false
}

// ofOld is the name of the layer beside which diffusers' first LoRA files have
// theirs.
func (p partIndex) ofOld(flat string) string {
	flat = strings.Replace(flat, "_processor_", "_", 1)
	if p.part == PartUNet {
		if strings.HasSuffix(flat, "_to_out") {
			flat += "_0"
		}
		return flat
	}
	if layer, ok := strings.CutSuffix(flat, "_to_out"); ok {
		return layer + "_out_proj"
	}
	for _, letter := range []string{"q", "k", "v"} {
		if layer, ok := strings.CutSuffix(flat, "_to_"+letter); ok {
			return layer + "_" + letter + "_proj"
		}
	}
	return flat
}

// ofOriginal is the flattened name here of a layer of the original code. Its
// names are told by their numbers, which are words of their own.
func (p partIndex) ofOriginal(flat string) string {
	words := strings.Split(flat, "_")
	var name strings.Builder
	for i, word := range words {
		if i > 0 && (isNumber(word) || isNumber(words[i-1])) {
			name.WriteByte('.')
		} else if i > 0 {
			name.WriteByte('_')
		}
		name.WriteString(word)
	}
	for _, r := range p.rules {
		if to, ok := r.apply(name.String() + ".weight"); ok {
			return flattened(strings.TrimSuffix(to, ".weight"))
		}
	}
	return ""
}

func isNumber(word string) bool {
	return word != "" && strings.Trim(word, "0123456789") == ""
}
