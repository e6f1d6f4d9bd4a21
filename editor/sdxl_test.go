package editor

import (
	"slices"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/recipe"
)

// SDXL reads a prompt with two text encoders. One alignment serves both, so
// that it draws and edits like any model, and the way back ends where it began.
func TestSDXLIsEdited(t *testing.T) {
	m := modelstest.Open(t, models.Source{Path: export(t, "optimum_sdxl")})
	settings := recipe.Settings{Seed: 7, Scheduler: recipe.DDIM, Steps: 4, Guidance: 5, Width: 96, Height: 64}
	root := recipe.Turn{Prompt: "a photo of a red cat"}
	most := recipe.Window{To: .75}
	edit := recipe.Turn{Prompt: "a photo of a red dog", Windows: recipe.Windows{Cross: most, Self: most}}
	plain := edit
	plain.Windows = recipe.Windows{}
	draw := func(e *Engine, turns ...recipe.Turn) *Drawing {
		t.Helper()
		d, err := e.Draw(t.Context(), recipe.Recipe{Version: recipe.Version, Settings: settings, Turns: turns}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if size := d.Image.Rect.Size(); size.X != 96 || size.Y != 64 {
			t.Errorf("a picture of %v", size)
		}
		return d
	}
	e := New(m)
	source, edited, other := draw(e, root), draw(e, root, edit), draw(New(m), plain)
	if edited.Rows != 2*settings.Steps {
		t.Errorf("an edit of a known picture took %d rows", edited.Rows)
	}
	if slices.Equal(edited.Latents, source.Latents) || slices.Equal(edited.Latents, other.Latents) {
		t.Error("the edit is its source, or what its prompt alone gives")
	}
	if fresh := draw(New(m), root, edit); !slices.Equal(fresh.Latents, edited.Latents) {
		t.Error("the edit depends on what was known of its source")
	}
}
