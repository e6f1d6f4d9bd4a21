package editor

import (
	"bytes"
	"context"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
	"pentimento/recipe"
)

// openEight gives the bundled model in eight bits, after a short practice.
func openEight(t *testing.T) *models.Model {
	t.Helper()
	if err := models.Int8.Supported(); err != nil {
		t.Skip(err)
	}
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{
		Runtime: runtimetest.Load(t), Device: "cpu", Precision: models.Int8, CacheDir: t.TempDir(),
		Practice: models.Practice{Name: "two steps", Draw: func(ctx context.Context, m *models.Model, _ func(done, of int)) error {
			_, err := New(m).Draw(ctx, recipe.Recipe{Settings: recipe.Settings{Steps: 2, Guidance: 4}, Turns: []recipe.Turn{{Prompt: blond}}}, nil)
			return err
		}},
	})
	return modelstest.Keep(t, m, err)
}

// In eight bits too the way there and back ends at the first picture, and pictures
// depend on their recipe alone: on what the cache has as little as on the rows that
// are drawn beside them.
func TestEightBitsAreExact(t *testing.T) {
	m := openEight(t)
	r := hairChain(t, 7)
	growing, fresh := New(m), New(m)
	var drawn []*Drawing
	for n := 1; n <= len(r.Turns); n++ {
		step := mustDraw(t, growing, first(r, n))
		fresh.Forget()
		if whole := mustDraw(t, fresh, first(r, n)); !bytes.Equal(step.Image.Pix, whole.Image.Pix) {
			t.Errorf("%d turns: with a trace of the source the picture is another one", n)
		}
		drawn = append(drawn, step)
	}
	if !bytes.Equal(drawn[0].Image.Pix, drawn[2].Image.Pix) {
		t.Error("blond → red → blond is another picture")
	}
	if bytes.Equal(drawn[0].Image.Pix, drawn[1].Image.Pix) {
		t.Error("blond → red changed nothing")
	}
}

// A practice draws with the model that it is given, and tells of each step.
func TestPractice(t *testing.T) {
	m := openModel(t)
	ctx, stop := context.WithCancel(t.Context())
	var told [][2]int
	err := Practice().Draw(ctx, m, func(done, of int) {
		told = append(told, [2]int{done, of})
		if done == 2 {
			stop()
		}
	})
	if len(told) != 2 || told[1] != [2]int{2, practiceSteps * len(practised())} || err == nil {
		t.Errorf("told of %v, %v", told, err)
	}
}
