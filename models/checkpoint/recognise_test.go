package checkpoint

import (
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// entries are those of a real model, all of them or those under some prefixes.
func entries(t *testing.T, family string, prefixes ...string) []entry {
	t.Helper()
	var all []entry
	for _, k := range readKnown(t, family) {
		if len(prefixes) == 0 || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(k.name, p) }) {
			all = append(all, k.entry)
		}
	}
	return all
}

// reshaped changes the shape of one tensor.
func reshaped(all []entry, name string, shape ...int) []entry {
	all = slices.Clone(all)
	for i := range all {
		if all[i].name == name {
			all[i].shape = shape
		}
	}
	return all
}

// renamed takes a prefix away.
func renamed(all []entry, prefix string) []entry {
	all = slices.Clone(all)
	for i := range all {
		all[i].name = strings.TrimPrefix(all[i].name, prefix)
	}
	return all
}

// some are tensors of a shape.
func some(shape []int, names ...string) []entry {
	var all []entry
	for _, name := range names {
		all = append(all, entry{name: name, dtype: F16, shape: shape})
	}
	return all
}

// tiny is half a TAESD, whose first layer has the number first.
func tiny(half, prefix string, first, latents int) []entry {
	layer := func(n int, name string, shape ...int) []entry {
		return some(shape, prefix+strconv.Itoa(first+n)+name)
	}
	block := func(n int) []entry {
		var all []entry
		for _, conv := range []string{".conv.0", ".conv.2", ".conv.4"} {
			all = slices.Concat(all, layer(n, conv+".weight", 64, 64, 3, 3), layer(n, conv+".bias", 64))
		}
		return all
	}
	var all []entry
	if half == "encoder" {
		for _, n := range []int{1, 3, 4, 5, 7, 8, 9, 11, 12, 13} {
			all = append(all, block(n)...)
		}
		for _, n := range []int{2, 6, 10} {
			all = append(all, layer(n, ".weight", 64, 64, 3, 3)...)
		}
		return slices.Concat(all, layer(0, ".weight", 64, 3, 3, 3), layer(0, ".bias", 64),
			layer(14, ".weight", latents, 64, 3, 3), layer(14, ".bias", latents))
	}
	for _, n := range []int{2, 3, 4, 7, 8, 9, 12, 13, 14, 17} {
		all = append(all, block(n)...)
	}
	for _, n := range []int{6, 11, 16} {
		all = append(all, layer(n, ".weight", 64, 64, 3, 3)...)
	}
	return slices.Concat(all, layer(0, ".weight", 64, latents, 3, 3), layer(0, ".bias", 64),
		layer(18, ".weight", 3, 64, 3, 3), layer(18, ".bias", 3))
}

