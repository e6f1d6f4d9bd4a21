package editor

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/recipe"
	"pentimento/tests/parity"
)

// An edit is a recipe that was drawn with the equations of tests/reference in the
// attention processors of diffusers.
type edit struct {
	Name string
	// SelfLevel is the first level whose self-attention is taken over.
	SelfLevel int `json:"self_level"`
	Turns     []recipe.Turn
	Settings  struct {
		recipe.Settings
		Spacing string `json:"timestep_spacing"`
	}
}

// SDXL is edited as Prompt-to-Prompt says, by words that are swapped, added,
// removed and weighted, along chains, with Euler's scheduler and without guidance.
// Both sides align words and padding as docs/design.md has it.
func TestSDXLEditsEqualDiffusers(t *testing.T) {
	f := parity.Open(t, "edits")
	var all []edit
	f.Info("cases", &all)
	var negative string
	f.Info("negative", &negative)
	// A small model takes over all self-attention that SDXL has, and one of 1024²
	// that of the lowest level only.
	folder := parity.Folder(t, parity.SDXL, parity.F16)
	small := New(modelstest.Open(t, models.Source{Path: folder}))
	large := New(modelstest.Open(t, models.Source{Path: parity.Checkpoint(t, parity.SDXL, parity.F16)}))
	change(t, filepath.Join(folder, "scheduler", "scheduler_config.json"), map[string]any{"timestep_spacing": "trailing"})
	trailing := New(modelstest.Open(t, models.Source{Path: folder}))
	for _, c := range all {
		t.Run(c.Name, func(t *testing.T) {
			e := small
			switch {
			case c.SelfLevel == 2:
				e = large
			case c.Settings.Spacing == "trailing":
				e = trailing
			}
			if level := e.Model().Spec().SelfLevel; level > c.SelfLevel || c.SelfLevel == 2 && level != 2 {
				t.Fatalf("self-attention is taken over from level %d on, not %d", level, c.SelfLevel)
			}
			r := recipe.Recipe{Version: recipe.Version, Turns: c.Turns, Settings: c.Settings.Settings}
			r.Settings.Negative, r.Settings.Width, r.Settings.Height = negative, parityWidth, parityHeight
			compareEdit(t, e, f, c.Name, r)
		})
	}
}

// compareEdit draws every turn, one after the other and all at once.
func compareEdit(t *testing.T, e *Engine, f *parity.Fixture, name string, r recipe.Recipe) {
	t.Helper()
	want := f.Array(name)
	size := len(want) / len(r.Turns)
	near := func(how string, turn int, have []float32) {
		t.Helper()
		d, err := parity.Distance(have, want[size*turn:size*(turn+1)])
		if t.Logf("turn %d, %s: %.1e from diffusers", turn+1, how, d); err != nil || !(d <= 1e-4) {
			t.Errorf("turn %d, %s: %.1e from diffusers, %v", turn+1, how, d, err)
		}
	}
	for turn := range r.Turns {
		near("turn after turn", turn, mustDraw(t, e, first(r, turn+1)).Latents)
	}
	if last := len(r.Turns) - 1; last > 0 {
		near("in one batch", last, mustDraw(t, New(e.Model()), r).Latents)
	}
}

// change changes keys of a JSON file.
func change(t *testing.T, path string, keys map[string]any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(data, &config); err != nil {
		t.Fatal(err)
	}
	maps.Copy(config, keys)
	if data, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
