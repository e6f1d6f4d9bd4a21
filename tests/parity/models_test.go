package parity_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/tests/parity"
)

// TestCheckpointIsPythons compares the tensors of the files with those that
// diffusers opened, each family in another type.
func TestCheckpointIsPythons(t *testing.T) {
	for family, as := range map[parity.Family]parity.Type{parity.SD1: parity.F16, parity.SD2: parity.BF16, parity.SDXL: parity.F32} {
		f := parity.Open(t, string(family))
		var digests map[parity.Type]string
		f.Info("digests", &digests)
		var entries [][]json.RawMessage
		f.Info("checkpoint", &entries)
		tensors := read(t, parity.Checkpoint(t, family, as))
		h := sha256.New()
		for _, name := range slices.Sorted(maps.Keys(tensors)) {
			if slices.ContainsFunc(entries, func(e []json.RawMessage) bool { return string(e[0]) == `"`+name+`"` }) {
				h.Write([]byte(name))
				h.Write(tensors[name])
			}
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != digests[as] {
			t.Errorf("%s in %s has the digest %s, want %s", family, as, got, digests[as])
		}
	}
}

// TestFolderHasTheCheckpointsTensors: both are written from the same formula.
func TestFolderHasTheCheckpointsTensors(t *testing.T) {
	folder := parity.Folder(t, parity.SD1, parity.F16)
	unet := read(t, filepath.Join(folder, "unet", "diffusion_pytorch_model.safetensors"))
	text := read(t, filepath.Join(folder, "text_encoder", "model.safetensors"))
	single := read(t, parity.Checkpoint(t, parity.SD1, parity.F16))
	for name, other := range map[string][]byte{
		"model.diffusion_model.input_blocks.0.0.weight":                               unet["conv_in.weight"],
		"cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight":     text["text_model.encoder.layers.0.mlp.fc1.weight"],
		"model.diffusion_model.middle_block.1.transformer_blocks.0.attn1.to_k.weight": unet["mid_block.attentions.0.transformer_blocks.0.attn1.to_k.weight"],
	} {
		if len(other) == 0 || !slices.Equal(single[name], other) {
			t.Errorf("%s is not the folder's", name)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "model_index.json")); err != nil {
		t.Error(err)
	}
}

func TestLCMFolder(t *testing.T) {
	unet := read(t, filepath.Join(parity.Folder(t, parity.LCM, parity.F16), "unet", "diffusion_pytorch_model.safetensors"))
	if got, want := len(unet["time_embedding.cond_proj.weight"]), 32*256*2; got != want {
		t.Errorf("the projection of the guidance has %d bytes, want %d", got, want)
	}
}

// TestFiles writes every file of the fixtures: their tensors have the size
// that their shape says, and alpha is what merging was done with.
func TestFiles(t *testing.T) {
	for _, fixture := range []string{"lora", "embedding", "tiny"} {
		var files map[string][][]json.RawMessage
		parity.Open(t, fixture).Info("files", &files)
		for name, entries := range files {
			tensors := read(t, parity.File(t, fixture, name, parity.F32))
			if len(tensors) != len(entries) {
				t.Errorf("%s has %d tensors, want %d", name, len(tensors), len(entries))
			}
			for tensor, data := range tensors {
				alpha := strings.HasSuffix(tensor, ".alpha")
				if len(data) == 0 || alpha && math.Float32frombits(binary.LittleEndian.Uint32(data)) != 3 {
					t.Errorf("%s of %s has %d bytes: %.8x", tensor, name, len(data), data[:min(4, len(data))])
				}
			}
		}
	}
}

// read returns the bytes of each tensor of a file.
func read(t *testing.T, path string) map[string][]byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	length := binary.LittleEndian.Uint64(data)
	var header map[string]struct {
		Offsets []int `json:"data_offsets"`
	}
	if err := json.Unmarshal(data[8:8+length], &header); err != nil {
		t.Fatal(err)
	}
	tensors := map[string][]byte{}
	for name, entry := range header {
		if len(entry.Offsets) == 2 {
			tensors[name] = data[8+length:][entry.Offsets[0]:entry.Offsets[1]]
		}
	}
	return tensors
}
