package bot

import (
	"bytes"
	"context"
	"errors"
	"image"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/models/pocket/pockettest"
	"pentimento/recipe"
	"pentimento/session"
)

// told says something to a conversation.
func told(t *testing.T, c *Conversation, utterance string) *Answer {
	t.Helper()
	a, err := c.Say(t.Context(), Request{}, utterance)
	if err != nil {
		t.Fatalf("%q: %v", utterance, err)
	}
	return a
}

// A variation that is taken is a turn like any other: beside the one that it varies,
// with the picture that was shown, and the next edit begins from it.
func TestTakenVariationsAreTurns(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := told(t, c, "a woman's face with blond hair")
	edit := told(t, c, "make her hair red")
	grid := told(t, c, "show me four")
	if grid.Show != ShowSheet || len(grid.Frames) != 4 || grid.Doubt == nil || len(grid.Doubt.Choices) != 4 || len(grid.Session.Turns) != 2 {
		t.Fatalf("%d frames, offers %v, %d turns", len(grid.Frames), grid.Doubt, len(grid.Session.Turns))
	}
	for i, a := range grid.Frames {
		for _, b := range grid.Frames[:i] {
			if bytes.Equal(a.Picture.Bytes(), b.Picture.Bytes()) {
				t.Errorf("%q and %q are one picture", a.Label, b.Label)
			}
		}
	}
	taken := told(t, c, "the second one please")
	switch {
	case taken.Turn.ID == edit.Turn.ID || taken.Turn.Parent != first.Turn.ID || taken.Turn.Recipe.Prompt != edit.Turn.Recipe.Prompt:
		t.Errorf("taken was turn %d of %d, %q", taken.Turn.ID, taken.Turn.Parent, taken.Turn.Recipe.Prompt)
	case !slices.Equal(pixelsOf(t, taken.Picture.Bytes()).Pix, pixelsOf(t, grid.Frames[1].Picture.Bytes()).Pix):
		t.Error("the picture that was taken is not the one that was shown")
	}
	if next := told(t, c, "add glasses"); next.Turn.Parent != taken.Turn.ID {
		t.Errorf("the next edit is of turn %d", next.Turn.Parent)
	}
	if back := told(t, c, "undo"); back.Turn.ID != taken.Turn.ID {
		t.Errorf("undo leads to turn %d", back.Turn.ID)
	}
}

