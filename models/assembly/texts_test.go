package assembly_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// So are those of Stable Diffusion 2, with OpenCLIP's padding.
func TestTextsOfSD2EqualDiffusers(t *testing.T) {
	compareTexts(t, modelstest.Open(t, models.Source{Path: parity.Folder(t, parity.SD2, parity.F16)}), parity.SD2)
}

// SDXL has zeros where no negative prompt is given, unless its folder says that
// it was trained otherwise.
func TestEmptyPromptOfSDXL(t *testing.T) {
	folder := parity.Folder(t, parity.SDXL, parity.F16)
	sayNoZeros(t, folder)
	emptyIsZero(t, modelstest.Open(t, models.Source{Path: folder}), false)
}

func emptyIsZero(t *testing.T, m *models.Model, zeros bool) {
	t.Helper()
	empty, err := m.EncodeText(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for what, values := range map[string][]float32{"embeddings": empty.Embeddings, "pooled text": empty.Pooled} {
		if none := !slices.ContainsFunc(values, func(v float32) bool { return v != 0 }); none != zeros || len(values) == 0 {
			t.Errorf("all %d %s are zero: %v, want %v", len(values), what, none, zeros)
		}
	}
}

func sayNoZeros(t *testing.T, folder string) {
	t.Helper()
	path := filepath.Join(folder, "model_index.json")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var index map[string]any
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	index["force_zeros_for_empty_prompt"] = false
	if data, err = json.Marshal(index); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
