package checkpoint

import (
	"slices"
	"strings"
	"testing"

	"pentimento/tests/parity"
)

// encoders are text encoders of some widths.
func encoders(widths ...int) []TextEncoder {
	var all []TextEncoder
	for _, w := range widths {
		all = append(all, TextEncoder{Width: w, Positions: 77})
	}
	return all
}

func TestEmbedding(t *testing.T) {
	for name, c := range map[string]struct {
		family Family
		widths []int
		word   string
		count  int
	}{
		"one": {SD1, []int{64}, "<thing>", 1}, "several": {SD1, []int{64}, "", 3}, "sdxl": {SDXL, []int{64, 128}, "", 2},
	} {
		e, err := open(t, parity.File(t, "embedding", name, parity.BF16)).Embedding(c.family, encoders(c.widths...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if e.Word != c.word || e.Count != c.count || len(e.Vectors) != len(c.widths) {
			t.Errorf("%s: %+v", name, e)
		}
		for i, p := range []Part{PartText, PartText2}[:len(c.widths)] {
			if widthOf(e.Vectors[p].Shape) != c.widths[i] {
				t.Errorf("%s: the %s gets %v", name, p, e.Vectors[p].Shape)
			}
		}
	}
	e, err := open(t, write(t, "x.safetensors", nil, some([]int{768}, "<word>"))).Embedding(SD1, encoders(768))
	if err != nil || e.Count != 1 {
		t.Errorf("a vector without rows: %+v, %v", e, err)
	}
}

// Each file that teaches the model no word is refused in a sentence.
func TestEmbeddingRefused(t *testing.T) {
	for name, c := range map[string]struct {
		entries []entry
		family  Family
		widths  []int
		want    string
	}{
		"SD 2's":           {some([]int{1, 1024}, "emb_params"), SD1, []int{768}, "is a textual inversion for Stable Diffusion 2.x: the model is of Stable Diffusion 1.x"},
		"SD 1's for SDXL":  {some([]int{1, 768}, "emb_params"), SDXL, []int{768, 1280}, "for Stable Diffusion 1.x: the model is of Stable Diffusion XL"},
		"SDXL's":           {slices.Concat(some([]int{1, 768}, "clip_l"), some([]int{1, 1280}, "clip_g")), SD1, []int{768}, "for Stable Diffusion XL"},
		"half of SDXL's":   {some([]int{1, 1280}, "clip_g"), SDXL, []int{768, 1280}, "vectors for one text encoder, and the model has two"},
		"another width":    {some([]int{1, 100}, "emb_params"), SD1, []int{768}, "100 wide, and the text encoder has 768"},
		"more dimensions":  {some([]int{1, 1, 768}, "emb_params"), SD1, []int{768}, "for another model"},
		"no vectors":       {some([]int{0, 768}, "emb_params"), SD1, []int{768}, "has 0 vectors"},
		"too many":         {some([]int{76, 768}, "emb_params"), SD1, []int{768}, "room for 1 to 75"},
		"unequal":          {slices.Concat(some([]int{1, 768}, "clip_l"), some([]int{2, 1280}, "clip_g")), SDXL, []int{768, 1280}, "the same number of tokens"},
		"integers":         {[]entry{{name: "emb_params", dtype: I8, shape: []int{1, 768}}}, SD1, []int{768}, "is of I8"},
		"a number":         {some([]int{}, "x"), SD1, []int{768}, "0 wide"},
		"a LoRA":           {pair(4), SD1, []int{768}, "a file that holds a LoRA: a textual inversion is wanted here"},
		"two of any names": {some([]int{768}, "a", "b"), SD1, []int{768}, "no file that is known here"},
	} {
		_, err := open(t, write(t, "x.safetensors", nil, c.entries)).Embedding(c.family, encoders(c.widths...))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
