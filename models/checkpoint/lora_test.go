package checkpoint

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pentimento/tests/parity"
)

// lorasModel is the small model that a LoRA of the fixture is for.
func lorasModel(t *testing.T, family parity.Family) (Family, map[Part]*Weights) {
	t.Helper()
	f := open(t, parity.Checkpoint(t, family, parity.F32))
	c, err := Recognise(f)
	if err != nil {
		t.Fatal(err)
	}
	parts := map[Part]*Weights{PartUNet: part(t, f, PartUNet), PartText: part(t, f, PartText)}
	if family == parity.SDXL {
		parts[PartText2] = part(t, f, PartText2)
	}
	return c.Family, parts
}

// Every weight that diffusers and peft change is changed here as they do.
func TestLoRAIsMergedAsByDiffusers(t *testing.T) {
	fixture := parity.Open(t, "lora")
	var strength float32
	var models map[string]parity.Family
	var arrays map[string]any
	fixture.Info("scale", &strength)
	fixture.Info("models", &models)
	fixture.Info("arrays", &arrays)
	sd1, ofSD1 := lorasModel(t, parity.SD1)
	xl, ofXL := lorasModel(t, parity.SDXL)
	for name, family := range models {
		t.Run(name, func(t *testing.T) {
			fixture := parity.Open(t, "lora")
			is, parts := sd1, ofSD1
			if family == parity.SDXL {
				is, parts = xl, ofXL
			}
			lora, err := open(t, parity.File(t, "lora", name, parity.F32)).LoRA(is, parts)
			if err != nil {
				t.Fatal(err)
			}
			if len(lora.Unmatched) > 0 {
				t.Errorf("nothing was found for %v", lora.Unmatched)
			}
			wanted := 0
			for array := range arrays {
				if strings.HasPrefix(array, name+".") {
					wanted++
				}
			}
			if lora.Matched() != wanted || wanted == 0 {
				t.Errorf("%d weights are changed, want %d", lora.Matched(), wanted)
			}
			for p, terms := range lora.Terms {
				for weight, term := range terms {
					want := fixture.Array(fmt.Sprintf("%s.%s.%s", name, string(p), weight))
					got := merged(t, parts[p], weight, term, strength)[:len(want)]
					if d, err := parity.Distance(got, want); err != nil || !(d < 1e-6) {
						t.Errorf("%s of the %s is %v off, %v", weight, p, d, err)
					}
				}
			}
		})
	}
}

// merged is a weight with a term added.
func merged(t *testing.T, w *Weights, name string, term Term, strength float32) []float32 {
	t.Helper()
	weight, err := w.Tensor(name)
	if err != nil {
		t.Fatal(err)
	}
	var values [3][]float32
	for i, tensor := range []Tensor{weight, term.Up, term.Down} {
		if values[i], err = tensor.Float32(); err != nil {
			t.Fatal(err)
		}
	}
	rank, err := term.Rank(weight.Shape)
	if err != nil {
		t.Fatal(err)
	}
	sum, up, down := values[0], values[1], values[2]
	columns := len(sum) / weight.Shape[0]
	for row := range weight.Shape[0] {
		for column := range columns {
			var product float32
			for k := range rank {
				product += up[row*rank+k] * down[k*columns+column]
			}
			sum[row*columns+column] += strength * term.Scale * product
		}
	}
	return sum
}

