package editor

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"pentimento/models"
	"pentimento/models/pocket/pockettest"
	"pentimento/recipe"
)

// openModel gives the bundled model. Tests of the engine run on it: it is
// small, and it is what users get.
func openModel(t testing.TB) *models.Model { return pockettest.Open(t) }

// spanOf finds words in a prompt.
func spanOf(t testing.TB, prompt, words string) recipe.Span {
	t.Helper()
	at := strings.Index(prompt, words)
	if at < 0 {
		t.Fatalf("%q is not in %q", words, prompt)
	}
	return recipe.Span{Start: at, End: at + len(words)}
}

const (
	blond = "a woman's face with blond hair"
	red   = "a woman's face with red hair"
)

// hairChain is blond → red → blond by the appearance preset, with local blend.
func hairChain(t testing.TB, seed uint64) recipe.Recipe {
	preset, ok := recipe.PresetNamed("appearance")
	if !ok {
		t.Fatal("no preset")
	}
	swap := func(from, fromWords, to, toWords string) recipe.Turn {
		return recipe.Turn{Prompt: to, Windows: preset.Windows, Blend: recipe.Blend{
			Threshold: preset.Threshold, Start: preset.BlendStart,
			Source: []recipe.Span{spanOf(t, from, fromWords)},
			Target: []recipe.Span{spanOf(t, to, toWords)},
		}}
	}
	return recipe.Recipe{
		Version:  recipe.Version,
		Settings: recipe.Settings{Seed: seed, Scheduler: "ddim", Steps: 10, Guidance: 4.5},
		Turns: []recipe.Turn{
			{Prompt: blond},
			swap(blond, "blond hair", red, "red hair"),
			swap(red, "red hair", blond, "blond hair"),
		},
	}
}

func first(r recipe.Recipe, n int) recipe.Recipe {
	r.Turns = r.Turns[:n]
	return r
}

func mustDraw(t testing.TB, e *Engine, r recipe.Recipe) *Drawing {
	t.Helper()
	d, err := e.Draw(t.Context(), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Editing there and back through the recorded source is the identity: inside
// the windows the maps are the first picture's, outside them its own.
func TestCycleReturnsTheFirstPicture(t *testing.T) {
	e := New(openModel(t))
	for seed, scheduler := range recipe.Schedulers() {
		r := hairChain(t, uint64(seed))
		r.Settings.Scheduler = scheduler
		source, back := mustDraw(t, e, first(r, 1)), mustDraw(t, e, r)
		if !bytes.Equal(source.Image.Pix, back.Image.Pix) {
			t.Errorf("%s: blond → red → blond is another picture", scheduler)
		}
		if edited := mustDraw(t, e, first(r, 2)); bytes.Equal(source.Image.Pix, edited.Image.Pix) {
			t.Errorf("%s: blond → red changed nothing", scheduler)
		}
	}
}

// A picture is a function of its recipe: turn by turn with traces, in one
// batch without them, and again on another engine, the bytes are the same.
func TestDrawingDependsOnTheRecipeAlone(t *testing.T) {
	m := openModel(t)
	r := hairChain(t, 7)
	withGlasses := red + " and glasses"
	r.Turns[2] = recipe.Turn{Prompt: withGlasses, Windows: r.Turns[1].Windows,
		Blend: recipe.Blend{Threshold: .3, Start: .2, Target: []recipe.Span{spanOf(t, withGlasses, "glasses")}}}
	r.Turns = append(r.Turns,
		recipe.Turn{Prompt: withGlasses, Windows: recipe.Windows{Cross: upTo(.2), Self: upTo(.8)},
			Weights: []recipe.Weight{{Span: spanOf(t, withGlasses, "red"), Factor: -1}}},
		recipe.Turn{Prompt: blond + " and glasses", Windows: recipe.Windows{Value: upTo(.5), ValueMix: .5, Self: upTo(.4)}},
	)
	growing, fresh := New(m), New(m)
	for n := 1; n <= len(r.Turns); n++ {
		step := mustDraw(t, growing, first(r, n))
		fresh.Forget()
		whole := mustDraw(t, fresh, first(r, n))
		if !bytes.Equal(step.Image.Pix, whole.Image.Pix) {
			t.Errorf("%d turns: with a trace of the source the picture is another one", n)
		}
		if n > 1 && (!step.Traced || whole.Traced || step.Rows >= whole.Rows) {
			t.Errorf("%d turns: %d rows with a trace, %d without", n, step.Rows, whole.Rows)
		}
	}
}

func TestRedrawingATracedPictureComputesNothing(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 1), 1)
	drawn, again := mustDraw(t, e, r), mustDraw(t, e, r)
	if again.Rows != 0 || !bytes.Equal(drawn.Image.Pix, again.Image.Pix) {
		t.Errorf("drawing a known recipe took %d rows", again.Rows)
	}
}

