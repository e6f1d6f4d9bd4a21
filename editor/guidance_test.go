package editor

import (
	"bytes"
	"slices"
	"testing"

	"pentimento/models"
	"pentimento/recipe"
)

// Guidance of 1 or 0 leaves out the half that it multiplies by 0: a picture takes
// one row a step, and so does an edit of a turn whose maps are known.
func TestHalfOfGuidanceTakesHalfOfTheRows(t *testing.T) {
	m := openModel(t)
	for guidance, whole := range map[float64]func(depth int) int{
		1: func(depth int) int { return depth },
		0: func(int) int { return 1 }, // whatever the prompts say
	} {
		r := hairWalk(t, 5, 2)
		r.Settings.Steps, r.Settings.Guidance = 4, guidance
		warm := New(m)
		for n := 1; n <= len(r.Turns); n++ {
			known, alone := mustDraw(t, warm, first(r, n)), mustDraw(t, New(m), first(r, n))
			if !bytes.Equal(known.Image.Pix, alone.Image.Pix) {
				t.Errorf("guidance %v, %d turns: what is cached changes the picture", guidance, n)
			}
			if known.Rows != r.Settings.Steps || alone.Rows > whole(n)*r.Settings.Steps {
				t.Errorf("guidance %v, %d turns: %d rows with maps, %d with nothing, of %d steps", guidance, n, known.Rows, alone.Rows, r.Settings.Steps)
			}
		}
	}
}

// The half that is left is what guidance of 1, and of 0, comes to.
func TestGuidanceOfOneAndZero(t *testing.T) {
	cond, uncond := []float32{1, 2}, []float32{3, -5}
	for guidance, want := range map[float64][]float32{1: cond, 0: uncond} {
		h := halvesOf(guidance, models.Spec{})
		if h == (halves{true, true}) {
			t.Errorf("guidance %v takes both halves", guidance)
		}
		run := &run{halves: h}
		var a, b *unetRow
		if h.cond {
			a = &unetRow{noise: cond}
		}
		if h.uncond {
			b = &unetRow{noise: uncond}
		}
		if got := run.guided(a, b); !slices.Equal(got, want) || !slices.Equal(guide(cond, uncond, guidance), want) {
			t.Errorf("guidance %v: %v, want %v", guidance, got, want)
		}
	}
	if h := halvesOf(8, models.Spec{TimestepCondWidth: 256}); h != (halves{cond: true}) {
		t.Errorf("a UNet that is told its guidance computes %+v", h)
	}
}

// At a guidance of 0 no prompt acts: every turn is the first picture, and no word
// attends to anything in it.
func TestNoPromptActsAtGuidanceZero(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 3), 2)
	r.Settings.Steps, r.Settings.Guidance = 3, 0
	source, edit := mustDraw(t, e, first(r, 1)), mustDraw(t, e, r)
	if !bytes.Equal(source.Image.Pix, edit.Image.Pix) {
		t.Error("an edit changes the picture")
	}
	heat, err := edit.Attention(spanOf(t, red, "hair"))
	if err != nil || slices.Max(heat) != 0 {
		t.Errorf("a word attends (%v)", err)
	}
	variants, err := e.DrawVariants(t.Context(), []recipe.Recipe{r, r})
	if err != nil || !bytes.Equal(variants[1].Image.Pix, source.Image.Pix) {
		t.Errorf("as a variant it is another picture (%v)", err)
	}
}

// A negative prompt leads away from what it says, and an edit goes on from there.
func TestNegativePromptActs(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 3), 2)
	r.Settings.Steps = 4
	plain := mustDraw(t, e, first(r, 1))
	r.Settings.Negative = "a man's face with a beard"
	negative := mustDraw(t, e, first(r, 1))
	if bytes.Equal(plain.Image.Pix, negative.Image.Pix) {
		t.Error("the negative prompt changes nothing")
	}
	edit := mustDraw(t, e, r)
	if fresh := mustDraw(t, New(openModel(t)), r); edit.Rows != 2*r.Settings.Steps || !bytes.Equal(edit.Image.Pix, fresh.Image.Pix) {
		t.Errorf("an edit takes %d rows, or is another picture without its source", edit.Rows)
	}
}
