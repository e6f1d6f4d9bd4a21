package editor

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"pentimento/recipe"
)

// variantsOf are edits of the last turn but one of a recipe which part at
// different steps, or never.
func variantsOf(t *testing.T, r recipe.Recipe) []recipe.Recipe {
	t.Helper()
	var out []recipe.Recipe
	add := func(change func(*recipe.Turn)) {
		one := r
		one.Turns = slices.Clone(r.Turns)
		change(&one.Turns[len(one.Turns)-1])
		out = append(out, one)
	}
	add(func(*recipe.Turn) {})
	add(func(l *recipe.Turn) { l.Windows.Cross = upTo(.5) })
	add(func(l *recipe.Turn) { l.Windows.Self = upTo(.8) })
	add(func(l *recipe.Turn) { l.Windows.Self = recipe.Window{From: .5, To: 1} })
	add(func(l *recipe.Turn) { l.Blend.Threshold = .6 })
	add(func(l *recipe.Turn) { l.Blend.Threshold = 1 })
	add(func(l *recipe.Turn) { l.Blend = recipe.Blend{} })
	add(func(l *recipe.Turn) { l.Blend.Start = .7 })
	add(func(l *recipe.Turn) { l.Windows.Value, l.Windows.ValueMix = upTo(.5), 1 })
	add(func(l *recipe.Turn) {
		l.Windows.Value, l.Windows.ValueMix, l.Windows.ValueLayers = upTo(.5), 1, recipe.SelfValues
	})
	add(func(l *recipe.Turn) {
		l.Windows.CrossWords = []recipe.WordWindow{{Span: spanOf(t, l.Prompt, "face"), Window: upTo(.2)}}
	})
	add(func(l *recipe.Turn) { l.Weights = []recipe.Weight{{Span: spanOf(t, l.Prompt, "hair"), Factor: 3}} })
	add(func(l *recipe.Turn) { l.Prompt, l.Blend = "a woman's face with black hair", recipe.Blend{} })
	add(func(l *recipe.Turn) { l.Preset = "a name that says nothing" })
	return out
}

// Variants that are drawn together are the pictures that they are alone, and
// take fewer rows: after a plain picture, after an edit, with guidance and
// without, and whatever is known of their source.
func TestVariantsAreWhatTheyAreAlone(t *testing.T) {
	m := openModel(t)
	for name, test := range map[string]struct {
		turns     int
		scheduler string
		guidance  float64
		known     bool
	}{
		"source known":         {2, recipe.DDIM, 4.5, true},
		"nothing known":        {2, recipe.DDIM, 4.5, false},
		"without guidance":     {2, recipe.DDIM, 1, true},
		"after an edit":        {3, recipe.DDIM, 4.5, true},
		"with a memory":        {2, recipe.DPMSolver, 4.5, true},
		"nothing known before": {3, recipe.DPMSolver, 4.5, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := first(hairChain(t, 3), test.turns)
			r.Settings.Scheduler, r.Settings.Steps, r.Settings.Guidance = test.scheduler, 4, test.guidance
			recipes := variantsOf(t, r)
			together, alone := New(m), New(m)
			mustDraw(t, alone, first(r, test.turns-1))
			if test.known {
				mustDraw(t, together, first(r, test.turns-1))
			}
			drawings, err := together.DrawVariants(t.Context(), recipes)
			if err != nil {
				t.Fatal(err)
			}
			rows := 0
			for i, d := range drawings {
				want := mustDraw(t, alone, recipes[i])
				rows += want.Rows
				if !bytes.Equal(d.Image.Pix, want.Image.Pix) || !slices.Equal(d.Latents, want.Latents) || !slices.Equal(d.maps, want.maps) {
					t.Errorf("variant %d is another picture than alone", i)
				}
			}
			if d := drawings[0]; d.Rows >= rows*4/5 {
				t.Errorf("%d rows together, %d alone", d.Rows, rows)
			}
			if drawings[0] != drawings[len(drawings)-1] {
				t.Error("variants that are equal are two drawings")
			}
		})
	}
}

// Whole pictures are variants too: they share the noise they begin with.
func TestVariantsOfTheFirstTurn(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 3), 1)
	r.Settings.Steps = 4
	weighted := r
	weighted.Turns = []recipe.Turn{{Prompt: blond, Weights: []recipe.Weight{{Span: spanOf(t, blond, "hair"), Factor: 2}}}}
	drawings, err := e.DrawVariants(t.Context(), []recipe.Recipe{r, weighted})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []recipe.Recipe{r, weighted} {
		if !bytes.Equal(drawings[i].Image.Pix, mustDraw(t, New(e.Model()), want).Image.Pix) {
			t.Errorf("variant %d is another picture than alone", i)
		}
	}
	if rows := drawings[0].Rows; rows != 3+3*4 {
		t.Errorf("%d rows", rows)
	}
}

func TestDrawVariantsRefuses(t *testing.T) {
	e := New(openModel(t))
	r := hairChain(t, 3)
	other := r
	other.Settings.Seed++
	for name, recipes := range map[string][]recipe.Recipe{
		"another seed":   {r, other},
		"another source": {r, {Version: r.Version, Settings: r.Settings, Turns: []recipe.Turn{r.Turns[0], {Prompt: red}, r.Turns[2]}}},
		"another depth":  {r, first(r, 2)},
	} {
		if _, err := e.DrawVariants(t.Context(), recipes); !errors.Is(err, errNotVariants) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.DrawVariants(t.Context(), nil); err == nil {
		t.Error("nothing was drawn")
	}
}
