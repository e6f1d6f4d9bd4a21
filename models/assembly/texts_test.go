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

// Prompts are encoded as diffusers encodes them, from words on: with CLIP's
// tokenizer, each encoder's own padding, and SDXL's pooled text at the prompt's
// end.
func TestTextsEqualDiffusers(t *testing.T) {
	for family, path := range map[parity.Family]string{
		parity.SD1:  parity.Checkpoint(t, parity.SD1, parity.F32),
		parity.SD2:  parity.Folder(t, parity.SD2, parity.F16),
		parity.SDXL: parity.Checkpoint(t, parity.SDXL, parity.F16),
	} {
		t.Run(string(family), func(t *testing.T) {
			compareTexts(t, modelstest.Open(t, models.Source{Path: path}), family)
		})
	}
}

// SDXL has zeros where no negative prompt is given, unless its folder says that
// it was trained otherwise.
func TestEmptyPromptOfSDXL(t *testing.T) {
	folder := parity.Folder(t, parity.SDXL, parity.F16)
	for _, zeros := range []bool{true, false} {
		if !zeros {
			sayNoZeros(t, folder)
		}
		m := modelstest.Open(t, models.Source{Path: folder})
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
