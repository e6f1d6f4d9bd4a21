package bot

import (
	"image"
	"image/color"
	"testing"

	"pentimento/picture"
	"pentimento/session"
)

// A turn that was imported has no plan, and can be drawn again elsewhere all the same.
func TestMaskOfAnImportedTurn(t *testing.T) {
	ann := newConversation(t, session.NewMemory())
	say(t, ann, "a woman's face with blond hair")
	want := say(t, ann, "make her hair red").Turn
	files, err := ann.Export(t.Context(), Request{})
	if err != nil {
		t.Fatal(err)
	}
	bob := elsewhere(ann, session.NewMemory(), "his place")
	if _, err := bob.Import(t.Context(), Request{}, files.JSON); err != nil {
		t.Fatal(err)
	}
	a, err := bob.Reshape(t.Context(), Request{}, Grow)
	if err != nil || a.Turn.Recipe.Prompt != want.Recipe.Prompt || a.Turn.Edit != want.Edit || a.Turn.Recipe.Region == nil {
		t.Errorf("it becomes %+v, %v", a, err)
	}
}

// The mask of a turn without a region becomes one of a region's places, in which there
// is room to fade, and grows by one of the latents'.
func TestMaskBecomesARegion(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	open(t, c, photograph(t, image.Pt(400, 400)), shown)
	blue := say(t, c, "make her hair blue")
	a, err := c.Reshape(t.Context(), Request{}, Grow)
	if err != nil {
		t.Fatal(err)
	}
	region := maskOf(a.Turn.Recipe.Region)
	if region.Width != 512 || region.Height != 512 {
		t.Errorf("the region has %d×%d places", region.Width, region.Height)
	}
	place := region.Width / blue.Drawing.Mask.Width
	for y := range region.Height {
		for x := range region.Width {
			was := blue.Drawing.Mask
			beside := near(was, image.Pt(x, y), image.Pt(region.Width, region.Height))
			if region.At(x, y) && !beside || was.At(x/place, y/place) && !region.At(x, y) {
				t.Fatalf("place %d, %d is in the region: %v", x, y, region.At(x, y))
			}
		}
	}
}

// A region that no recipe could hold is refused when it is set, and not by every edit
// afterwards.
func TestRegionOfTooManyPieces(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	open(t, c, photograph(t, image.Pt(400, 400)), shown)
	specks := image.NewNRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			v := uint8(0xff * ((x/3 + y/3) % 2))
			specks.SetNRGBA(x, y, color.NRGBA{v, v, v, 0xff})
		}
	}
	file, err := picture.Encode(specks)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.PaintRegion(t.Context(), Request{}, file)
	if p := ProblemOf(err); p == nil || p.Kind != Invalid || c.Options.Region != "" {
		t.Fatalf("%v, and the region is %.20q", err, c.Options.Region)
	}
	if a := say(t, c, "make her hair blue"); a.Turn.Recipe.Region != nil {
		t.Error("an edit has a region")
	}
}
