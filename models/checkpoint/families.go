package checkpoint

import (
	"fmt"
	"slices"
	"strings"
)

// A Family is a family of models that share their architecture.
type Family string

// The families that can be used.
const (
	SD1  Family = "Stable Diffusion 1.x"
	SD2  Family = "Stable Diffusion 2.x"
	SDXL Family = "Stable Diffusion XL"
)

// ScalingFactor is what the latents of the family's VAE are multiplied with for
// the UNet.
func (f Family) ScalingFactor() float64 {
	if f == SDXL {
		return 0.13025
	}
	return scaling
}

const onlyStableDiffusion = "only Stable Diffusion 1.x, 2.x and XL models can be used"

// Family is the family that a UNet is of. Those that need more than a prompt
// are refused by what they are for.
func (u UNet) Family() (Family, error) {
	if u.InChannels != latentsOfSD || u.OutChannels != latentsOfSD {
		return "", refusedChannels(u.InChannels, u.OutChannels)
	}
	attendsFirst := len(u.Down) > 0 && u.Down[0].Heads > 0
	switch {
	case u.AddWidth > 0 && len(u.Down) >= levelsOfRefiner && !attendsFirst:
		return "", &Refused{What: "the refiner of Stable Diffusion XL", Why: "it only finishes what the base model begins; take the base model"}
	case u.AddWidth > 0 && attendsFirst:
		return "", &Refused{What: "a Stable unCLIP model", Why: "it draws after pictures, not after prompts alone; take the ordinary model"}
	case u.AddWidth > 0:
		return SDXL, nil
	case u.Linear:
		return SD2, nil
	}
	return SD1, nil
}

func refusedChannels(in, out int) error {
	const ordinary = "take the ordinary model, whose UNet has 4"
	switch in {
	case 9:
		return &Refused{What: "an in-painting model (its UNet takes 9 channels)", Why: ordinary}
	case 8:
		return &Refused{What: "an InstructPix2Pix model (its UNet takes 8 channels)", Why: ordinary}
	case 7:
		return &Refused{What: "an upscaler (its UNet takes 7 channels)", Why: ordinary}
	case 5:
		return &Refused{What: "a depth-to-image model (its UNet takes 5 channels)", Why: ordinary}
	}
	return &Refused{What: fmt.Sprintf("a model whose UNet takes %d channels and gives %d", in, out), Why: ordinary}
}

// A sign is a tensor that only models of one kind have: part of its name.
type sign struct{ part, what string }

