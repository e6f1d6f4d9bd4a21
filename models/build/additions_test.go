package build_test

import (
	"slices"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	"pentimento/models/build"
	"pentimento/models/checkpoint"
	"pentimento/models/element"
	"pentimento/models/graph"
	pb "pentimento/models/graph/onnxpb"
	"pentimento/tests/parity"
)

// TestTinyAutoencoderIsThatOfDiffusers: in diffusers' file and in the decoder's own.
func TestTinyAutoencoderIsThatOfDiffusers(t *testing.T) {
	fixture := parity.Open(t, "tiny")
	for _, name := range []string{"taesd", "taesd_decoder"} {
		f := openFile(t, parity.File(t, "tiny", name, parity.F16))
		w := partOf(t, f, checkpoint.PartTiny)
		a, err := w.Tiny()
		if err != nil {
			t.Fatal(err)
		}
		g := made(t, f)(build.TinyDecoder(w, a, 1))
		latents := floats("latent_sample", parity.Normal("latents", 4*16*8), 1, 4, 16, 8)
		near(t, name+"'s picture", run(t, g, []string{"sample"}, latents)[0], fixture.Array("decoder"))
		if !a.Encoder {
			continue
		}
		g = made(t, f)(build.TinyEncoder(w, a, 1))
		got := run(t, g, []string{"latent_sample"}, picture())[0]
		near(t, name+"'s latents", got, fixture.Array("encoder"))
	}
}

func TestGuidanceIsThatOfDiffusers(t *testing.T) {
	fixture := parity.Open(t, "lcm")
	f := openFile(t, parity.Folder(t, parity.LCM, parity.F32)+"/unet/diffusion_pytorch_model.safetensors")
	w := partOf(t, f, checkpoint.PartUNet)
	a, err := w.UNet()
	if err != nil {
		t.Fatal(err)
	}
	g := made(t, f)(build.UNet(w, a, nil))
	text := parity.Open(t, string(parity.SD1)).Array("text")
	got := run(t, g, []string{"out_sample"},
		floats("sample", parity.Normal("latents", 4*16*8), 1, 4, 16, 8),
		floats("timestep", []float32{481}, 1),
		floats("encoder_hidden_states", text[77*a.CrossWidth:], 1, 77, a.CrossWidth),
		floats("timestep_cond", fixture.Array("timestep_cond"), 1, 256),
	)[0]
	near(t, "prediction", got, fixture.Array("unet"))
}

// TestLearnedWordsAreThoseOfDiffusers: words of one vector and of several, which
// lie in a file of another folder.
func TestLearnedWordsAreThoseOfDiffusers(t *testing.T) {
	fixture := parity.Open(t, "embedding")
	m := openModel(t, parity.SD1, parity.F16)
	for name, key := range map[string]string{"one": "<thing>", "several": "emb_params"} {
		var row []int64
		fixture.Info("ids_"+name, &row)
		f := openFile(t, parity.File(t, "embedding", name, parity.F32))
		g := made(t, m.file, f)(build.TextEncoder(partOf(t, m.file, checkpoint.PartText), m.Text[0],
			build.TextOptions{Embeddings: []checkpoint.Tensor{tensorOf(t, f, key)}}))
		near(t, name, run(t, g, []string{"last_hidden_state"}, ids([][]int64{row}))[0], fixture.Array(name+".text"))
	}

	xl := openModel(t, parity.SDXL, parity.F16)
	f := openFile(t, parity.File(t, "embedding", "sdxl", parity.BF16))
	var encoded [2][][]float32
	for i, part := range []checkpoint.Part{checkpoint.PartText, checkpoint.PartText2} {
		// Two vectors each, for which "several" has the ids of three.
		row := []int64{49406, 320, 1125, 539, 49408, 49409, 6765, 320, 4558, 49407}
		for len(row) < 77 {
			row = append(row, []int64{49407, 0}[i])
		}
		key := []string{"clip_l", "clip_g"}[i]
		g := made(t, xl.file, f)(build.TextEncoder(partOf(t, xl.file, part), xl.Text[i],
			build.TextOptions{Penultimate: true, Pooled: i == 1, Embeddings: []checkpoint.Tensor{tensorOf(t, f, key)}}))
		encoded[i] = run(t, g, []string{"hidden_states.2", "text_embeds"}[:i+1], ids([][]int64{row}))
	}
	near(t, "sdxl", joined(encoded[0][0], encoded[1][0], xl.Text[0].Width, xl.Text[1].Width), fixture.Array("sdxl.text"))
	near(t, "sdxl, pooled", encoded[1][1], fixture.Array("sdxl.pooled"))
}

