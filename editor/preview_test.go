package editor

import (
	"bytes"
	"context"
	"image"
	"math"
	"testing"

	"pentimento/models"
	"pentimento/recipe"
)

// Previews approach the picture, end with it, and change nothing of it, for a
// plain picture and for an edit with local blend.
func TestPreviewsConverge(t *testing.T) {
	m := openModel(t)
	for turns := 1; turns <= 2; turns++ {
		r := first(hairChain(t, 3), turns)
		want := mustDraw(t, New(m), r)
		var distances []float64
		var late func(context.Context) (*image.NRGBA, error)
		got, err := New(m).Draw(t.Context(), r, func(p Progress) {
			preview, err := p.Preview(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			distances = append(distances, meanDifference(preview, want.Image))
			if p.Step == 1 {
				late = p.Preview
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got.Image.Pix, want.Image.Pix) {
			t.Errorf("%d turns: with previews the picture is another one", turns)
		}
		if n := len(distances); n != 10 || distances[n-1] != 0 {
			t.Fatalf("%d turns: the previews are %.2f from the picture", turns, distances)
		}
		// Single steps may lead away from what the last one will do.
		for i := range distances[:8] {
			if distances[i+2] >= distances[i] {
				t.Errorf("%d turns: the previews are %.2f from the picture", turns, distances)
				break
			}
		}
		again, err := late(t.Context())
		if err != nil || meanDifference(again, want.Image) != distances[0] {
			t.Errorf("%d turns: called later the first preview is another one (%v)", turns, err)
		}
	}
}

// Without guidance and blend a preview is the decoded x_0 of the prediction,
// whatever the model predicts and whatever noise the scheduler adds.
func TestCleanIsThePredictedSignal(t *testing.T) {
	const x0, eps = .7, -.4
	for _, kind := range []models.Prediction{models.PredictEpsilon, models.PredictV, models.PredictSample} {
		for _, name := range recipe.Schedulers() {
			spec := usualSpec()
			spec.Prediction = kind
			s, err := newSampler(spec, name, 4)
			if err != nil {
				t.Fatal(err)
			}
			x, z := noised(s.at[0], []float32{x0}, []float32{eps}), []float32{1.5}
			p := predicted(kind, s.at[0], []float32{x0}, []float32{eps})
			next, _ := s.step(s, 0, x, p, z, nil)
			if got := s.clean(0, x, p, z, next)[0]; math.Abs(float64(got)-x0) > 1e-5 {
				t.Errorf("%s, %s: %g, want %g", name, kind, got, x0)
			}
		}
	}
}

func meanDifference(a, b *image.NRGBA) float64 {
	sum := 0.
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}
