package editor

import (
	"archive/zip"
	"image"
	"os"
	"path/filepath"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/recipe"
)

// export unpacks a model folder of tests/reference/export_onnx.py.
func export(t *testing.T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	z, err := zip.OpenReader(filepath.Join("..", "models", "testdata", "exports", name+".zip"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Error(err)
	}
	return dir
}

// The weights that diffusers saved and their exports, optimised or not, draw the
// same picture and the same edit. That a single file draws what the folder draws
// is in TestFileAndFolderAreOneModel of package assembly.
func TestFolderAndExportsDrawOnePicture(t *testing.T) {
	saved := export(t, "saved")
	// The exports of the script do not say their size, so that 512² is taken: it
	// decides whose self-attention an edit takes over.
	change(t, filepath.Join(saved, "unet", "config.json"), map[string]any{"sample_size": 64})
	drawOnePicture(t, saved, "script_12", "script_17", "extended", "fused")
}

func TestFolderAndExportOfSDXLDrawOnePicture(t *testing.T) {
	drawOnePicture(t, export(t, "saved_sdxl"), "optimum_sdxl")
}

// drawOnePicture compares a picture and an edit of it as exports draw them with those
// of the model in the folder.
func drawOnePicture(t *testing.T, folder string, exports ...string) {
	t.Helper()
	source := recipe.Turn{Prompt: "a photo of a red cat"}
	window := recipe.Window{To: .75}
	edited := recipe.Turn{Prompt: "a photo of a blue cat", Windows: recipe.Windows{Cross: window, Self: window}}
	r := recipe.Recipe{Version: recipe.Version, Turns: []recipe.Turn{source, edited}, Settings: recipe.Settings{
		Seed: 3, Scheduler: recipe.DDIM, Steps: 6, Guidance: 5, Width: 96, Height: 64,
	}}
	draw := func(dir string) (pictures [2]*image.NRGBA) {
		e := New(modelstest.Open(t, models.Source{Path: dir}))
		for i := range pictures {
			pictures[i] = mustDraw(t, e, first(r, i+1)).Image
		}
		return pictures
	}
	want := draw(folder)
	for _, name := range exports {
		for i, got := range draw(export(t, name)) {
			d := mostApart(got, want[i])
			if t.Logf("%s: turn %d is %d levels from what the folder draws", name, i+1, d); d > 1 {
				t.Errorf("%s: turn %d is %d levels from what the folder draws", name, i+1, d)
			}
		}
	}
	if mostApart(want[0], want[1]) <= 1 {
		t.Error("the edit changes nothing")
	}
}

// mostApart is the most that a channel of two pictures differs, in levels.
func mostApart(a, b *image.NRGBA) int {
	if a.Rect != b.Rect {
		return 256
	}
	most := 0
	for i := range a.Pix {
		d := int(a.Pix[i]) - int(b.Pix[i])
		most = max(most, d, -d)
	}
	return most
}
