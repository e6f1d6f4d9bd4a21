package models

import (
	"fmt"
	"slices"

	"pentimento/models/graph"
)

// A claim is what one place of a model folder says a size is; 0 says nothing.
type claim struct {
	file, what string
	n          int
}

// agree gives the size that all claims name. Claims that differ, a size beyond
// limit, or no claim at all are an error that names the file.
func (in *inspection) agree(size string, limit int, claims ...claim) (int, error) {
	var first claim
	for _, c := range claims {
		switch {
		case c.n == 0:
		case c.n < 0 || c.n > limit:
			return 0, in.folder.failed(c.file, fmt.Errorf("%s is %d, which is no %s", c.what, c.n, size))
		case first.n == 0:
			first = c
		case c.n != first.n:
			return 0, in.folder.failed(c.file, fmt.Errorf("%s is %d, but %s in %s is %d",
				c.what, c.n, first.what, in.folder.path(first.file), first.n))
		}
	}
	if first.n == 0 {
		return 0, in.folder.failed(claims[0].file, fmt.Errorf("does not say the %s (%s)", size, claims[0].what))
	}
	return first.n, nil
}

func (in *inspection) sizeText() (err error) {
	text, unet := in.text, in.unet
	in.spec.ContextLength, err = in.agree("context length", maxContextLength,
		claim{tokenizerFolder + "/tokenizer_config.json", "model_max_length", in.tokenizer.ContextLength()},
		claim{text.configFile(), "max_position_embeddings", text.config.MaxPositionEmbeddings},
		claim{text.file(), "the length of input_ids", dim(in.textIn, 1)},
		claim{text.file(), "the length of " + in.textOut.Name, dim(in.textOut, 1)},
		claim{unet.file(), "the length of encoder_hidden_states", dim(in.info.Text, 1)},
	)
	if err != nil {
		return err
	}
	in.spec.TextWidth, err = in.agree("width of the text embeddings", maxTextWidth,
		claim{unet.configFile(), "cross_attention_dim", int(unet.config.CrossAttentionDim)},
		claim{text.configFile(), "hidden_size", text.config.HiddenSize},
		claim{text.file(), "the width of " + in.textOut.Name, dim(in.textOut, 2)},
		claim{unet.file(), "the width of encoder_hidden_states", dim(in.info.Text, 2)},
	)
	if err != nil {
		return err
	}
	_, err = in.agree("size of the vocabulary", maxSize,
		claim{tokenizerFolder + "/vocab.json", "the number of tokens", in.tokenizer.VocabularySize()},
		claim{text.configFile(), "vocab_size", text.config.VocabSize},
	)
	return err
}

func (in *inspection) sizeLatents() (err error) {
	unet, decoder := in.unet, in.decoder
	channels := []claim{
		{unet.configFile(), "in_channels", unet.config.InChannels},
		{unet.configFile(), "out_channels", unet.config.OutChannels},
		{decoder.configFile(), "latent_channels", decoder.config.LatentChannels},
		{unet.file(), "the number of channels of sample", dim(in.info.Sample, 1)},
		{unet.file(), "the number of channels of " + in.info.Noise.Name, dim(in.info.Noise, 1)},
		{decoder.file(), "the number of channels of latent_sample", dim(in.decoderIn, 1)},
	}
	if in.encoder != nil {
		channels = append(channels, claim{in.encoder.configFile(), "latent_channels", in.encoder.config.LatentChannels})
	}
	if in.spec.LatentChannels, err = in.agree("number of latent channels", maxLatentChannels, channels...); err != nil {
		return err
	}
	in.spec.LatentHeight, err = in.agree("height of the latents", maxLatentSide,
		claim{unet.configFile(), "sample_size", unet.config.SampleSize.height},
		claim{unet.file(), "the height of sample", dim(in.info.Sample, 2)},
		claim{unet.file(), "the height of " + in.info.Noise.Name, dim(in.info.Noise, 2)},
		claim{decoder.file(), "the height of latent_sample", dim(in.decoderIn, 2)},
	)
	if err != nil {
		return err
	}
	in.spec.LatentWidth, err = in.agree("width of the latents", maxLatentSide,
		claim{unet.configFile(), "sample_size", unet.config.SampleSize.width},
		claim{unet.file(), "the width of sample", dim(in.info.Sample, 3)},
		claim{unet.file(), "the width of " + in.info.Noise.Name, dim(in.info.Noise, 3)},
		claim{decoder.file(), "the width of latent_sample", dim(in.decoderIn, 3)},
	)
	return err
}

func (in *inspection) sizeImage() (err error) {
	decoder := in.decoder
	if in.spec.ScalingFactor, err = decoder.config.scaling(); err != nil {
		return in.folder.failed(decoder.configFile(), err)
	}
	if in.encoder != nil {
		scaling, err := in.encoder.config.scaling()
		if err == nil && scaling != in.spec.ScalingFactor {
			err = fmt.Errorf("scaling_factor is %v, but %v in %s", scaling, in.spec.ScalingFactor, in.folder.path(decoder.configFile()))
		}
		if err != nil {
			return in.folder.failed(in.encoder.configFile(), err)
		}
	}
	height, width := in.spec.LatentHeight, in.spec.LatentWidth
	// Every level of the autoencoder but the last doubles the sides.
	if levels := len(decoder.config.BlockOutChannels); levels > 0 {
		height, width = height<<(levels-1), width<<(levels-1)
	} else {
		// Without levels the sample size is that of the pictures themselves.
		height, width = decoder.config.SampleSize.height, decoder.config.SampleSize.width
	}
	in.spec.ImageHeight, err = in.agree("height of the pictures", maxImageSide,
		claim{decoder.configFile(), "block_out_channels or sample_size", height},
		claim{decoder.file(), "the height of " + in.decoderOut.Name, dim(in.decoderOut, 2)},
		in.encoderClaim("the height of sample", 2),
	)
	if err != nil {
		return err
	}
	in.spec.ImageWidth, err = in.agree("width of the pictures", maxImageSide,
		claim{decoder.configFile(), "block_out_channels or sample_size", width},
		claim{decoder.file(), "the width of " + in.decoderOut.Name, dim(in.decoderOut, 3)},
		in.encoderClaim("the width of sample", 3),
	)
	if err == nil {
		in.sizeOthers()
	}
	return err
}

// sizeOthers finds whether the model draws in other sizes than its own, and
// which layers are worth taking over.
func (in *inspection) sizeOthers() {
	s := &in.spec
	if s.LatentHeight == 0 || s.LatentWidth == 0 {
		return // another step has said so
	}
	s.SelfLevel = structureLevel(s.LatentHeight, s.LatentWidth)
	factor := max(1, s.ImageHeight/s.LatentHeight)
	s.SizeMultiple = factor << in.info.Halvings
	values := []graph.Value{in.info.Sample, in.info.Noise, in.decoderIn, in.decoderOut}
	if in.encoder != nil {
		values = append(values, in.encoderIn, in.encoderOut)
	}
	s.Resizable = s.ImageHeight == factor*s.LatentHeight && s.ImageWidth == factor*s.LatentWidth &&
		!slices.ContainsFunc(values, func(v graph.Value) bool { return dim(v, 2) > 0 || dim(v, 3) > 0 })
}

// encoderClaim is what the VAE's encoder, if there is one, says of the size of
// pictures.
func (in *inspection) encoderClaim(what string, i int) claim {
	if in.encoder == nil {
		return claim{}
	}
	return claim{in.encoder.file(), what, dim(in.encoderIn, i)}
}
