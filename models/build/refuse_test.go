package build_test

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/tests/parity"
)

// TestAnySize: sides that the levels of the UNet can't halve, and pictures of
// other sizes and rows, come out as large as they went in.
func TestAnySize(t *testing.T) {
	m := openModel(t, parity.SD1, parity.F16)
	unet := m.built(t)(build.UNet(m.part(t, checkpoint.PartUNet), m.UNet, nil))
	decoder := m.built(t)(build.Decoder(m.part(t, checkpoint.PartVAE), m.VAE))
	width := m.UNet.CrossWidth
	text := m.Array("text")[:77*width]
	for _, size := range []struct{ rows, height, width int }{{1, 8, 24}, {1, 11, 9}, {3, 16, 16}} {
		n := size.rows * 4 * size.height * size.width
		latents := parity.Normal("latents", n)
		var texts, times []float32
		for range size.rows {
			texts, times = append(texts, text...), append(times, 481)
		}
		got := run(t, unet, []string{"out_sample"}, floats("sample", latents, size.rows, 4, size.height, size.width),
			floats("timestep", times, size.rows), floats("encoder_hidden_states", texts, size.rows, 77, width))[0]
		finite(t, got, n)
		got = run(t, decoder, []string{"sample"}, floats("latent_sample", latents, size.rows, 4, size.height, size.width))[0]
		finite(t, got, n/4*3*64)
	}
}

func finite(t *testing.T, values []float32, n int) {
	t.Helper()
	if len(values) != n {
		t.Errorf("%d numbers, want %d", len(values), n)
	}
	for _, v := range values {
		if v-v != 0 || math.Abs(float64(v)) > 1e6 {
			t.Fatalf("one of the numbers is %v", v)
		}
	}
}

// TestWeightsThatDoNotFit: every fault of a file's weights is an error that
// names them.
func TestWeightsThatDoNotFit(t *testing.T) {
	a := openModel(t, parity.SD1, parity.F16).UNet
	for _, fault := range []struct {
		name   string
		tensor string
		shape  []int // nil: the tensor is missing
		as     parity.Type
		want   error
	}{
		{"missing", "up_blocks.1.resnets.0.conv1.weight", nil, parity.F32, checkpoint.ErrMissing},
		{"of another size", "up_blocks.1.resnets.0.conv1.weight", []int{64, 127, 3, 3}, parity.F32, build.ErrWeights},
		{"of other dimensions", "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight", []int{64}, parity.F32, build.ErrWeights},
		{"a bias that is too long", "mid_block.resnets.1.conv2.bias", []int{129}, parity.F32, build.ErrWeights},
		{"a kernel that is a matrix", "conv_out.weight", []int{4, 32}, parity.F32, build.ErrWeights},
		{"no numbers", "down_blocks.1.attentions.0.norm.weight", []int{}, parity.F32, build.ErrWeights},
		{"integers", "", nil, "I32", build.ErrWeights},
	} {
		t.Run(fault.name, func(t *testing.T) {
			shapes, values := map[string][]int{}, map[string][]float32{}
			for name, shape := range parity.Shapes(t, parity.SD1, "unet") {
				if name == fault.tensor {
					shape = fault.shape
				}
				if name == fault.tensor && shape == nil {
					continue
				}
				n := 1
				for _, size := range shape {
					n *= size
				}
				shapes[name], values[name] = shape, make([]float32, n)
			}
			path := filepath.Join(t.TempDir(), "unet.safetensors")
			parity.WriteTensors(t, path, fault.as, shapes, values)
			_, err := build.UNet(partOf(t, openFile(t, path), checkpoint.PartUNet), a, nil)
			if !errors.Is(err, fault.want) || !strings.Contains(err.Error(), fault.tensor) {
				t.Errorf("the error is %v, want one that names %s and is %q", err, fault.tensor, fault.want)
			}
			t.Log(err)
		})
	}
}

// TestTermsThatDoNotFit: a LoRA for another model is an error that names the
// weight.
func TestTermsThatDoNotFit(t *testing.T) {
	m := openModel(t, parity.SD1, parity.F16)
	f := openFile(t, parity.File(t, "lora", "sd1_peft_conv", parity.F16))
	const name = "down_blocks.0.resnets.0.conv1"
	up, down := tensorOf(t, f, "unet."+name+".lora_B.weight"), tensorOf(t, f, "unet."+name+".lora_A.weight")
	for weight, term := range map[string]checkpoint.Term{
		"conv_in.weight":                   {Up: up, Down: down, Scale: 1},
		name + ".weight":                   {Up: down, Down: up, Scale: 1},
		"conv_out.weight":                  {Up: up, Down: down, Scale: 1},
		"mid_block.resnets.0.conv1.weight": {Scale: 1},
	} {
		_, err := build.UNet(m.part(t, checkpoint.PartUNet), m.UNet, build.LoRA{weight: {term}})
		if !errors.Is(err, build.ErrWeights) || !strings.Contains(err.Error(), weight) {
			t.Errorf("the error is %v, want one that names %s", err, weight)
		}
	}
}

// TestArchitecturesThatDoNotFit: a description that the weights don't fit is an
// error, never a panic.
func TestArchitecturesThatDoNotFit(t *testing.T) {
	m := openModel(t, parity.SD1, parity.F16)
	w := m.part(t, checkpoint.PartUNet)
	for name, change := range map[string]func(*checkpoint.UNet){
		"no levels on the way down": func(a *checkpoint.UNet) { a.Down = nil },
		"more resnets":              func(a *checkpoint.UNet) { a.Up[0].Resnets = 9 },
		"no heads":                  func(a *checkpoint.UNet) { a.Down[0].Heads = 0 },
		"heads that don't divide":   func(a *checkpoint.UNet) { a.Down[0].Heads = 7 },
		"no groups":                 func(a *checkpoint.UNet) { a.NormGroups = 0 },
		"added conditions":          func(a *checkpoint.UNet) { a.AddWidth, a.AddTimeWidth = 100, 256 },
		"another text":              func(a *checkpoint.UNet) { a.CrossWidth = 32 },
		"other latents":             func(a *checkpoint.UNet) { a.InChannels = 9 },
	} {
		a := m.UNet
		a.Down, a.Up = append([]checkpoint.Block(nil), a.Down...), append([]checkpoint.Block(nil), a.Up...)
		change(&a)
		if _, err := build.UNet(w, a, nil); err == nil {
			t.Errorf("%s: there is no error", name)
		}
	}
	text := m.Text[0]
	text.Activation = "relu"
	if _, err := build.TextEncoder(m.part(t, checkpoint.PartText), text, build.TextOptions{}); !errors.Is(err, build.ErrWeights) {
		t.Errorf("an unknown activation: %v", err)
	}
}
