package editor

import (
	"bytes"
	"image"
	"testing"

	"pentimento/models/pocket/pockettest"
	"pentimento/recipe"
)

// A picture has the size of its recipe, and so has all that is kept of it: an edit
// with a local blend is the same from the cache and without one, and takes as many
// rows as at the model's own size. Another size is another picture.
func TestPicturesHaveTheSizeOfTheirRecipe(t *testing.T) {
	m := pockettest.OpenAnySize(t)
	for _, size := range []image.Point{{}, {X: 192, Y: 128}, {X: 64, Y: 128}} {
		r := hairWalk(t, 4, 2)
		r.Settings.Steps, r.Settings.Width, r.Settings.Height = 4, size.X, size.Y
		want := size
		if size == (image.Point{}) {
			want = image.Pt(m.Spec().ImageWidth, m.Spec().ImageHeight)
		}
		e := New(m)
		source := mustDraw(t, e, first(r, 1))
		edit, alone := mustDraw(t, e, first(r, 2)), mustDraw(t, New(m), first(r, 2))
		if got := edit.Image.Rect.Size(); got != want {
			t.Errorf("%v: the picture has %v", size, got)
		}
		if edit.Rows != 2*r.Settings.Steps || !bytes.Equal(edit.Image.Pix, alone.Image.Pix) || bytes.Equal(edit.Image.Pix, source.Image.Pix) {
			t.Errorf("%v: an edit takes %d rows, or is the source, or another picture without a cache", size, edit.Rows)
		}
		heat, err := edit.Attention(spanOf(t, red, "hair"))
		if err != nil || len(heat) != edit.MapWidth*edit.MapHeight || edit.MapWidth*want.Y != edit.MapHeight*want.X {
			t.Errorf("%v: a map of %d×%d with %d places, %v", size, edit.MapWidth, edit.MapHeight, len(heat), err)
		}
		again, err := e.Draw(t.Context(), first(r, 2), nil)
		if err != nil || again.Rows != 0 || !e.Remembers(t.Context(), first(r, 1)) {
			t.Errorf("%v: a known picture takes %d rows, %v", size, again.Rows, err)
		}
	}
	// At its own size it is the bundled model.
	r := first(hairWalk(t, 4, 2), 1)
	r.Settings.Steps = 4
	if own, bundled := mustDraw(t, New(m), r), mustDraw(t, New(openModel(t)), r); !bytes.Equal(own.Image.Pix, bundled.Image.Pix) {
		t.Error("at its own size the picture is another one")
	}
	if err := Check(openModel(t).Spec(), recipe.Settings{Steps: 4, Width: 192, Height: 128}); err == nil {
		t.Error("a model of one size draws in another")
	}
}
