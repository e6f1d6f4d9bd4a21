package editor

import (
	"bytes"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/models/pocket"
	"pentimento/models/runtime/runtimetest"
	"pentimento/recipe"
)

// openBound gives the bundled model with inputs that stay where it computes.
func openBound(t testing.TB) *models.Model {
	t.Helper()
	m, err := models.OpenFS(t.Context(), pocket.Files(), "pocket", models.Options{Runtime: runtimetest.Load(t), Device: "cpu", Binding: models.BindAlways})
	return modelstest.Keep(t, m, err)
}

// With bound inputs, which is how a GPU runs, every picture is the same to the bit:
// edits of what was just drawn and of what nothing is known of, other pictures in
// between, several variants at once, and every scheduler.
func TestBoundInputsDrawTheSamePictures(t *testing.T) {
	plain, bound := New(openModel(t)), New(openBound(t))
	same := func(name string, r recipe.Recipe) {
		t.Helper()
		want, got := mustDraw(t, plain, r), mustDraw(t, bound, r)
		if !bytes.Equal(want.Image.Pix, got.Image.Pix) {
			t.Errorf("%s: another picture with bound inputs", name)
		}
		if got.CachedSteps != want.CachedSteps {
			t.Errorf("%s: %d steps with cached maps, not %d", name, got.CachedSteps, want.CachedSteps)
		}
	}
	for seed, scheduler := range recipe.Schedulers() {
		r := hairChain(t, uint64(seed))
		r.Settings.Scheduler = scheduler
		for n := 1; n <= len(r.Turns); n++ {
			same(scheduler, first(r, n))
		}
		plain.Forget()
		bound.Forget()
		same(scheduler+", nothing known", r)
	}
}
