package bot

import (
	"bytes"
	"image"
	"image/color"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pentimento/picture"
	"pentimento/session"
)

// changed counts the pixels of two pictures of a size that differ outside of a
// part of them, and inside.
func changed(t testing.TB, before, after []byte, inside func(x, y float64) bool) (in, out int) {
	t.Helper()
	a, b := pixelsOf(t, before), pixelsOf(t, after)
	size := a.Bounds().Size()
	if b.Bounds().Size() != size {
		t.Fatalf("a picture of %v became one of %v", size, b.Bounds().Size())
	}
	for y := range size.Y {
		for x := range size.X {
			switch differs := a.NRGBAAt(x, y) != b.NRGBAAt(x, y); {
			case !differs:
			case inside((float64(x)+.5)/float64(size.X), (float64(y)+.5)/float64(size.Y)):
				in++
			default:
				out++
			}
		}
	}
	return in, out
}

func leftHalf(x, _ float64) bool { return x < .5 }

// An edit in a region changes no pixel outside of it, of a picture that was drawn as
// of one's own, of an edit of things as of the whole scene; later edits move nothing
// either, and everything can be drawn again and travels.
func TestRegionsAreStrictInAConversation(t *testing.T) {
	for name, begin := range map[string]func(*testing.T, *Conversation) *Answer{
		"drawn": func(t *testing.T, c *Conversation) *Answer { return say(t, c, "a woman's face with blond hair") },
		"own": func(t *testing.T, c *Conversation) *Answer {
			return open(t, c, photograph(t, image.Pt(300, 200)), shown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ann, engine := newConversationWith(t, session.NewMemory())
			first := begin(t, ann)
			if _, err := ann.setRegion(t.Context(), Request{}, "left"); err != nil {
				t.Fatal(err)
			}
			red := say(t, ann, "make her hair green")
			in, out := changed(t, first.Picture.Bytes(), red.Picture.Bytes(), leftHalf)
			if in == 0 || out > 0 || red.Turn.Recipe.Region == nil || !slices.Contains(red.Notices, noticeRegion) {
				t.Errorf("%d pixels are changed in the region and %d outside, %q", in, out, red.Notices)
			}
			if err := ann.Set("k", "0"); err != nil { // no words bound it
				t.Fatal(err)
			}
			whole := say(t, ann, "make her hair black")
			if in, out := changed(t, red.Picture.Bytes(), whole.Picture.Bytes(), leftHalf); in < 128*128/4 || out > 0 {
				t.Errorf("of the whole scene, %d pixels are changed in the region and %d outside", in, out)
			}
			if err := ann.Set("k", "auto"); err != nil {
				t.Fatal(err)
			}
			if _, err := ann.setRegion(t.Context(), Request{}, "off"); err != nil {
				t.Fatal(err)
			}
			hat := say(t, ann, "add a hat")
			mask := hat.Drawing.Mask
			if mask == nil || hat.Turn.Recipe.Region != nil {
				t.Fatalf("without a region it is %+v", hat.Turn.Recipe)
			}
			far := func(x, y float64) bool { return y < .7 } // hats are above
			if in, out := changed(t, whole.Picture.Bytes(), hat.Picture.Bytes(), far); in == 0 || out > 0 {
				t.Errorf("the hat changed %d pixels above and %d below", in, out)
			}

			files, err := ann.Export(t.Context(), Request{})
			if err != nil {
				t.Fatal(err)
			}
			engine.Forget()
			bob := elsewhere(ann, session.NewMemory(), "his place")
			got, err := bob.Import(t.Context(), Request{}, files.Picture.Bytes())
			if err != nil || !bytes.Equal(got.Picture.Bytes(), hat.Picture.Bytes()) {
				t.Fatalf("imported it is another picture: %v", err)
			}
			back, err := bob.Revert(t.Context(), Request{}, 2)
			if err != nil || !bytes.Equal(back.Picture.Bytes(), red.Picture.Bytes()) {
				t.Errorf("two turns before it is another picture: %v", err)
			}
			lost := *ann
			lost.Store = forgetful{ann.Store}
			if name == "drawn" {
				again, err := lost.Goto(t.Context(), Request{}, hat.Turn.ID)
				if err != nil || !bytes.Equal(again.Picture.Bytes(), hat.Picture.Bytes()) {
					t.Errorf("drawn again it is another picture: %v", err)
				}
			}
		})
	}
}

// A region is that of its picture: a new one has none, and who goes back has it again.
func TestRegionBelongsToItsPicture(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	if _, err := c.setRegion(t.Context(), Request{}, "the top left corner"); err != nil || c.Options.Region != "upper left" {
		t.Fatalf("the region is %q, %v", c.Options.Region, err)
	}
	say(t, c, "a cat on grass")
	if a := say(t, c, "make the cat black"); a.Turn.Recipe.Region != nil {
		t.Errorf("another picture is edited in %v", a.Turn.Recipe.Region)
	}
	if _, err := c.Goto(t.Context(), Request{}, 1); err != nil {
		t.Fatal(err)
	}
	if a := say(t, c, "make her hair red"); a.Turn.Recipe.Region == nil {
		t.Error("the region is forgotten")
	}
}

