package editor

import (
	"context"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// photograph is a drawing of the renderer's that no model has seen.
func photograph(t testing.TB) image.Image {
	t.Helper()
	file, err := os.Open("../models/judge/testdata/drawing-0.png")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

const shown = "a woman with long red hair and sunglasses"

// ofPhotograph is a chain from the photograph: what it shows, then other prompts.
func ofPhotograph(steps int, edits ...string) recipe.Recipe {
	settings := recipe.Settings{Steps: steps, Guidance: 4, Picture: strings.Repeat("ab", 32)}
	r := recipe.New(settings, recipe.Turn{Prompt: shown})
	preset, _ := recipe.PresetNamed("appearance")
	for _, prompt := range edits {
		r.Turns = append(r.Turns, recipe.Turn{Prompt: prompt, Windows: preset.Windows, Blend: recipe.Blend{
			Threshold: preset.Threshold,
			Source:    []recipe.Span{{Start: 13, End: 26}}, Target: []recipe.Span{{Start: 13, End: 26 + len(prompt) - len(shown)}},
		}})
	}
	return r
}

// The picture that nobody has edited is what the VAE makes of it, and costs a row a
// step.
func TestOpenedPictureIsTheAutoencodersOwn(t *testing.T) {
	const steps = 3
	e, picture := New(openModel(t)), photograph(t)
	for _, scheduler := range recipe.Invertible() {
		r := ofPhotograph(steps)
		r.Settings.Scheduler = scheduler
		drawn := drawWith(t, e, picture, r)
		latents, err := e.Model().EncodeImage(t.Context(), picture)
		if err != nil {
			t.Fatal(err)
		}
		want, err := e.Model().Decode(t.Context(), latents)
		if err != nil {
			t.Fatal(err)
		}
		if off := farthest(drawn.Image, want); off > 1 {
			t.Errorf("%s: the picture is %d levels off what the VAE makes of it", scheduler, off)
		}
		if drawn.Rows != steps || drawn.Mask != nil {
			t.Errorf("%s: it took %d rows and has a mask of %d", scheduler, drawn.Rows, len(drawn.Mask))
		}
	}
}

// farthest is the largest difference of two pictures in levels.
func farthest(a, b *image.NRGBA) int {
	most := 0
	for i := range a.Pix {
		most = max(most, int(a.Pix[i])-int(b.Pix[i]), int(b.Pix[i])-int(a.Pix[i]))
	}
	return most
}

func drawWith(t testing.TB, e *Engine, picture image.Image, r recipe.Recipe) *Drawing {
	t.Helper()
	d, err := e.Draw(WithPicture(t.Context(), picture), r, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// An edit of a picture of one's own costs what an edit of a drawn picture costs, and
// changes no latent outside of its mask.
func TestEditOfAnOpenedPicture(t *testing.T) {
	const steps = 6
	e, picture := New(openModel(t)), photograph(t)
	r := ofPhotograph(steps, "a woman with long blue hair and sunglasses")
	before := drawWith(t, e, picture, root(r))
	after := drawWith(t, e, picture, r)
	if after.Rows != 2*steps {
		t.Errorf("the edit took %d rows, want %d", after.Rows, 2*steps)
	}
	inside := 0
	for i := range after.Latents {
		switch at := i % len(after.Mask); {
		case after.Mask[at]:
			inside++
		case after.Latents[i] != before.Latents[i]:
			t.Fatalf("latent %d differs outside of the mask", i)
		}
	}
	if share := float64(inside) / float64(len(after.Latents)); share < .05 || share > .8 {
		t.Errorf("the mask covers %.2f of the picture", share)
	}
}

// Whatever the cache has lost of the picture is made of it again: the edit is the
// same, bit by bit, and so is its mask. So it is where edits begin late.
func TestLostTraceOfAnOpenedPicture(t *testing.T) {
	m, picture := openModel(t), photograph(t)
	r := ofPhotograph(3, "a woman with long blue hair and sunglasses", "a woman with long green hair and sunglasses")
	lostTrace(t, m, picture, r)
	r.Settings.Scheduler = recipe.DPMSolver
	lostTrace(t, m, picture, beginningAt(r, .34, .67))
}

func lostTrace(t *testing.T, m *models.Model, picture image.Image, r recipe.Recipe) {
	t.Helper()
	whole := New(m)
	for n := range r.Turns {
		part := r
		part.Turns = r.Turns[:n+1]
		drawWith(t, whole, picture, part)
	}
	want := drawWith(t, whole, picture, r)
	for name, e := range map[string]*Engine{
		"nothing kept":  NewCached(m, attention.New(attention.Options{Bytes: -1})),
		"no maps kept":  NewCached(m, attention.New(attention.Options{Bytes: 2 << 20})),
		"nothing known": New(m),
	} {
		got := drawWith(t, e, picture, r)
		if !slices.Equal(got.Latents, want.Latents) || !slices.Equal(got.Mask, want.Mask) {
			t.Errorf("%s: the edit or its mask is another", name)
		}
	}
	// What is known of the last turn alone does not say what it changed.
	short := NewCached(m, attention.New(attention.Options{}))
	short.cache.Put(t.Context(), short.key(r), whole.cache.Peek(whole.key(r)), short.shape(r.Settings))
	if got := drawWith(t, short, picture, r); !slices.Equal(got.Mask, want.Mask) {
		t.Error("of a turn that is known the mask is another")
	}
}

func TestPictureThatIsNotHere(t *testing.T) {
	if _, err := New(openModel(t)).Draw(t.Context(), ofPhotograph(2), nil); !errors.Is(err, ErrNoPicture) {
		t.Errorf("without the picture: %v", err)
	}
}

func TestInversionIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(WithPicture(t.Context(), photograph(t)))
	e := New(openModel(t))
	_, err := e.Draw(ctx, ofPhotograph(8), func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || e.Remembers(t.Context(), ofPhotograph(8)) {
		t.Errorf("a cancelled inversion: %v", err)
	}
}

// A step that is taken back leads where it came from, whatever the model predicts.
func TestStepsTakenBack(t *testing.T) {
	spec := models.Spec{Schedule: models.Schedule{TrainSteps: 1000, BetaSchedule: "scaled_linear", BetaStart: .00085, BetaEnd: .012}}
	x, prediction := []float32{.5, -1.25, 2}, []float32{-.75, .3, 1}
	for _, kind := range []models.Prediction{models.PredictEpsilon, models.PredictV} {
		spec.Prediction = kind
		for _, scheduler := range []string{recipe.DDIM, recipe.Euler} {
			s, err := newSampler(spec, scheduler, 7)
			if err != nil {
				t.Fatal(err)
			}
			for i := range s.at {
				next, _ := s.step(s, i, x, prediction, nil, nil)
				for k, back := range s.back(i, next, prediction) {
					if math.Abs(float64(back-x[k])) > 1e-5*(1+math.Abs(float64(x[k])))*s.at[i].ratio() {
						t.Errorf("%v, %s, step %d: %v came back as %v", kind, scheduler, i, x[k], back)
					}
				}
			}
		}
	}
}
