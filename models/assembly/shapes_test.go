package assembly_test

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models/assembly"
	"pentimento/tests/parity"
)

// writeHeader writes a file of tensors that are all zero and take no room on the
// disk.
func writeHeader(t *testing.T, path string, shapes map[string][]int) {
	t.Helper()
	header, at := map[string]any{}, 0
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		size := 2
		for _, n := range shapes[name] {
			size *= n
		}
		header[name] = map[string]any{"dtype": "F16", "shape": shapes[name], "data_offsets": []int{at, at + size}}
		at += size
	}
	data, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	data = append(binary.LittleEndian.AppendUint64(nil, uint64(len(data))), data...)
	if err := errors.Join(os.WriteFile(path, data, 0o600), os.Truncate(path, int64(len(data)+at))); err != nil {
		t.Fatal(err)
	}
}

// A tensor of each kind that has another shape than its network needs is an error
// of one line, which names it and both sizes.
func TestTensorsOfWrongShape(t *testing.T) {
	base := parity.Folder(t, parity.SD1, parity.F16)
	files := map[string]string{
		"unet": "diffusion_pytorch_model.safetensors", "vae": "diffusion_pytorch_model.safetensors", "text_encoder": "model.safetensors",
	}
	const attention = "down_blocks.0.attentions.0.transformer_blocks.0."
	for _, c := range []struct {
		what, part, tensor string
		shape              []int
		says               []string
	}{
		{"convolution", "unet", "down_blocks.0.resnets.0.conv2.weight", []int{32, 31, 3, 3}, []string{"[32 31 3 3]", "32 channels"}},
		{"convolution without sides", "unet", "down_blocks.0.resnets.0.conv2.weight", []int{32, 32}, []string{"[32 32]", "4 dimensions"}},
		{"bias", "unet", "down_blocks.0.resnets.0.conv2.bias", []int{31}, []string{"[31]", "32 channels"}},
		{"matrix", "unet", attention + "ff.net.2.weight", []int{32, 127}, []string{"[32 127]", "128 channels"}},
		{"norm", "unet", attention + "norm1.weight", []int{33}, []string{"[33]", "32 channels"}},
		{"norm of groups", "unet", "down_blocks.0.resnets.0.norm1.bias", []int{32, 1}, []string{"[32 1]", "32 channels"}},
		{"time embedding", "unet", "time_embedding.linear_2.weight", []int{128, 127}, []string{"[128 127]", "128 channels"}},
		{"projected time", "unet", "down_blocks.0.resnets.0.time_emb_proj.weight", []int{32, 64}, []string{"[32 64]", "128 channels"}},
		{"width of a key", "unet", attention + "attn2.to_v.weight", []int{32, 63}, []string{"[32 63]", "64 channels"}},
		{"decoder", "vae", "decoder.conv_out.weight", []int{3, 31, 3, 3}, []string{"[3 31 3 3]", "32 channels"}},
		{"encoder", "vae", "encoder.mid_block.resnets.0.conv1.weight", []int{64, 65, 3, 3}, []string{"[64 65 3 3]", "64 channels"}},
		{"text", "text_encoder", "text_model.encoder.layers.1.mlp.fc2.weight", []int{64, 255}, []string{"[64 255]", "256 channels"}},
		{"positions", "text_encoder", "text_model.embeddings.position_embedding.weight", []int{77, 63}, []string{"[77 63]", "64"}},
	} {
		t.Run(c.what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "model")
			mirror(t, base, dir)
			shapes := parity.Shapes(t, parity.SD1, c.part)
			if shapes[c.tensor] == nil {
				t.Fatalf("the model has no %s", c.tensor)
			}
			shapes[c.tensor] = c.shape
			path := filepath.Join(dir, c.part, files[c.part])
			remove(t, path)
			writeHeader(t, path, shapes)
			_, err := assembly.Open(assembly.Source{Path: dir})
			if err == nil {
				t.Fatal("it can be used")
			}
			for _, want := range append(c.says, c.tensor, path) {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q is missing in: %v", want, err)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than a line: %v", err)
			}
		})
	}
}
