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

// agreeOr is agree, with the size to take where no claim names one.
func (in *inspection) agreeOr(fallback int, size string, limit int, claims ...claim) (int, error) {
	if !slices.ContainsFunc(claims, func(c claim) bool { return c.n != 0 }) {
		return fallback, nil
	}
	return in.agree(size, limit, claims...)
}

func (in *inspection) sizeLatents() (err error) {
	unet, decoder := in.unet, in.decoder
	taken, err := in.agree("number of channels that the UNet takes", maxLatentChannels,
		claim{unet.file(), "the number of channels that its weights take", unet.meets(in.info.Sample.Name).In},
		claim{unet.file(), "the number of channels of sample", dim(in.info.Sample, 1)},
		claim{unet.configFile(), "in_channels", unet.config.InChannels},
	)
	if err != nil {
		return err
	}
	given, err := in.agreeOr(taken, "number of channels that the UNet gives", 2*maxLatentChannels,
		claim{unet.file(), "the number of channels of " + in.info.Noise.Name, dim(in.info.Noise, 1)},
		claim{unet.configFile(), "out_channels", unet.config.OutChannels},
	)
	if err != nil {
		return err
	}
	if err := refuseChannels(taken, given); err != nil {
		return in.folder.failed(unet.file(), err)
	}
	channels := []claim{
		{unet.file(), "the number of channels of sample", taken},
		{decoder.configFile(), "latent_channels", decoder.config.LatentChannels},
		{decoder.file(), "the number of channels of latent_sample", dim(in.decoderIn, 1)},
		{decoder.file(), "the number of channels that its weights take", decoder.meets(in.decoderIn.Name).In},
	}
	if in.encoder != nil {
		channels = append(channels, claim{in.encoder.configFile(), "latent_channels", in.encoder.config.LatentChannels})
	}
	if in.spec.LatentChannels, err = in.agree("number of latent channels", maxLatentChannels, channels...); err != nil {
		return err
	}
	in.factor, err = in.pictureFactor()
	if err != nil {
		return err
	}
	usual := usualSide / in.factor
	if in.index.two {
		usual = usualSideXL / in.factor
	}
	in.spec.LatentHeight, err = in.agreeOr(usual, "height of the latents", maxLatentSide,
		claim{unet.configFile(), "sample_size", unet.config.SampleSize.height},
		claim{unet.file(), "the height of sample", dim(in.info.Sample, 2)},
		claim{unet.file(), "the height of " + in.info.Noise.Name, dim(in.info.Noise, 2)},
		claim{decoder.file(), "the height of latent_sample", dim(in.decoderIn, 2)},
	)
	if err != nil {
		return err
	}
	in.spec.LatentWidth, err = in.agreeOr(usual, "width of the latents", maxLatentSide,
		claim{unet.configFile(), "sample_size", unet.config.SampleSize.width},
		claim{unet.file(), "the width of sample", dim(in.info.Sample, 3)},
		claim{unet.file(), "the width of " + in.info.Noise.Name, dim(in.info.Noise, 3)},
		claim{decoder.file(), "the width of latent_sample", dim(in.decoderIn, 3)},
	)
	return err
}

// refuseChannels refuses UNets that draw from more than latents, by what they
// are for.
func refuseChannels(taken, given int) error {
	if taken == given {
		return nil
	}
	for extra, kind := range map[int]string{
		5: "an in-painting UNet, which takes a mask and a masked picture too",
		4: "a UNet of the instruct-pix2pix kind, which takes a picture to change too",
		3: "the UNet of an upscaler, which enlarges pictures",
		1: "a UNet that takes a depth map too",
	} {
		if taken-given == extra {
			return fmt.Errorf("takes %d channels and gives %d: it is %s; use the model for drawing that it was made of", taken, given, kind)
		}
	}
	return fmt.Errorf("takes %d channels and gives %d: it does not only draw", taken, given)
}

// pictureFactor is how many pixels of a picture's side one of the latents'
// stands for: every level of the decoder but the last doubles the sides.
func (in *inspection) pictureFactor() (int, error) {
	decoder := in.decoder
	levels := len(decoder.config.BlockOutChannels) - 1
	if levels < 0 {
		levels = decoder.doublings
	}
	if levels > 6 {
		return 0, in.folder.failed(decoder.file(), fmt.Errorf("doubles the sides of a picture %d times", levels))
	}
	return 1 << levels, nil
}

func (in *inspection) sizeImage() (err error) {
	if in.spec.LatentHeight == 0 || in.spec.LatentWidth == 0 {
		return nil // sizeLatents has said what is wrong
	}
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
	height, width := in.spec.LatentHeight*in.factor, in.spec.LatentWidth*in.factor
	if in.factor == 1 {
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
	if err != nil {
		return err
	}
	in.sizeOthers()
	if in.spec.Resizable && in.folder.made == nil && !in.halves() {
		return in.folder.failed(in.unet.file(), in.unhalved())
	}
	return nil
}

// halves reports whether the UNet can halve the model's own latents as often as
// it has to. The graphs that are written here round up where they can't, and so
// do exports that were traced at such a size.
func (in *inspection) halves() bool {
	m := 1 << in.info.Halvings
	return in.spec.LatentHeight%m == 0 && in.spec.LatentWidth%m == 0
}

func (in *inspection) unhalved() error {
	s := in.spec
	return fmt.Errorf("latents of %d×%d can't be halved %d times (sample_size in %s): the sides must be multiples of %d",
		s.LatentHeight, s.LatentWidth, in.info.Halvings, in.folder.path(in.unet.configFile()), 1<<in.info.Halvings)
}

// sizeOthers finds whether the model draws in other sizes than its own, and
// which layers are worth taking over.
func (in *inspection) sizeOthers() {
	s := &in.spec
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