// A number means the same picture whenever it is taken, and the first is the turn as
// it is.
func TestVariationsStayTheSame(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := told(t, c, "a river between mountains")
	one, err := c.Variations(t.Context(), Request{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if as, err := c.Take(t.Context(), Request{}, 1); err != nil || as.Turn.ID != first.Turn.ID {
		t.Fatalf("the first is turn %d, %v", as.Turn.ID, err)
	}
	c.Pending = nil // as in another process
	taken, err := c.Take(t.Context(), Request{}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if taken.Turn.Parent != 0 || taken.Turn.Settings.Seed != first.Turn.Settings.Seed+1 ||
		!slices.Equal(pixelsOf(t, taken.Picture.Bytes()).Pix, pixelsOf(t, one.Frames[1].Picture.Bytes()).Pix) {
		t.Errorf("taken was a picture of the seed %d", taken.Turn.Settings.Seed)
	}
	for _, wrong := range []int{-1, 0, mostVariations + 1} {
		if _, err := c.Take(t.Context(), Request{}, wrong); err == nil {
			t.Errorf("variation %d was taken", wrong)
		}
	}
	for _, wrong := range []int{-1, 1, mostVariations + 1} {
		if _, err := c.Variations(t.Context(), Request{}, wrong); err == nil {
			t.Errorf("%d variations were drawn", wrong)
		}
	}
}

// After a grid all else can be said as ever.
func TestVariationsAreNotForced(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	told(t, c, "a woman's face with blond hair")
	told(t, c, "give me a few variations")
	if a := told(t, c, "make her hair red"); a.Turn.Parent != 1 || a.Turn.Edit == "" {
		t.Errorf("turn %d of %d, %q", a.Turn.ID, a.Turn.Parent, a.Turn.Edit)
	}
}

// Variations of an edit of one's own picture leave the rest of it as it is, and the
// picture itself has none.
func TestVariationsOfAnOwnPicture(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	file := photograph(t, image.Pt(320, 300))
	open(t, c, file, shown)
	if _, err := c.Variations(t.Context(), Request{}, 4); err == nil {
		t.Fatal("an opened picture has variations")
	}
	told(t, c, "make her hair blond")
	grid := told(t, c, "show me four versions")
	own, corner := pixelsOf(t, file), func(p *image.NRGBA) []uint8 { return p.Pix[p.PixOffset(300, 280):][:40] }
	for _, f := range grid.Frames {
		got := pixelsOf(t, f.Picture.Bytes())
		if got.Rect != own.Rect || !slices.Equal(corner(got), corner(own)) {
			t.Errorf("%s: the shirt's corner is another", f.Label)
		}
	}
}

// The grid takes no more rows than the variations have to themselves, and a fifth.
func TestRowsOfVariations(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	c.Options.Steps = recipe.StartSteps
	told(t, c, "a woman's face with blond hair")
	edit := told(t, c, "make her hair red")
	grid, err := c.Variations(t.Context(), Request{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	rows := grid.Drawing.Rows
	ways, err := c.variationsOf(edit.Turn)
	if err != nil {
		t.Fatal(err)
	}
	source, err := edit.Session.RecipeFor(edit.Turn.Parent)
	if err != nil {
		t.Fatal(err)
	}
	var recipes []recipe.Recipe
	for _, way := range ways[1:5] {
		recipes = append(recipes, recipe.New(source.Settings, append(slices.Clone(source.Turns), way.link)...))
	}
	together, err := editor.New(pockettest.Open(t)).DrawVariants(t.Context(), recipes)
	if err != nil {
		t.Fatal(err)
	}
	own := together[0].Rows - 2*recipe.StartSteps // without the source's, which the grid finds drawn
	t.Logf("%d rows, of their own %d", rows, own)
	if rows == 0 || float64(rows) > 1.2*float64(own) {
		t.Errorf("the grid took %d rows; the variations have %d of their own", rows, own)
	}
}

// What may not be drawn has no variations either.
func TestVariationsAreAllowed(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	told(t, c, "a woman's face with blond hair")
	refused := errors.New("refused")
	_, err := c.Variations(t.Context(), Request{Allow: func(string) error { return refused }}, 4)
	if !errors.Is(err, refused) {
		t.Errorf("the page was drawn: %v", err)
	}
}

func TestNumbered(t *testing.T) {
	for said, want := range map[string]int{
		"3": 3, "three": 3, "the third": 3, "take number 3": 3, "I'd like the third one, please": 3, "#2": 2, "number one": 1, "one": 1,
		"the first one": 1, "no. 4": 4, "the one": 0, "please": 0, "": 0, "make it 3 cats": 0, "three cats": 0, "3 and 4": 0, "bolder": 0,
	} {
		if got := numbered(said); got != want {
			t.Errorf("%q is %d, want %d", said, got, want)
		}
	}
}

// No two variations of a turn are one recipe.
func TestVariationsDiffer(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	for _, p := range recipe.Usual() {
		turn := session.Turn{ID: 2, Parent: 1, Settings: recipe.Settings{Steps: 20}, Recipe: recipe.Turn{
			Prompt: "a red cat", Start: p.Start, Windows: p.Windows,
			Blend: recipe.Blend{Threshold: p.Threshold, Target: []recipe.Span{{Start: 2, End: 9}}},
		}}
		ways, err := c.variationsOf(turn)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range ways {
			for _, b := range ways[:i] {
				if reflect.DeepEqual(a.link, b.link) {
					t.Errorf("%s: %q is %q", p.Name, a.about, b.about)
				}
			}
		}
		if len(ways) < usualVariations && p.Threshold > 0 {
			t.Errorf("%s has %d variations", p.Name, len(ways))
		}
	}
}

// One variation can be looked at after the other: numbers stay those of the page until
// something else is said, whichever of them is the picture by then.
func TestVariationsAreTakenOneAfterTheOther(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	first := told(t, c, "a woman's face with blond hair")
	edit := told(t, c, "make her hair red")
	grid := told(t, c, "show me four")
	for _, i := range []int{2, 4, 3} {
		taken := told(t, c, strconv.Itoa(i))
		if taken.Turn.Parent != first.Turn.ID || !slices.Equal(pixelsOf(t, taken.Picture.Bytes()).Pix, pixelsOf(t, grid.Frames[i-1].Picture.Bytes()).Pix) {
			t.Errorf("%d is turn %d of %d, another picture than on the page", i, taken.Turn.ID, taken.Turn.Parent)
		}
	}
	if _, err := c.Say(t.Context(), Request{}, "5"); err == nil || !strings.Contains(err.Error(), "has 4 variations") {
		t.Errorf("the fifth of four: %v", err)
	}
	told(t, c, "1")
	if next := told(t, c, "add glasses"); next.Turn.Parent != edit.Turn.ID {
		t.Errorf("after the first was taken, an edit is of turn %d", next.Turn.Parent)
	}
	if c.Pending != nil && c.Pending.Kind == dialogue.Pick {
		t.Error("after an edit the numbers still mean the page")
	}
}

// The numbers of a page end with the turn that it varies, also where another one has its
// number.
func TestVariationsEndWithTheirTurn(t *testing.T) {
	store := session.NewMemory()
	c := newConversation(t, store)
	told(t, c, "a woman's face with blond hair")
	told(t, c, "show me two variations")
	page := c.Pending
	if err := store.Delete(t.Context(), c.Key); err != nil {
		t.Fatal(err)
	}
	told(t, c, "a river between mountains")
	c.Pending = page
	if _, err := c.Say(t.Context(), Request{}, "2"); !errors.Is(err, ErrPictureGone) {
		t.Errorf("a variation of a picture that is gone: %v", err)
	}
	if c.Pending != nil {
		t.Error("it is still asked for")
	}
}

// A variation that is cancelled while it is drawn leaves all as it was, and can be taken
// again.
func TestCancelledVariationsLeaveAllAsItWas(t *testing.T) {
	c := newConversation(t, session.NewMemory())
	told(t, c, "a woman's face with blond hair")
	edit := told(t, c, "make her hair red")
	told(t, c, "show me two variations")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Say(ctx, Request{}, "2"); err == nil {
		t.Fatal("it was drawn")
	}
	s, err := c.Store.Load(t.Context(), c.Key)
	if err != nil || s.Head != edit.Turn.ID || len(s.Turns) != 2 {
		t.Fatalf("turn %d of %d, %v", s.Head, len(s.Turns), err)
	}
	if taken := told(t, c, "2"); taken.Turn.ID != 3 {
		t.Errorf("taken again it was turn %d", taken.Turn.ID)
	}
}
