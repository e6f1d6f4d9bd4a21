package bot

import (
	"bytes"
	"image"
	"image/draw"
	"slices"
	"strings"
	"testing"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/models/pocket/pockettest"
	"pentimento/picture"
	"pentimento/recipe"
)

// Hair whose colour nobody has named keeps it when it is made straight, and the
// recipe, which says it now, draws the same picture elsewhere.
func TestUnnamedColourSurvives(t *testing.T) {
	seed := uint64(7001)
	c := newSeeing(t, Options{Seed: &seed, Steps: 20, Guidance: 4.5})
	first := say(t, c, "a woman's face with long curly hair")
	colour := first.Turn.Seen["people.hair"][0]
	edit := say(t, c, "make her hair straight")
	if want := "a woman's face with long straight " + colour + " hair"; edit.Turn.Recipe.Prompt != want {
		t.Errorf("the prompt is %q, want %q", edit.Turn.Recipe.Prompt, want)
	}
	if seen := edit.Turn.Seen["people.hair"]; len(seen) == 0 || seen[0] != colour {
		t.Errorf("hair that was %s is %v", colour, seen)
	}
	if edit.Turn.Edit != "curly → straight" {
		t.Errorf("the edit is called %q", edit.Turn.Edit)
	}
	chain, err := edit.Session.RecipeFor(edit.Turn.ID)
	if err != nil {
		t.Fatal(err)
	}
	drawn, err := editor.New(pockettest.Open(t)).Draw(t.Context(), chain, nil)
	if err != nil {
		t.Fatal(err)
	}
	if shown := pixels(t, edit.Picture.Bytes()); !bytes.Equal(drawn.Image.Pix, shown) {
		t.Error("the recipe draws another picture")
	}
	// What is said of it next finds its words in the new prompt.
	if next := say(t, c, "make her hair curly again"); !strings.Contains(next.Turn.Recipe.Prompt, colour+" hair") {
		t.Errorf("then the prompt is %q", next.Turn.Recipe.Prompt)
	}
}

// Where the prompt has no room, nothing is put in.
func TestNothingIsNamedWithoutRoom(t *testing.T) {
	seed := uint64(7001)
	c := newSeeing(t, Options{Seed: &seed, Steps: 2, Guidance: 4.5})
	say(t, c, "a woman's face with long curly hair")
	c.Model.Reads = func(prompt string) int { return min(len(prompt), len("a woman's face with long straight hair")) }
	if got := say(t, c, "make her hair straight").Turn.Recipe.Prompt; got != "a woman's face with long straight hair" {
		t.Errorf("the prompt is %q", got)
	}
}

// All that points into a prompt still points at the same words.
func TestInsertMovesSpans(t *testing.T) {
	plan := &dialogue.Plan{
		Prompt:  "a cat with straight hair on a sofa",
		Weights: []recipe.Weight{{Span: recipe.Span{Start: 2, End: 5}, Factor: 2}, {Span: recipe.Span{Start: 30, End: 34}, Factor: 2}},
		Ops:     []dialogue.Op{{Target: recipe.Span{Start: 11, End: 19}}},
	}
	plan.Blend.Target = []recipe.Span{{Start: 11, End: 24}, {Start: 20, End: 24}}
	said := func() (out []string) {
		text := func(s recipe.Span) { out = append(out, plan.Prompt[s.Start:s.End]) }
		for _, w := range plan.Weights {
			text(w.Span)
		}
		text(plan.Ops[0].Target)
		for _, s := range slices.Concat(plan.Blend.Target, plan.Named) {
			text(s)
		}
		return out
	}
	insert(plan, []judge.Insertion{{At: 1, Text: "n"}, {At: 2, Text: "orange "}})
	insert(plan, []judge.Insertion{{At: 28, Text: "green "}})
	if plan.Prompt != "an orange cat with straight green hair on a sofa" {
		t.Fatalf("the prompt is %q", plan.Prompt)
	}
	want := []string{"cat", "sofa", "straight", "straight green hair", "hair", "orange ", "green "}
	if got := said(); !slices.Equal(got, want) {
		t.Errorf("the spans are of %q, want %q", got, want)
	}
	if got := unnamed(plan); strings.Join(strings.Fields(got), " ") != "an cat with straight hair on a sofa" {
		t.Errorf("without what nobody said it is %q", got)
	}
}

// pixels are those of a PNG.
func pixels(t *testing.T, data []byte) []byte {
	t.Helper()
	decoded, err := picture.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(decoded.Bounds())
	draw.Draw(out, out.Rect, decoded, decoded.Bounds().Min, draw.Src)
	return out.Pix
}
