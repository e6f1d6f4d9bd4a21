package checkpoint

import (
	"fmt"
)

// An Embedding is a word that text encoders were taught: a textual inversion.
type Embedding struct {
	// Word is what the file calls it; "" where the file does not say.
	Word string
	// Count is the number of vectors, which is that of the tokens of the word.
	Count int
	// Vectors are [Count, D] or, of one vector, [D], by text encoder.
	Vectors map[Part]Tensor
}

// The names that tools give the vectors of a textual inversion, where the name
// is not the word.
const (
	vectorsOfOne = "emb_params"
	vectorsOfL   = "clip_l"
	vectorsOfG   = "clip_g"
)

// Embedding finds the vectors for the text encoders of a model. A file that
// holds none, or none for this model, is [*Refused].
func (f *File) Embedding(family Family, text []TextEncoder) (*Embedding, error) {
	e, err := f.vectors()
	if err != nil {
		return nil, err
	}
	if its := e.family(); its != "" && its != family {
		return nil, failed(f.path, anotherFamily("a textual inversion", its, family))
	}
	if err := e.fit(text); err != nil {
		return nil, failed(f.path, err)
	}
	return e, nil
}

// vectors finds the vectors by their names.
func (f *File) vectors() (*Embedding, error) {
	e := &Embedding{Vectors: map[Part]Tensor{}}
	for name, p := range map[string]Part{vectorsOfL: PartText, vectorsOfG: PartText2} {
		if t, ok := f.tensors[name]; ok {
			e.Vectors[p] = t
		}
	}
	if len(e.Vectors) > 0 {
		return e, nil
	}
	if t, ok := f.tensors[vectorsOfOne]; ok {
		e.Vectors[PartText] = t
		return e, nil
	}
	if names := f.Names(); len(names) == 1 && len(f.tensors[names[0]].Shape) <= 2 {
		e.Word, e.Vectors[PartText] = names[0], f.tensors[names[0]]
		return e, nil
	}
	c, err := Recognise(f)
	if err != nil {
		return nil, err
	}
	return nil, failed(f.path, &Refused{What: "a file that holds a " + string(c.Kind), Why: "a textual inversion is wanted here"})
}

// family is the family that the vectors are for, where their widths tell.
func (e *Embedding) family() Family {
	if _, two := e.Vectors[PartText2]; two {
		return SDXL
	}
	family, _ := familyOfTexts(widthOf(e.Vectors[PartText].Shape))
	return family
}

func widthOf(shape []int) int {
	if len(shape) == 0 {
		return 0
	}
	return shape[len(shape)-1]
}

// fit checks the vectors against the encoders that are to read them.
func (e *Embedding) fit(text []TextEncoder) error {
	const what = "a textual inversion for another model"
	parts := []Part{PartText, PartText2}[:len(text)]
	if len(e.Vectors) != len(parts) {
		return &Refused{What: what, Why: "it has vectors for one text encoder, and the model has two"}
	}
	for i, p := range parts {
		t, ok := e.Vectors[p]
		if !ok {
			return &Refused{What: what, Why: "it has none for the " + p.String()}
		}
		if width := widthOf(t.Shape); width != text[i].Width || len(t.Shape) > 2 {
			return &Refused{What: what, Why: fmt.Sprintf("its vectors %v are for texts that are %d wide, and the %s has %d", t.Shape, width, p, text[i].Width)}
		}
		if !t.Type.readable() {
			return fmt.Errorf("%q is of %s: F64, F32, F16 and BF16 can be used", t.Name, t.Type)
		}
		count := count(t.Shape) / text[i].Width
		if most := text[i].Positions - 2; count < 1 || count > most {
			return fmt.Errorf("%q has %d vectors: a prompt has room for 1 to %d", t.Name, count, most)
		}
		if e.Count != 0 && e.Count != count {
			return fmt.Errorf("has %d vectors for one text encoder and %d for the other: a word has the same number of tokens in both", e.Count, count)
		}
		e.Count = count
	}
	return nil
}