func TestFullThresholdReturnsTheSource(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 3), 2)
	r.Turns[1].Blend.Threshold, r.Turns[1].Blend.Start = 1, 0
	if source, edited := mustDraw(t, e, first(r, 1)), mustDraw(t, e, r); !bytes.Equal(source.Image.Pix, edited.Image.Pix) {
		t.Error("with k = 1 the picture is another one")
	}
}

func TestAttentionLiesOnTheWord(t *testing.T) {
	e := New(openModel(t))
	d := mustDraw(t, e, first(hairChain(t, 1), 1))
	heat, err := d.Attention(spanOf(t, blond, "hair"))
	if err != nil {
		t.Fatal(err)
	}
	// Hair is in the upper half of a portrait.
	var upper, lower float32
	for i, v := range heat {
		if i < len(heat)/2 {
			upper += v
		} else {
			lower += v
		}
	}
	if upper <= lower {
		t.Errorf("“hair” attends %.2f above and %.2f below the middle", upper, lower)
	}
	if _, err := d.Attention(recipe.Span{Start: 1000, End: 1001}); !errors.Is(err, ErrNoSuchWord) {
		t.Errorf("a span outside the prompt gave %v", err)
	}
}

func TestFind(t *testing.T) {
	e := New(openModel(t))
	tests := []struct{ prompt, phrase, want string }{
		{blond, "hair", "hair"},
		{blond, "BLOND hair", "blond hair"},
		{"A Woman's face", "woman", "Woman"},
		{"a cat, a dog", "cat", "cat"},
	}
	for _, test := range tests {
		span, err := e.Find(test.prompt, test.phrase)
		if err != nil || test.prompt[span.Start:span.End] != test.want {
			t.Errorf("%q in %q: %v, %v", test.phrase, test.prompt, span, err)
		}
	}
	for _, phrase := range []string{"", "zebra", "hair blond"} {
		if _, err := e.Find(blond, phrase); !errors.Is(err, ErrNoSuchWord) {
			t.Errorf("%q: got %v", phrase, err)
		}
	}
}

func TestDrawRefuses(t *testing.T) {
	e := New(openModel(t))
	tests := []struct {
		name string
		bend func(*recipe.Recipe)
		want string
	}{
		{"no turns", func(r *recipe.Recipe) { r.Turns = nil }, "no turns"},
		{"newer version", func(r *recipe.Recipe) { r.Version = 99 }, "version 99"},
		{"another model", func(r *recipe.Recipe) { r.Settings.Model = "0123456789abcdef" }, "made with model 0123456789ab"},
		{"unknown scheduler", func(r *recipe.Recipe) { r.Settings.Scheduler = "magic" }, "magic"},
		{"no steps", func(r *recipe.Recipe) { r.Settings.Steps = 0 }, "0 steps"},
		{"too many steps", func(r *recipe.Recipe) { r.Settings.Steps = 1 << 40 }, "steps"},
		{"window", func(r *recipe.Recipe) { r.Turns[1].Windows.Self.To = 1.5 }, "turn 2: window"},
		{"weight", func(r *recipe.Recipe) { r.Turns[0].Weights = []recipe.Weight{{Factor: 1e9}} }, "turn 1: weight"},
		{"value layers", func(r *recipe.Recipe) { r.Turns[1].Windows.ValueLayers = "both" }, `value layers "both"`},
		{"threshold", func(r *recipe.Recipe) { r.Turns[1].Blend.Threshold = -1 }, "threshold"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := first(hairChain(t, 1), 2)
			r.Turns = append([]recipe.Turn(nil), r.Turns...)
			test.bend(&r)
			if _, err := e.Draw(t.Context(), r, nil); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestDrawStopsWhenCancelled(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 1), 1)
	r.Settings.Steps = 1000
	ctx, cancel := context.WithCancel(t.Context())
	start := time.Now()
	_, err := e.Draw(ctx, r, func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if waited := time.Since(start); waited > 10*time.Second {
		t.Errorf("stopping took %v", waited)
	}
}

// Weights belong to a turn: carried along a chain they stay what they are, so
// that an edit that repeats its source, weights and all, is its source.
func TestCarriedWeightsDoNotCompound(t *testing.T) {
	e := New(openModel(t))
	r := first(hairChain(t, 2), 1)
	for _, factor := range []float64{2.5, -1, 0} {
		weighted := recipe.Turn{Prompt: blond, Weights: []recipe.Weight{{Span: spanOf(t, blond, "hair"), Factor: factor}}}
		once := r
		once.Turns = []recipe.Turn{weighted}
		carried := weighted
		carried.Windows = recipe.Windows{Cross: upTo(1), Self: upTo(1)}
		twice := r
		twice.Turns = []recipe.Turn{weighted, carried}
		a, b := mustDraw(t, e, once), mustDraw(t, e, twice)
		if !bytes.Equal(a.Image.Pix, b.Image.Pix) {
			t.Errorf("× %v carried over one turn gives another picture", factor)
		}
	}
}
