package assembly_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/modelstest"
	"pentimento/tests/parity"
)

// tensors are those of a file, by name.
type tensors struct {
	shapes map[string][]int
	values map[string][]float32
}

// weightsOf are a network's tensors under other names.
func weightsOf(t *testing.T, family parity.Family, network string, rename func(string) string) tensors {
	t.Helper()
	out := tensors{map[string][]int{}, map[string][]float32{}}
	for name, shape := range parity.Shapes(t, family, network) {
		out.shapes[rename(name)] = shape
		out.values[rename(name)] = parity.Weight(network+"."+name, shape)
	}
	return out
}

func (w tensors) write(t *testing.T, path string) {
	t.Helper()
	parity.WriteTensors(t, path, parity.F16, w.shapes, w.values)
}

// shard writes the tensors as two files with an index.
func (w tensors) shard(t *testing.T, dir, index string, files [2]string) {
	t.Helper()
	where, halves := map[string]string{}, [2]map[string][]int{{}, {}}
	for i, name := range slices.Sorted(maps.Keys(w.shapes)) {
		where[name] = files[i%2]
		halves[i%2][name] = w.shapes[name]
	}
	for i, file := range files {
		parity.WriteTensors(t, filepath.Join(dir, file), parity.F16, halves[i], w.values)
	}
	data, err := json.Marshal(map[string]any{"metadata": map[string]any{"total_size": 1}, "weight_map": where})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, index), data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

// kept keeps a name.
func kept(name string) string { return name }

// A folder of diffusers is the same model in every layout that its versions
// have written.
func TestLayoutsOfFolders(t *testing.T) {
	const unet, text, vae = "diffusion_pytorch_model.safetensors", "model.safetensors", "diffusion_pytorch_model.safetensors"
	for name, lay := range map[string]func(t *testing.T, dir string){
		// transformers 5 has no text_model, diffusers once had other names in the
		// VAE's attention.
		"shards, and other names": func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, "unet", unet))
			weightsOf(t, parity.SD1, "unet", kept).shard(t, filepath.Join(dir, "unet"), unet+".index.json",
				[2]string{"diffusion_pytorch_model-00001-of-00002.safetensors", "diffusion_pytorch_model-00002-of-00002.safetensors"})
			bare := func(name string) string { return strings.TrimPrefix(name, "text_model.") }
			weightsOf(t, parity.SD1, "text_encoder", bare).write(t, filepath.Join(dir, "text_encoder", text))
			old := strings.NewReplacer("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn").Replace
			weightsOf(t, parity.SD1, "vae", old).write(t, filepath.Join(dir, "vae", vae))
		},
		"variant fp16": func(t *testing.T, dir string) {
			for part, file := range map[string]string{"unet": unet, "text_encoder": text, "vae": vae} {
				old := filepath.Join(dir, part, file)
				if err := os.Rename(old, strings.TrimSuffix(old, ".safetensors")+".fp16.safetensors"); err != nil {
					t.Fatal(err)
				}
			}
		},
		"variant fp16 in shards": func(t *testing.T, dir string) {
			remove(t, filepath.Join(dir, "unet", unet))
			weightsOf(t, parity.SD1, "unet", kept).shard(t, filepath.Join(dir, "unet"), unet+".index.fp16.json",
				[2]string{"diffusion_pytorch_model.fp16-00001-of-00002.safetensors", "diffusion_pytorch_model.fp16-00002-of-00002.safetensors"})
			remove(t, filepath.Join(dir, "text_encoder", text))
			weightsOf(t, parity.SD1, "text_encoder", kept).shard(t, filepath.Join(dir, "text_encoder"), text+".index.json",
				[2]string{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := parity.Folder(t, parity.SD1, parity.F16)
			lay(t, dir)
			m := modelstest.Open(t, models.Source{Path: dir})
			compareTexts(t, m, parity.SD1)
			compareParts(t, m, parity.SD1)
		})
	}
}

// compareTexts encodes the prompts of a fixture, rows [negative, prompt].
func compareTexts(t *testing.T, m *models.Model, family parity.Family) {
	t.Helper()
	f := parity.Open(t, string(family))
	want := f.Array("text")
	for row, key := range []string{"negative", "prompt"} {
		var prompt string
		f.Info(key, &prompt)
		text, err := m.EncodeText(t.Context(), prompt)
		if err != nil {
			t.Fatal(err)
		}
		n := len(want) / 2
		near(t, "text of the "+key, text.Embeddings, want[row*n:(row+1)*n])
		if f.Has("pooled") {
			pooled := f.Array("pooled")
			p := len(pooled) / 2
			near(t, "pooled text of the "+key, text.Pooled, pooled[row*p:(row+1)*p])
		} else if text.Pooled != nil {
			t.Error("there is pooled text")
		}
	}
}

// compareParts predicts and decodes as the fixture did.
func compareParts(t *testing.T, m *models.Model, family parity.Family) {
	t.Helper()
	f := parity.Open(t, string(family))
	m, err := m.At(64, 128)
	if err != nil {
		t.Fatal(err)
	}
	s := m.Spec()
	latents := parity.Normal("latents", s.LatentChannels*s.LatentHeight*s.LatentWidth)
	b := &models.Batch{Rows: 1, Latents: latents, Control: models.Identity(1, len(s.Layers), s.ContextLength)}
	f.Info("timestep", &b.Timestep)
	text := f.Array("text")
	b.AddText(models.Text{Embeddings: text[len(text)/2:]})
	out, err := m.Denoise(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	want := f.Array("unet")
	near(t, "prediction", out.Noise, want[len(want)/2:])
	scaled := slices.Clone(latents)
	for i := range scaled {
		scaled[i] *= float32(s.ScalingFactor)
	}
	picture, err := m.Decode(t.Context(), scaled)
	if err != nil {
		t.Fatal(err)
	}
	planes, n := f.Array("decoder"), s.ImageWidth*s.ImageHeight
	for i, v := range planes {
		level := max(0, min(255, (float64(v)/2+.5)*255))
		if d := float64(picture.Pix[i%n*4+i/n]) - level; d < -1 || d > 1 {
			t.Fatalf("value %d of the picture is %g from diffusers", i, d)
		}
	}
}