// otherModels are signs of models that are none of ours, the more special
// first.
func otherModels() []sign {
	return []sign{
		{"distilled_guidance_layer.", "a Chroma model"},
		{"single_stream_modulation.", "a FLUX.2 model"},
		{"early_stream_modulations.", "a FLUX.3 model"},
		{"txt_in.individual_token_refiner.", "a HunyuanVideo model"},
		{"double_blocks.0.img_attn.", "a FLUX model"},
		{"double_stream_blocks.", "a HiDream model"},
		{"txtfusion.projector.", "a Krea 2 model"},
		{"txt_in.text_norm.", "a Qwen-Image model"},
		{"transformer_blocks.0.img_mod.", "a Qwen-Image model"},
		{"single_transformer_blocks.0.", "a FLUX model"},
		{"joint_blocks.0.", "a Stable Diffusion 3 model"},
		{"double_layers.0.", "an AuraFlow model"},
		{"joint_transformer_blocks.0.", "an AuraFlow model"},
		{"transformer_blocks.0.attn.add_q_proj.", "a Stable Diffusion 3 model"},
		{"text_transformer_blocks.0.", "a Kandinsky 5 model"},
		{"encoder_hid_proj.image_embeds", "a Kandinsky 2 model"},
		{"add_embedding.image_norm", "a Kandinsky 2 model"},
		{"add_embedding.text_norm", "a Kandinsky 2 model, or DeepFloyd IF"},
		{"prd_embedding", "the prior of a Kandinsky 2 model"},
		{"add_time_condition.", "a Kandinsky 3 model"},
		{"add_embedding.pool.", "a DeepFloyd IF model"},
		{"encoder_proj.", "a DeepFloyd IF model"},
		{"av_ca_a2v_gate_adaln_single.", "an LTX-2 model"},
		{"patchify_proj.", "an LTX-Video model"},
		{"cross_attn.kv_linear.", "a PixArt or Sana model"},
		{"y_embedder.y_embedding", "a PixArt model"},
		{"caption_projection.linear_1.", "a PixArt or Sana model"},
		{"motion_encoder.dec.", "a Wan model"},
		{"vace_blocks.", "a Wan model"},
		{"head.modulation", "a Wan model"},
		{"condition_embedder.time_embedder.", "a Wan model"},
		{"cap_embedder.", "a Lumina or Z-Image model"},
		{"time_caption_embed.", "a Lumina model"},
		{"attn.qkv_x.", "a Mochi model"},
		{"mlp_t5.", "a HunyuanDiT model"},
		{"net.x_embedder.", "a Cosmos model"},
		{"clip_txt_mapper.", "a Stable Cascade model"},
		{"effnet_mapper.", "a Stable Cascade model"},
		{"edm_mean", "a Playground 2.5 model, which is sampled another way (EDM)"},
		{"edm_vpred.sigma_max", "a CosXL model, which is sampled another way (EDM)"},
		{"motion_modules.", "a motion module (AnimateDiff)"},
		{"time_stack.", "a Stable Video Diffusion model"},
		{"temporal_transformer_blocks.", "a Stable Video Diffusion model"},
		{"decoder.middle.0.residual.", "the VAE of a Wan model"},
		{"decoder.last_scale_shift_table", "the VAE of an LTX-Video model"},
		{"control_model.", "a ControlNet"},
		{"controlnet_cond_embedding.", "a ControlNet"},
		{"input_hint_block.", "a ControlNet"},
		{"ip_adapter.", "an IP-Adapter"},
		{"image_proj.", "an IP-Adapter"},
		{"adapter.body.", "a T2I-Adapter"},
		{"vision_model.", "a vision model (CLIP), not one that draws"},
		{"block.0.layer.0.SelfAttention.", "a T5 text encoder, as Stable Diffusion 3 and FLUX have one"},
		{"model.layers.0.self_attn.", "a language model"},
		{"RDB1.conv1.", "an upscaler (ESRGAN)"},
		{"rdb1.conv1.", "an upscaler (ESRGAN)"},
	}
}

// otherAdapters are signs of small files that change a model another way than
// LoRA.
func otherAdapters() []sign {
	return []sign{
		{".hada_", "a LoHa"},
		{".lokr_", "a LoKr"},
		{".dora_scale", "a DoRA"},
		{"lora_magnitude_vector", "a DoRA"},
		{".oft_blocks", "an OFT"},
		{".oft_diag", "an OFT"},
		{".on_input", "an IA3"},
		{".lora_mid.", "a LoCon with a Tucker decomposition"},
	}
}

// otherTargets are signs of LoRA files for models that are none of ours.
func otherTargets() []sign {
	return []sign{
		{"double_blocks", "FLUX"},
		{"single_transformer_blocks", "FLUX"},
		{"joint_blocks", "Stable Diffusion 3"},
		{"img_mod", "Qwen-Image"},
		{"cross_attn", "Wan"},
		{"adaLN_modulation", "Lumina or Z-Image"},
		{"lora_transformer_", "another family"},
		{"lora_te3_", "Stable Diffusion 3 or FLUX"},
		{"add_q_proj", "Stable Diffusion 3 or FLUX"},
	}
}

// seen is what the first sign of which a name has the part stands for.
func seen(signs []sign, names []string) (what string, ok bool) {
	for _, s := range signs {
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains(name, s.part) }) {
			return s.what, true
		}
	}
	return "", false
}