// The names that tools have given the same layer are one.
func TestNamesOfLoRAs(t *testing.T) {
	const query, out = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.weight", "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_out.0.weight"
	const layer = "text_model.encoder.layers.0."
	is, parts := lorasModel(t, parity.SDXL)
	for _, c := range []struct {
		down, up string
		part     Part
		weight   string
	}{
		{"lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn1_to_q.lora_down.weight", "", PartUNet, query},
		{"lora_unet_input_blocks_4_1_transformer_blocks_0_attn1_to_q.lora_down.weight", "", PartUNet, query},
		{"unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "", PartUNet, query},
		{"unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.default.weight", "", PartUNet, query},
		{"unet.base_model.model.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "", PartUNet, query},
		{"base_model.model.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "", PartUNet, query},
		{"down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight", "", PartUNet, query},
		{"unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q.lora.down.weight", "", PartUNet, query},
		{"unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_q_lora.down.weight", "", PartUNet, query},
		{"unet.down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.down.weight", "", PartUNet, out},
		{"down_blocks.1.attentions.0.transformer_blocks.0.attn1.processor.to_out_lora.down.weight", "", PartUNet, out},
		{"diffusion_model.input_blocks.4.1.transformer_blocks.0.attn1.to_out.0.lora_down.weight", "", PartUNet, out},
		{"lora_unet_input_blocks_3_0_op.lora_down.weight", "", PartUNet, "down_blocks.0.downsamplers.0.conv.weight"},
		{"lora_unet_input_blocks_4_0_in_layers_2.lora_down.weight", "", PartUNet, "down_blocks.1.resnets.0.conv1.weight"},
		{"lora_unet_input_blocks_4_0_emb_layers_1.lora_down.weight", "", PartUNet, "down_blocks.1.resnets.0.time_emb_proj.weight"},
		{"lora_unet_input_blocks_4_0_skip_connection.lora_down.weight", "", PartUNet, "down_blocks.1.resnets.0.conv_shortcut.weight"},
		{"lora_unet_input_blocks_0_0.lora_down.weight", "", PartUNet, "conv_in.weight"},
		{"lora_unet_output_blocks_2_2_conv.lora_down.weight", "", PartUNet, "up_blocks.0.upsamplers.0.conv.weight"},
		{"lora_unet_middle_block_0_out_layers_3.lora_down.weight", "", PartUNet, "mid_block.resnets.0.conv2.weight"},
		{"lora_unet_time_embed_2.lora_down.weight", "", PartUNet, "time_embedding.linear_2.weight"},
		{"lora_unet_label_emb_0_0.lora_down.weight", "", PartUNet, "add_embedding.linear_1.weight"},
		{"lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "", PartText, layer + "mlp.fc1.weight"},
		{"lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "", PartText2, layer + "mlp.fc1.weight"},
		{"lora_te2_text_projection.lora_down.weight", "", PartText2, "text_projection.weight"},
		{"text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.down.weight", "", PartText, layer + "self_attn.q_proj.weight"},
		{"text_encoder.text_model.encoder.layers.0.self_attn.to_out_lora.down.weight", "", PartText, layer + "self_attn.out_proj.weight"},
		{"text_encoder_2.text_model.encoder.layers.0.self_attn.to_v_lora.down.weight", "", PartText2, layer + "self_attn.v_proj.weight"},
		{"text_encoder_2.encoder.layers.0.mlp.fc2.lora_A.weight", "", PartText2, layer + "mlp.fc2.weight"},
	} {
		weight := parts[c.part].tensors[c.weight]
		if weight.Shape == nil {
			t.Fatalf("the model has no %s", c.weight)
		}
		up := strings.NewReplacer("lora_down", "lora_up", "lora_A", "lora_B", "lora.down", "lora.up", "layer.down", "layer.up").Replace(c.down)
		f := open(t, write(t, "x.safetensors", nil, slices.Concat(
			some(append([]int{2}, weight.Shape[1:]...), c.down), some([]int{weight.Shape[0], 2}, up))))
		lora, err := f.LoRA(is, parts)
		if err != nil {
			t.Errorf("%s: %v", c.down, err)
			continue
		}
		if _, ok := lora.Terms[c.part][c.weight]; !ok || lora.Matched() != 1 {
			t.Errorf("%s is for %v, want %s", c.down, lora.Terms, c.weight)
		}
	}
}

// pair is a LoRA's matrices for kohya's query of SD 1.x's first attention.
func pair(rank int, more ...entry) []entry {
	const module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q"
	return append(append(some([]int{rank, 32}, module+".lora_down.weight"), some([]int{32, rank}, module+".lora_up.weight")...), more...)
}

func number(name string, v float32) entry {
	return entry{name: name, dtype: F32, shape: []int{}, data: binary.LittleEndian.AppendUint32(nil, math.Float32bits(v))}
}

func TestScaleOfLoRA(t *testing.T) {
	const alpha = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.alpha"
	is, parts := lorasModel(t, parity.SD1)
	config := func(text string) map[string]string { return map[string]string{peftKey: text} }
	for name, c := range map[string]struct {
		metadata map[string]string
		more     []entry
		want     float32
	}{
		"none said":         {nil, nil, 1},
		"alpha":             {nil, []entry{number(alpha, 2)}, .5},
		"peft's":            {config(`{"unet.lora_alpha": 8, "unet.r": 4}`), nil, 2},
		"peft's by layer":   {config(`{"unet.lora_alpha": 8, "unet.alpha_pattern": {"to_q": 1, "attn1.to_q": 2}}`), nil, .5},
		"peft's by root":    {config(`{"unet.lora_alpha": 8, "unet.use_rslora": true}`), nil, 4},
		"another part's":    {config(`{"text_encoder.lora_alpha": 8}`), nil, 1},
		"alpha comes first": {config(`{"unet.lora_alpha": 8}`), []entry{number(alpha, 2)}, .5},
	} {
		lora, err := open(t, write(t, "x.safetensors", c.metadata, pair(4, c.more...))).LoRA(is, parts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, term := range lora.Terms[PartUNet] {
			if term.Scale != c.want {
				t.Errorf("%s: the scale is %v, want %v", name, term.Scale, c.want)
			}
		}
	}
}

// What nothing is found for is told, and the rest is used.
func TestUnmatchedOfLoRA(t *testing.T) {
	is, parts := lorasModel(t, parity.SD1)
	stray := []string{
		"lora_te_text_model_embeddings_token_embedding.lora_down.weight", "lora_te_text_model_embeddings_token_embedding.lora_up.weight",
		"lora_unet_down_blocks_0_attentions_0_norm.w_norm", "lora_unet_down_blocks_9_attentions_0_proj_in.alpha",
	}
	lora, err := open(t, write(t, "x.safetensors", nil, pair(4, some([]int{4, 4}, stray...)...))).LoRA(is, parts)
	if err != nil {
		t.Fatal(err)
	}
	if lora.Matched() != 1 || !slices.Equal(lora.Unmatched, stray) {
		t.Errorf("%d weights are changed, and nothing was found for %v", lora.Matched(), lora.Unmatched)
	}
}

// Each LoRA that can't be used is refused in a sentence that says why.
func TestLoRARefused(t *testing.T) {
	const module = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn"
	const key = "lora_unet_down_blocks_1_attentions_0_transformer_blocks_0_attn2_to_k"
	is, parts := lorasModel(t, parity.SD1)
	for name, c := range map[string]struct {
		entries  []entry
		metadata map[string]string
		want     string
	}{
		"SDXL's, by its texts": {entries: pair(4, some([]int{4, 2048}, key+".lora_down.weight")...), want: "is a LoRA for Stable Diffusion XL: the model is of Stable Diffusion 1.x"},
		"SDXL's, by a name":    {entries: pair(4, some([]int{4, 4}, "lora_te2_text_projection.lora_down.weight")...), want: "is a LoRA for Stable Diffusion XL"},
		"of another width":     {entries: slices.Concat(some([]int{4, 33}, module+"1_to_q.lora_down.weight"), some([]int{32, 4}, module+"1_to_q.lora_up.weight")), want: "is a LoRA for another model: of its"},
		"of other layers":      {entries: some([]int{4, 4}, "lora_unet_no_such_layer.lora_down.weight", "lora_unet_no_such_layer.lora_up.weight"), want: "none of its 2 tensors is for a weight of this one"},
		"of two ranks":         {entries: slices.Concat(some([]int{4, 32}, module+"1_to_q.lora_down.weight"), some([]int{32, 5}, module+"1_to_q.lora_up.weight")), want: "does not fit the weight"},
		"half":                 {entries: some([]int{4, 32}, module+"1_to_q.lora_down.weight"), want: "only one of the two matrices"},
		"LoHa":                 {entries: some([]int{4, 32}, module+"1_to_q.hada_w1_a"), want: "is a LoHa"},
		"LoKr":                 {entries: some([]int{4, 32}, module+"1_to_q.lokr_w1"), want: "is a LoKr"},
		"DoRA":                 {entries: pair(4, some([]int{32}, module+"1_to_q.dora_scale")...), want: "is a DoRA"},
		"peft's DoRA":          {entries: pair(4, some([]int{32}, "unet.conv_in.lora_magnitude_vector")...), want: "is a DoRA"},
		"Tucker":               {entries: pair(4, some([]int{4, 4, 3, 3}, "lora_unet_conv_in.lora_mid.weight")...), want: "Tucker"},
		"FLUX":                 {entries: some([]int{4, 32}, "lora_unet_double_blocks_0_img_attn_proj.lora_down.weight"), want: "FLUX"},
		"an embedding":         {entries: some([]int{2, 768}, "emb_params"), want: "a file that holds a textual inversion: a LoRA is wanted here"},
		"alpha is no number":   {entries: pair(4, number(module+"1_to_q.alpha", float32(math.NaN()))), want: "finite"},
		"alpha is many":        {entries: pair(4, some([]int{3}, module+"1_to_q.alpha")...), want: "it should be one number"},
		"no rank":              {entries: pair(0, number(module+"1_to_q.alpha", 1)), want: "does not fit the weight"},
		"twice": {entries: pair(32, some([]int{32, 32}, "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_A.weight",
			"unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.lora_B.weight")...), want: "twice"},
		"metadata": {entries: pair(4), metadata: map[string]string{peftKey: "["}, want: peftKey},
	} {
		_, err := open(t, write(t, "x.safetensors", c.metadata, c.entries)).LoRA(is, parts)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	xl, ofXL := lorasModel(t, parity.SDXL)
	for name, family := range map[string]Family{"sd1_kohya": xl, "sdxl_peft": is} {
		model := ofXL
		if family == is {
			model = parts
		}
		_, err := open(t, parity.File(t, "lora", name, parity.F16)).LoRA(family, model)
		if refused, ok := errors.AsType[*Refused](err); !ok || !strings.Contains(refused.What, "LoRA for") {
			t.Errorf("%s for %s: %v", name, family, err)
		}
	}
}