func TestRegionsThatCannotBe(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	if _, err := c.setRegion(t.Context(), Request{}, "left"); ProblemOf(err).Kind != NotFound {
		t.Errorf("before a picture: %v", err)
	}
	say(t, c, "a woman's face with blond hair")
	for _, text := range []string{"the moon", "1 2 3", "0 0 0.001 0.001", strings.Repeat("9", 1<<20)} {
		if _, err := c.setRegion(t.Context(), Request{}, text); ProblemOf(err).Kind != Invalid || c.Options.Region != "" {
			t.Errorf("%.20q: %v, and the region is %q", text, err, c.Options.Region)
		}
	}
	if _, err := c.PaintRegion(t.Context(), Request{}, []byte("mask.png")); ProblemOf(err).Kind != Invalid {
		t.Errorf("a text: %v", err)
	}
	if _, err := c.Mask(t.Context(), Request{}); ProblemOf(err).Kind != Invalid {
		t.Errorf("the mask of a first picture: %v", err)
	}
}

// What is painted over a copy of the picture is what is edited.
func TestPaintedRegion(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := say(t, c, "a woman's face with blond hair")
	painted := pixelsOf(t, first.Picture.Bytes())
	for y := range 50 {
		for x := range 128 {
			painted.SetNRGBA(x, y, color.NRGBA{0xff, 0, 0xff, 0xff})
		}
	}
	file, err := picture.Encode(painted)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PaintRegion(t.Context(), Request{}, file); err != nil {
		t.Fatal(err)
	}
	a := say(t, c, "make her hair red")
	if in, out := changed(t, first.Picture.Bytes(), a.Picture.Bytes(), func(_, y float64) bool { return y < 50./128 }); in == 0 || out > 0 {
		t.Errorf("%d painted pixels are changed, and %d others", in, out)
	}
}

// The mask of a turn is shown, kept and reshaped.
func TestMaskOfATurn(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	say(t, c, "a woman's face with blond hair")
	red := say(t, c, "make her hair red")
	shown, err := c.Mask(t.Context(), Request{})
	if err != nil || !shown.Heat.Marks || len(shown.Notices) != 1 {
		t.Fatalf("the mask is %+v, %v", shown, err)
	}
	open := func(values []float32) (n int) {
		for _, v := range values {
			n += int(v)
		}
		return n
	}
	if n := open(shown.Heat.Map); n == 0 || n == len(shown.Heat.Map) {
		t.Errorf("%d of %d places are open", n, len(shown.Heat.Map))
	}
	if _, err := shown.Heat.Overlay(); err != nil {
		t.Error(err)
	}
	for _, how := range []Reshaping{Grow, Shrink, Left, Right, Up, Down} {
		a, err := c.Reshape(t.Context(), Request{Turn: red.Turn.ID}, how)
		if err != nil || a.Turn.Parent != red.Turn.Parent || a.Turn.Recipe.Region == nil {
			t.Fatalf("%s: %+v, %v", how, a, err)
		}
		again, err := c.Mask(t.Context(), Request{})
		if err != nil {
			t.Fatal(err)
		}
		more := float64(open(again.Heat.Map))/float64(len(again.Heat.Map)) > float64(open(shown.Heat.Map))/float64(len(shown.Heat.Map))
		if how == Grow && !more || how == Shrink && more {
			t.Errorf("%s: the mask is larger: %v", how, more)
		}
	}
	if _, err := c.Goto(t.Context(), Request{}, red.Turn.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := c.KeepMask(t.Context(), Request{}); err != nil || !strings.HasPrefix(c.Options.Region, "painted ") {
		t.Fatalf("the region that is kept is %.40q, %v", c.Options.Region, err)
	}
	if a := say(t, c, "make the background blue"); a.Turn.Recipe.Region == nil {
		t.Error("the region that was kept does not act")
	}
}

// Regions are set, moved and taken off in words.
func TestRegionsInWords(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := told(t, c, "a woman's face with blond hair")
	edit := told(t, c, "make her hair red")
	left := told(t, c, "only on the left side")
	if left.Turn.Parent != first.Turn.ID || left.Turn.Recipe.Region == nil || left.Turn.Recipe.Prompt != edit.Turn.Recipe.Prompt {
		t.Fatalf("turn %d of %d, region %v", left.Turn.ID, left.Turn.Parent, left.Turn.Recipe.Region)
	}
	before, after := pixelsOf(t, first.Picture.Bytes()), pixelsOf(t, left.Picture.Bytes())
	for y := range before.Rect.Dy() {
		for x := before.Rect.Dx() / 2; x < before.Rect.Dx(); x++ {
			if before.NRGBAAt(x, y) != after.NRGBAAt(x, y) {
				t.Fatalf("pixel %d, %d on the right is changed", x, y)
			}
		}
	}
	moved := told(t, c, "a bit more to the right")
	if moved.Turn.Parent != first.Turn.ID || moved.Turn.Recipe.Region == nil || reflect.DeepEqual(moved.Turn.Recipe.Region, left.Turn.Recipe.Region) {
		t.Errorf("moved: turn %d of %d", moved.Turn.ID, moved.Turn.Parent)
	}
	told(t, c, "from now on only the upper half")
	if next := told(t, c, "add glasses"); next.Turn.Recipe.Region == nil {
		t.Error("the region that was set does not bind")
	}
	told(t, c, "back to the whole picture")
	if next := told(t, c, "make the background blue"); next.Turn.Recipe.Region != nil {
		t.Error("the region binds after it was taken off")
	}
}