func TestRecognise(t *testing.T) {
	const unet, vae = "model.diffusion_model.", "first_stage_model."
	sd1, sd2, sdxl := entries(t, "sd1"), entries(t, "sd2"), entries(t, "sdxl")
	twin := entry{name: "model_ema.diffusion_modelinput_blocks00weight", dtype: F32, shape: []int{320, 4, 3, 3}}
	marker := entry{name: "v_pred", dtype: F32, shape: []int{0}}
	zero := entry{name: "ztsnr", dtype: F32, shape: []int{0}}
	for name, c := range map[string]struct {
		entries  []entry
		metadata map[string]string
		want     Contents
	}{
		"SD 1": {entries: sd1, want: Contents{Kind: KindModel, Family: SD1, Prediction: "epsilon"}},
		"SD 1 with the twins of its training": {
			entries: append(slices.Clone(sd1), twin), want: Contents{Kind: KindModel, Family: SD1, Prediction: "epsilon"}},
		"SD 2": {entries: sd2, want: Contents{Kind: KindModel, Family: SD2, Prediction: "v_prediction"}},
		"SD 2 base": {entries: sd2, metadata: map[string]string{"modelspec.architecture": "stable-diffusion-v2-512"},
			want: Contents{Kind: KindModel, Family: SD2, Prediction: "epsilon", PredictionSaid: true}},
		"SD 2 that says v": {entries: sd2, metadata: map[string]string{"modelspec.prediction_type": "v"},
			want: Contents{Kind: KindModel, Family: SD2, Prediction: "v_prediction", PredictionSaid: true}},
		"SD 2 that says epsilon": {entries: sd2, metadata: map[string]string{"modelspec.prediction_type": "epsilon"},
			want: Contents{Kind: KindModel, Family: SD2, Prediction: "epsilon", PredictionSaid: true}},
		"SDXL": {entries: sdxl, want: Contents{Kind: KindModel, Family: SDXL, Prediction: "epsilon"}},
		"SDXL with the markers of v and no signal": {entries: append(slices.Clone(sdxl), marker, zero),
			want: Contents{Kind: KindModel, Family: SDXL, Prediction: "v_prediction", PredictionSaid: true, ZeroSNR: true}},
		"SDXL without a VAE": {entries: entries(t, "sdxl", unet, "conditioner."),
			want: Contents{Kind: KindModel, Family: SDXL, Prediction: "epsilon", Missing: []Part{PartVAE}}},
		"SDXL without its second text encoder": {entries: entries(t, "sdxl", unet, vae, "conditioner.embedders.0."),
			want: Contents{Kind: KindModel, Family: SDXL, Prediction: "epsilon", Missing: []Part{PartText2}}},
		"a UNet alone": {entries: entries(t, "sd1", unet),
			want: Contents{Kind: KindUNet, Family: SD1, Prediction: "epsilon", Missing: []Part{PartText, PartVAE}}},
		"a UNet alone, without its prefix": {entries: renamed(entries(t, "sdxl", unet), unet),
			want: Contents{Kind: KindUNet, Family: SDXL, Prediction: "epsilon", Missing: []Part{PartText, PartText2, PartVAE}}},
		"a VAE alone":                      {entries: entries(t, "sd1", vae), want: Contents{Kind: KindVAE}},
		"a VAE alone, without its prefix":  {entries: renamed(entries(t, "sd1", vae), vae), want: Contents{Kind: KindVAE}},
		"OpenCLIP alone":                   {entries: renamed(entries(t, "sd2", "cond_stage_model."), "cond_stage_model.model."), want: Contents{Kind: KindText, Family: SD2}},
		"CLIP alone":                       {entries: renamed(entries(t, "sd1", "cond_stage_model."), "cond_stage_model.transformer."), want: Contents{Kind: KindText}},
		"TAESD's decoder":                  {entries: tiny("decoder", "", 1, 4), want: Contents{Kind: KindTiny}},
		"TAESD's encoder":                  {entries: tiny("encoder", "", 0, 4), want: Contents{Kind: KindTiny}},
		"TAESD's decoder of diffusers":     {entries: tiny("decoder", "decoder.layers.", 0, 4), want: Contents{Kind: KindTiny}},
		"TAESD's decoder with a prefix":    {entries: tiny("decoder", "decoder.", 1, 4), want: Contents{Kind: KindTiny}},
		"kohya's LoRA":                     {entries: some([]int{8, 768}, "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight"), want: Contents{Kind: KindLoRA, Family: SD1}},
		"kohya's LoRA with original names": {entries: some([]int{8, 2048}, "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight"), want: Contents{Kind: KindLoRA, Family: SDXL}},
		"kohya's LoRA of a text encoder":   {entries: some([]int{8, 768}, "lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight"), want: Contents{Kind: KindLoRA, Family: SDXL}},
		"kohya's LoRA of attention alone":  {entries: some([]int{8, 320}, "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_k.lora_down.weight"), want: Contents{Kind: KindLoRA}},
		"peft's LoRA":                      {entries: some([]int{8, 1024}, "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k.lora_A.weight"), want: Contents{Kind: KindLoRA, Family: SD2}},
		"diffusers' LoRA before peft":      {entries: some([]int{4, 768}, "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn2.processor.to_k_lora.down.weight"), want: Contents{Kind: KindLoRA, Family: SD1}},
		"diffusers' LoRA":                  {entries: some([]int{4, 768}, "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k.lora.down.weight"), want: Contents{Kind: KindLoRA, Family: SD1}},
		"an embedding":                     {entries: some([]int{2, 768}, "emb_params"), want: Contents{Kind: KindEmbedding, Family: SD1}},
		"an embedding named by its word":   {entries: some([]int{1024}, "<cat-toy>"), want: Contents{Kind: KindEmbedding, Family: SD2}},
		"an embedding for SDXL":            {entries: slices.Concat(some([]int{8, 768}, "clip_l"), some([]int{8, 1280}, "clip_g")), want: Contents{Kind: KindEmbedding, Family: SDXL}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Recognise(open(t, write(t, "x.safetensors", c.metadata, c.entries)))
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%+v, %v\nwant %+v", got, err, c.want)
			}
		})
	}
}