// TestLoRAIsMergedAsByPEFT compares the first rows of all weights that a LoRA
// adds to: of matrices, convolutions of single pixels and of 3×3.
func TestLoRAIsMergedAsByPEFT(t *testing.T) {
	fixture := parity.Open(t, "lora")
	var scale float32
	fixture.Info("scale", &scale)
	for _, as := range []parity.Type{parity.F32, parity.F16} {
		m := openModel(t, parity.SD1, as)
		for _, name := range []string{"sd1_peft", "sd1_peft_conv"} {
			f := openFile(t, parity.File(t, "lora", name, as))
			lora := build.LoRA{}
			for _, down := range f.Names() {
				module, ok := strings.CutSuffix(down, ".lora_A.weight")
				if canonical, unet := strings.CutPrefix(module, "unet."); ok && unet {
					term := checkpoint.Term{Up: tensorOf(t, f, module+".lora_B.weight"), Down: tensorOf(t, f, down), Scale: scale}
					lora[canonical+".weight"] = []checkpoint.Term{term}
				}
			}
			g := made(t, m.file, f)(build.UNet(partOf(t, m.file, checkpoint.PartUNet), m.UNet, lora))
			merged := runMerged(t, g, m.unetInputs(t))
			if len(merged) != len(lora) || len(lora) == 0 {
				t.Errorf("%s adds to %d weights, want %d", name, len(merged), len(lora))
			}
			for weight, got := range merged {
				want := fixture.Array(name + ".unet." + weight)
				near(t, weight, got[:len(want)], want)
			}
		}
	}
}

// runMerged runs a graph and returns the weights that a LoRA was added to.
func runMerged(t *testing.T, g build.Graph, inputs []input) map[string][]float32 {
	t.Helper()
	m := parsed(t, g)
	var weights, outputs []string
	for _, n := range m.Graph.Node {
		if n.GetOpType() != "Gemm" || len(n.Input) != 3 {
			continue
		}
		up := n.Input[0]
		if i := slices.IndexFunc(m.Graph.Node, func(n *pb.Node) bool { return n.Output[0] == up }); i >= 0 && m.Graph.Node[i].GetOpType() == "Cast" {
			up = m.Graph.Node[i].Input[0]
		}
		if weight, ok := strings.CutSuffix(up, ".up.0"); ok {
			weights, outputs = append(weights, weight), append(outputs, n.Output[0])
			m.Graph.Output = append(m.Graph.Output, graph.ValueInfo(graph.Value{Name: n.Output[0], Type: element.Float32}))
		}
	}
	data, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	merged := map[string][]float32{}
	for i, values := range run(t, build.Graph{Data: data, Weights: g.Weights}, outputs, inputs...) {
		merged[weights[i]] = values
	}
	return merged
}

// TestLoRAOfSeveralFiles: terms add up, each with its own strength, and what
// the layer computes with is the sum.
func TestLoRAOfSeveralFiles(t *testing.T) {
	const name = "down_blocks.0.resnets.0.conv1"
	m := openModel(t, parity.SD1, parity.F32)
	f := openFile(t, parity.File(t, "lora", "sd1_peft_conv", parity.F32))
	up, down := tensorOf(t, f, "unet."+name+".lora_B.weight"), tensorOf(t, f, "unet."+name+".lora_A.weight")
	w := partOf(t, m.file, checkpoint.PartUNet)
	predict := func(scales ...float32) []float32 {
		var terms []checkpoint.Term
		for _, s := range scales {
			terms = append(terms, checkpoint.Term{Up: up, Down: down, Scale: s})
		}
		g := made(t, m.file, f)(build.UNet(w, m.UNet, build.LoRA{name + ".weight": terms}))
		return run(t, g, []string{"out_sample"}, m.unetInputs(t)...)[0]
	}
	whole := predict(4)
	near(t, "two terms", predict(1, 3), whole)
	near(t, "terms of no strength", predict(0), m.Array("unet"))
	if d, err := parity.Distance(whole, m.Array("unet")); err != nil || d < 10*tolerance {
		t.Errorf("the LoRA moves the prediction by %v, %v: nothing was tested", d, err)
	}
}

// partOf returns a part of a file, or ends the test.
func partOf(t testing.TB, f *checkpoint.File, p checkpoint.Part) *checkpoint.Weights {
	t.Helper()
	w, err := f.Part(p)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func tensorOf(t testing.TB, f *checkpoint.File, name string) checkpoint.Tensor {
	t.Helper()
	tensor, ok := f.Tensor(name)
	if !ok {
		t.Fatalf("%s has no %q", f.Path(), name)
	}
	return tensor
}
