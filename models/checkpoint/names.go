package checkpoint

// The names that tools give the tensors of Stable Diffusion, and those that
// they have here: diffusers' and transformers', with the words that these use
// today. The original names are those of the "latent diffusion" code (LDM),
// OpenCLIP and TAESD.

// unetRules are the rules for a UNet. The original code counts the layers of
// all levels in one row, perLevel of them in each level of the way down: that
// many residual blocks less one, and the convolution that halves the size.
func unetRules(perLevel int) []rule {
	level := func(n []int) []int { return []int{n[0] / perLevel, n[0] % perLevel} }
	levelDown := func(n []int) []int { return level([]int{n[0] - 1}) }
	resnet := []string{
		"in_layers.0", "norm1", "in_layers.2", "conv1", "emb_layers.1", "time_emb_proj",
		"out_layers.0", "norm2", "out_layers.3", "conv2", "skip_connection", "conv_shortcut",
	}
	return []rule{
		{from: "time_embed.0.*", to: "time_embedding.linear_1.*"},
		{from: "time_embed.2.*", to: "time_embedding.linear_2.*"},
		{from: "label_emb.0.0.*", to: "add_embedding.linear_1.*"},
		{from: "label_emb.0.2.*", to: "add_embedding.linear_2.*"},
		{from: "out.0.*", to: "conv_norm_out.*"},
		{from: "out.2.*", to: "conv_out.*"},
		{from: "input_blocks.0.0.*", to: "conv_in.*"},
		{from: "input_blocks.#.0.op.*", to: "down_blocks.#.downsamplers.0.conv.*", numbers: levelDown},
		{from: "input_blocks.#.0.*", to: "down_blocks.#.resnets.#.*", numbers: levelDown, rest: resnet},
		{from: "input_blocks.#.1.*", to: "down_blocks.#.attentions.#.*", numbers: levelDown},
		{from: "middle_block.0.*", to: "mid_block.resnets.0.*", rest: resnet},
		{from: "middle_block.1.*", to: "mid_block.attentions.0.*"},
		{from: "middle_block.2.*", to: "mid_block.resnets.1.*", rest: resnet},
		{from: "output_blocks.#.0.*", to: "up_blocks.#.resnets.#.*", numbers: level, rest: resnet},
		{from: "output_blocks.#.1.conv.*", to: "up_blocks.#.upsamplers.0.conv.*", numbers: level},
		{from: "output_blocks.#.2.conv.*", to: "up_blocks.#.upsamplers.0.conv.*", numbers: level},
		{from: "output_blocks.#.1.*", to: "up_blocks.#.attentions.#.*", numbers: level},

		{from: "conv_in.*", to: "conv_in.*"},
		{from: "time_embedding.*", to: "time_embedding.*"},
		{from: "add_embedding.*", to: "add_embedding.*"},
		{from: "down_blocks.*", to: "down_blocks.*"},
		{from: "mid_block.*", to: "mid_block.*"},
		{from: "up_blocks.*", to: "up_blocks.*"},
		{from: "conv_norm_out.*", to: "conv_norm_out.*"},
		{from: "conv_out.*", to: "conv_out.*"},
	}
}

// vaeRules are the rules for a VAE of so many levels, which the original code
// counts from the picture in the decoder, too. Its attention had two other
// sets of names.
func vaeRules(levels int) []rule {
	resnet := []string{"nin_shortcut", "conv_shortcut"}
	attention := []string{
		"norm", "group_norm", "q", "to_q", "k", "to_k", "v", "to_v", "proj_out", "to_out.0",
		"query", "to_q", "key", "to_k", "value", "to_v", "proj_attn", "to_out.0",
	}
	upwards := func(n []int) []int { return append([]int{levels - 1 - n[0]}, n[1:]...) }
	rules := []rule{
		{from: "encoder.down.#.block.#.*", to: "encoder.down_blocks.#.resnets.#.*", rest: resnet},
		{from: "encoder.down.#.downsample.conv.*", to: "encoder.down_blocks.#.downsamplers.0.conv.*"},
		{from: "decoder.up.#.block.#.*", to: "decoder.up_blocks.#.resnets.#.*", numbers: upwards, rest: resnet},
		{from: "decoder.up.#.upsample.conv.*", to: "decoder.up_blocks.#.upsamplers.0.conv.*", numbers: upwards},
		{from: "loss.*"}, // of training
		{from: "model_ema.*"},
	}
	for _, half := range []string{"encoder.", "decoder."} {
		rules = append(rules,
			rule{from: half + "mid.block_1.*", to: half + "mid_block.resnets.0.*", rest: resnet},
			rule{from: half + "mid.block_2.*", to: half + "mid_block.resnets.1.*", rest: resnet},
			rule{from: half + "mid.attn_1.*", to: half + "mid_block.attentions.0.*", rest: attention, form: matrix},
			rule{from: half + "mid_block.attentions.0.*", to: half + "mid_block.attentions.0.*", rest: attention, form: matrix},
			rule{from: half + "norm_out.*", to: half + "conv_norm_out.*"},
			rule{from: half + "mid_block.resnets.*", to: half + "mid_block.resnets.*"},
			rule{from: half + "conv_in.*", to: half + "conv_in.*"},
			rule{from: half + "conv_norm_out.*", to: half + "conv_norm_out.*"},
			rule{from: half + "conv_out.*", to: half + "conv_out.*"},
		)
	}
	return append(rules,
		rule{from: "encoder.down_blocks.*", to: "encoder.down_blocks.*"},
		rule{from: "decoder.up_blocks.*", to: "decoder.up_blocks.*"},
		rule{from: "quant_conv.*", to: "quant_conv.*"},
		rule{from: "post_quant_conv.*", to: "post_quant_conv.*"},
	)
}