func TestRecogniseRefusesByName(t *testing.T) {
	const conv = "model.diffusion_model.input_blocks.0.0.weight"
	sd1, sd2 := entries(t, "sd1"), entries(t, "sd2")
	label := func(wide int) []entry {
		return slices.Concat(some([]int{1280, wide}, "model.diffusion_model.label_emb.0.0.weight"))
	}
	var refiner []entry // of which the first level attends to nothing
	for _, e := range slices.Concat(entries(t, "sd2", "model.diffusion_model."), label(2560)) {
		if !strings.Contains(e.name, "input_blocks.1.1.") && !strings.Contains(e.name, "input_blocks.2.1.") {
			refiner = append(refiner, e)
		}
	}
	vae := renamed(entries(t, "sd1", "first_stage_model."), "first_stage_model.")
	vae = reshaped(reshaped(vae, "decoder.conv_in.weight", 512, 16, 3, 3), "encoder.conv_out.weight", 32, 512, 3, 3)
	for name, c := range map[string]struct {
		entries []entry
		what    string
	}{
		"in-painting":    {reshaped(sd1, conv, 320, 9, 3, 3), "in-painting"},
		"pix2pix":        {reshaped(sd1, conv, 320, 8, 3, 3), "InstructPix2Pix"},
		"upscaler":       {reshaped(sd2, conv, 320, 7, 3, 3), "an upscaler"},
		"depth":          {reshaped(sd2, conv, 320, 5, 3, 3), "depth-to-image"},
		"refiner":        {refiner, "the refiner"},
		"unCLIP":         {slices.Concat(sd2, label(2048)), "unCLIP"},
		"VAE of FLUX":    {vae, "a VAE of 16 latent channels"},
		"TAESD of FLUX":  {tiny("decoder", "decoder.layers.", 0, 16), "a tiny VAE of 16 latent channels"},
		"FLUX":           {some([]int{1}, "model.diffusion_model.double_blocks.0.img_attn.norm.key_norm.scale"), "a FLUX model"},
		"FLUX as folder": {some([]int{1}, "single_transformer_blocks.0.attn.to_q.weight"), "a FLUX model"},
		"SD 3":           {some([]int{1}, "model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"), "a Stable Diffusion 3 model"},
		"Kandinsky":      {some([]int{1}, "encoder_hid_proj.image_embeds.weight", "time_embedding.linear_1.weight"), "a Kandinsky 2 model"},
		"PixArt":         {some([]int{1}, "y_embedder.y_embedding"), "a PixArt model"},
		"Wan":            {some([]int{1}, "head.modulation"), "a Wan model"},
		"Z-Image":        {some([]int{1}, "cap_embedder.0.weight"), "Z-Image"},
		"Playground":     {slices.Concat(entries(t, "sdxl"), some([]int{4}, "edm_mean")), "Playground 2.5"},
		"ControlNet":     {some([]int{1}, "control_model.time_embed.0.weight"), "a ControlNet"},
		"T5":             {some([]int{1}, "encoder.block.0.layer.0.SelfAttention.q.weight"), "a T5 text encoder"},
		"LoHa":           {some([]int{1}, "lora_unet_mid_block_attentions_0_proj_in.hada_w1_a"), "a LoHa"},
		"LoKr":           {some([]int{1}, "lora_unet_mid_block_attentions_0_proj_in.lokr_w1"), "a LoKr"},
		"DoRA":           {some([]int{1}, "lora_unet_x.dora_scale", "lora_unet_x.lora_down.weight"), "a DoRA"},
		"DoRA of peft":   {some([]int{1}, "unet.x.lora_magnitude_vector", "unet.x.lora_A.weight"), "a DoRA"},
		"LoRA for FLUX":  {some([]int{1, 1}, "lora_unet_double_blocks_0_img_attn_proj.lora_down.weight"), "a LoRA for FLUX"},
		"LoRA for Wan":   {some([]int{1, 1}, "diffusion_model.blocks.0.cross_attn.k.lora_down.weight"), "a LoRA for Wan"},
		"something else": {some([]int{7, 7}, "fc.weight"), "no file that is known here"},
		"an odd width":   {some([]int{1, 300}, "emb_params"), "no file that is known here"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Recognise(open(t, write(t, "x.safetensors", nil, c.entries)))
			refused, ok := errors.AsType[*Refused](err)
			if !ok || !strings.Contains(refused.What, c.what) || !reflect.DeepEqual(got, Contents{}) {
				t.Errorf("%+v, %v, want %s", got, err, c.what)
			}
		})
	}
}
