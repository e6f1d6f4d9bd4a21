package models_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/models"
	"pentimento/models/element"
	"pentimento/models/graph/onnxpb"
	"pentimento/models/runtime/runtimetest"
)

// What only shows when a part runs, its text encoder or its VAE, is found by a
// check: it never says that a model can be used which then does not open, or draws
// black pictures.
func TestCheckRunsEveryPart(t *testing.T) {
	r := runtimetest.Load(t)
	inputs := map[string]string{"text_encoder": "input_ids", "vae_decoder": "latent_sample", "vae_encoder": "sample"}
	for name, c := range map[string]struct {
		spoil func(input string) func(*onnxpb.Graph)
		says  string
		parts []string
	}{
		"an operator without a kernel": {withoutKernel, "the cpu has no kernel for its operator Tanh", []string{"vae_decoder", "vae_encoder"}},
		"weights of another shape":     {func(string) func(*onnxpb.Graph) { return turned }, "", []string{"text_encoder", "vae_decoder", "vae_encoder"}},
		"weights that are no numbers":  {func(string) func(*onnxpb.Graph) { return notNumbers }, "not finite numbers", []string{"unet", "text_encoder", "vae_decoder", "vae_encoder"}},
	} {
		for _, part := range c.parts {
			t.Run(name+" in "+part, func(t *testing.T) {
				dir := pocketDir(t)
				change(t, dir, part+"/model.onnx", c.spoil(inputs[part]))
				report, err := models.Check(t.Context(), models.Source{Path: dir}, models.Options{Runtime: r, Device: "cpu"})
				if err != nil || len(report.Problems) != 1 {
					t.Fatal(report, err)
				}
				for _, want := range []string{part + "/model.onnx", c.says} {
					if !strings.Contains(report.Problems[0].Error(), want) {
						t.Errorf("%q is missing in: %v", want, report.Problems[0])
					}
				}
			})
		}
	}
}

// withoutKernel has a graph compute a part of what it does in a type that nothing
// computes in.
func withoutKernel(name string) func(*onnxpb.Graph) {
	return input(name, element.Float32, []string{"rows", "channels", "height", "width"},
		cast("outer", "inner_brain", element.BFloat16),
		&onnxpb.Node{OpType: new("Tanh"), Input: []string{"inner_brain"}, Output: []string{"inner_tanh"}},
		cast("inner_tanh", "inner", element.Float32))
}

// turned turns the first matrix or kernel round that is not square.
func turned(g *onnxpb.Graph) {
	for _, i := range g.Initializer {
		if d := i.Dims; len(d) >= 2 && d[0] != d[1] && d[0] > 4 {
			d[0], d[1] = d[1], d[0]
			return
		}
	}
}

// notNumbers damages the weights: all bits set are no number in any precision.
func notNumbers(g *onnxpb.Graph) {
	for _, i := range g.Initializer {
		if element.Type(i.GetDataType()).Float() && len(i.RawData) > 64 {
			for b := range i.RawData {
				i.RawData[b] = 0xff
			}
		}
	}
}

// A device that does not start is said of a check, too.
func TestCheckOnADeviceThatDoesNotStart(t *testing.T) {
	report, err := models.Check(t.Context(), models.Source{Path: pocketDir(t)}, models.Options{Runtime: runtimetest.Load(t), Device: "cuda"})
	if err != nil || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Error(), "device cuda does not start") {
		t.Fatal(report, err)
	}
}

// Latents that the UNet of an export can't halve are refused before anything runs,
// in words that say what would do.
func TestSizesThatCannotBeHalved(t *testing.T) {
	dir := export(t, "script_14")
	if err := os.WriteFile(filepath.Join(dir, "unet", "config.json"), []byte(`{"sample_size": 9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := models.Read(t.Context(), models.Source{Path: dir}, models.Options{})
	if err == nil || !strings.Contains(err.Error(), "latents of 9×9 can't be halved") || !strings.Contains(err.Error(), "must be multiples of") {
		t.Error(err)
	}
}