// clipRules are the rules for a text encoder that transformers wrote. Since its
// version 5 the names of a CLIPTextModel lack the first word, and those of a
// CLIPTextModelWithProjection still have it.
func clipRules() []rule {
	return []rule{
		{from: "text_model.embeddings.position_ids"},
		{from: "embeddings.position_ids"},
		{from: "logit_scale"},
		{from: "text_model.*", to: "text_model.*"},
		{from: "embeddings.*", to: "text_model.embeddings.*"},
		{from: "encoder.*", to: "text_model.encoder.*"},
		{from: "final_layer_norm.*", to: "text_model.final_layer_norm.*"},
		{from: "text_projection.weight", to: "text_projection.weight"},
	}
}

// openCLIPRules are the rules for a text encoder of OpenCLIP.
func openCLIPRules() []rule {
	const to = "text_model.encoder.layers.#."
	const from = "transformer.resblocks.#."
	return []rule{
		{from: "token_embedding.*", to: "text_model.embeddings.token_embedding.*"},
		{from: "positional_embedding", to: "text_model.embeddings.position_embedding.weight"},
		{from: "ln_final.*", to: "text_model.final_layer_norm.*"},
		{from: "text_projection", to: "text_projection.weight", form: transposed},
		{from: "logit_scale"},
		{from: "attn_mask"},
		{from: from + "attn.in_proj_weight", to: to + "self_attn.$_proj.weight", form: threefold},
		{from: from + "attn.in_proj_bias", to: to + "self_attn.$_proj.bias", form: threefold},
		{from: from + "attn.out_proj.*", to: to + "self_attn.out_proj.*"},
		{from: from + "ln_1.*", to: to + "layer_norm1.*"},
		{from: from + "ln_2.*", to: to + "layer_norm2.*"},
		{from: from + "mlp.c_fc.*", to: to + "mlp.fc1.*"},
		{from: from + "mlp.c_proj.*", to: to + "mlp.fc2.*"},
	}
}

// penultimateRules leave out what Stable Diffusion 2 does not use of its text
// encoder: it takes what the last layer but one says.
func penultimateRules() []rule {
	return append([]rule{
		{from: "transformer.resblocks.23.*"},
		{from: "text_projection"},
	}, openCLIPRules()...)
}

// tinyRules are the rules for a TAESD. The original decoder begins with a
// clamp, which diffusers does not count among its layers.
func tinyRules() []rule {
	decoder := func(n []int) []int { return []int{n[0] - 1} }
	return []rule{
		{from: "decoder.layers.*", to: "decoder.layers.*"},
		{from: "encoder.layers.*", to: "encoder.layers.*"},
		{from: "taesd_decoder.#.*", to: "decoder.layers.#.*", numbers: decoder},
		{from: "taesd_encoder.#.*", to: "encoder.layers.#.*"},
		{from: "decoder.#.*", to: "decoder.layers.#.*", numbers: decoder},
		{from: "encoder.#.*", to: "encoder.layers.#.*"},
	}
}

// tinyHalfRules are the rules for half a TAESD, whose layers are named by their
// numbers alone.
func tinyHalfRules(decoder bool) []rule {
	if !decoder {
		return []rule{{from: "#.*", to: "encoder.layers.#.*"}}
	}
	return []rule{{from: "#.*", to: "decoder.layers.#.*", numbers: func(n []int) []int { return []int{n[0] - 1} }}}
}
