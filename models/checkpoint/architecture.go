package checkpoint

import (
	"fmt"
)

// maxLevels is more than the levels that a network has, and its square more
// than a list of its layers has.
const maxLevels = 16

// What the shapes of an ordinary model do not say.
const (
	normGroups  = 32
	headWidth   = 64
	timeIDs     = 6
	timeIDWidth = 256
	sd1Heads    = 8
	scaling     = 0.18215
	quickGELU   = "quick_gelu"
	gelu        = "gelu"
)

// What UNets predict, in diffusers' words.
const (
	Epsilon  = "epsilon"
	Velocity = "v_prediction"
)

// What tells models from each other: the widths of the text encoders, CLIP's
// ViT-L and OpenCLIP's ViT-H and ViT-bigG, the channels of the latents, and the
// levels of SDXL's refiner, one more than the base has.
const (
	widthOfViTL     = 768
	widthOfViTH     = 1024
	widthOfBigG     = 1280
	latentsOfSD     = 4
	levelsOfRefiner = 4
)

// An Architecture is a model's, as its shapes tell. What a configuration file
// says otherwise can be written into it.
type Architecture struct {
	Family Family
	UNet   UNet
	VAE    VAE
	Text   []TextEncoder
}

// A Block is a level of a UNet, or its middle.
type Block struct {
	// Channels are those that come out of it.
	Channels int
	// Resnets is how many residual blocks it has.
	Resnets int
	// Depths are the numbers of transformer blocks in the attention behind
	// each residual block, 0 where there is none. The middle has one, between
	// its two residual blocks.
	Depths []int
	// Heads is the number of heads of each attention; 0 without attention.
	Heads int
	// Resample: it ends with the convolution that halves the size, or that
	// follows its doubling.
	Resample bool
}

// A UNet is the architecture of one.
type UNet struct {
	InChannels, OutChannels int
	// Down and Up are the levels in the order that they run in.
	Down, Up []Block
	// Middle has no Resnets if there is none, as in distilled models.
	Middle Block
	// TimeWidth is the width of the embedded timestep.
	TimeWidth int
	// CrossWidth is the width of the text embeddings that it attends to.
	CrossWidth int
	// Linear: the attention's projections are matrices, not convolutions.
	Linear bool
	// AddWidth is the width of the added conditions, the pooled text and the
	// embedded time ids; 0 without. AddTimeWidth is that of one time id.
	AddWidth, AddTimeWidth int
	// GuidanceWidth is the width of the embedded guidance of a distilled
	// model (LCM); 0 without.
	GuidanceWidth int
	// NormGroups is the number of groups of the group normalisations.
	NormGroups int
}

// A VAE is the architecture of one.
type VAE struct {
	// Channels are the picture's, LatentChannels the latents'.
	Channels, LatentChannels int
	// Blocks are the channels of each level, from the picture on, and Layers
	// the residual blocks of one in the encoder; the decoder has one more.
	Blocks []int
	Layers int
	// QuantConv and PostQuantConv are the convolutions behind the encoder and
	// before the decoder.
	QuantConv, PostQuantConv bool
	// MiddleAttention is between the residual blocks of the middle.
	MiddleAttention bool
	// Encoder and Decoder say which halves are there.
	Encoder, Decoder bool
	// ScalingFactor is what latents are multiplied with for the UNet.
	ScalingFactor float64
	NormGroups    int
}

// A TextEncoder is the architecture of one.
type TextEncoder struct {
	Layers, Width, Heads, MLP, Positions, Vocabulary int
	// Activation is that of the MLPs: "quick_gelu" or "gelu".
	Activation string
	// Projection is the width of the pooled text; 0 without.
	Projection int
}

// A Tiny is the architecture of a TAESD.
type Tiny struct {
	LatentChannels   int
	Encoder, Decoder bool
}

// Describe finds a model's architecture, with what only the parts together
// tell. vae can be nil.
func Describe(unet, vae *Weights, text ...*Weights) (Architecture, error) {
	var a Architecture
	var err error
	if a.UNet, err = unet.UNet(); err != nil {
		return a, err
	}
	if a.Family, err = a.UNet.Family(); err != nil {
		return a, failed(unet.path, err)
	}
	for _, w := range text {
		encoder, err := w.TextEncoder()
		if err != nil {
			return a, err
		}
		a.Text = append(a.Text, encoder)
	}
	if a.Family == SD2 && len(a.Text) > 0 {
		a.Text[0].Activation = gelu
	}
	if a.Family == SDXL && len(a.Text) > 1 {
		a.Text[1].Activation = gelu
		a.UNet.AddTimeWidth = (a.UNet.AddWidth - a.Text[1].Projection) / timeIDs
	}
	if vae != nil {
		if a.VAE, err = vae.VAE(); err != nil {
			return a, err
		}
	}
	a.VAE.ScalingFactor = a.Family.ScalingFactor()
	return a, a.check(unet.path)
}

// check compares the parts with each other.
func (a Architecture) check(path string) error {
	width := 0
	for _, t := range a.Text {
		width += t.Width
	}
	if width > 0 && width != a.UNet.CrossWidth {
		return failed(path, fmt.Errorf("the UNet attends to texts %d wide, and the text encoders make them %d wide", a.UNet.CrossWidth, width))
	}
	if a.UNet.AddWidth > 0 && (a.UNet.AddTimeWidth <= 0 || len(a.Text) > 1 && a.UNet.AddTimeWidth*timeIDs+a.Text[1].Projection != a.UNet.AddWidth) {
		return failed(path, fmt.Errorf("its added conditions are %d wide, which fits no text encoder", a.UNet.AddWidth))
	}
	return nil
}

// UNet is the architecture of the part.
func (w *Weights) UNet() (UNet, error) {
	s := shapes{w: w}
	in, out := s.of("conv_in.weight", 4), s.of("conv_out.weight", 4)
	time := s.of("time_embedding.linear_1.weight", 2)
	u := UNet{InChannels: in[1], OutChannels: out[0], TimeWidth: time[0], NormGroups: normGroups}
	if w.Has("add_embedding.linear_1.weight") {
		u.AddWidth, u.AddTimeWidth = s.of("add_embedding.linear_1.weight", 2)[1], timeIDWidth
	}
	if w.Has("time_embedding.cond_proj.weight") {
		u.GuidanceWidth = s.of("time_embedding.cond_proj.weight", 2)[1]
	}
	for i := range w.count("down_blocks") {
		u.Down = append(u.Down, s.block(fmt.Sprintf("down_blocks.%d", i), &u))
	}
	for i := range w.count("up_blocks") {
		u.Up = append(u.Up, s.block(fmt.Sprintf("up_blocks.%d", i), &u))
	}
	if w.nodes["mid_block"] {
		u.Middle = s.block("mid_block", &u)
		u.Middle.Depths = u.Middle.Depths[:min(1, len(u.Middle.Depths))]
	}
	if s.err == nil && (len(u.Down) == 0 || len(u.Down) > maxLevels || len(u.Up) != len(u.Down)) {
		s.err = failed(w.path, fmt.Errorf("its UNet has %d levels down and %d up", len(u.Down), len(u.Up)))
	}
	if s.err == nil && u.CrossWidth == 0 {
		s.err = failed(w.path, fmt.Errorf("its UNet has no cross-attention"))
	}
	return u, s.err
}

// block reads a level, and what all attentions have in common into u.
func (s *shapes) block(name string, u *UNet) Block {
	b := Block{Resnets: s.w.count(name + ".resnets")}
	b.Channels = s.of(name+".resnets.0.conv1.weight", 4)[0]
	b.Resample = s.w.nodes[name+".downsamplers"] || s.w.nodes[name+".upsamplers"]
	for i := range b.Resnets {
		attention := fmt.Sprintf("%s.attentions.%d", name, i)
		depth := s.w.count(attention + ".transformer_blocks")
		b.Depths = append(b.Depths, depth)
		if depth == 0 {
			continue
		}
		linear := len(s.rank(attention+".proj_in.weight")) == 2
		cross := s.of(attention+".transformer_blocks.0.attn2.to_k.weight", 2)[1]
		if s.err == nil && u.CrossWidth != 0 && (cross != u.CrossWidth || linear != u.Linear) {
			s.err = failed(s.w.path, fmt.Errorf("the attentions of its UNet are not of one kind at %s", attention))
		}
		u.CrossWidth, u.Linear = cross, linear
		b.Heads = heads(b.Channels, linear)
	}
	return b
}

// heads is the number of heads that attention has in the original models: 8 in
// those of Stable Diffusion 1, heads of 64 channels in those after it.
func heads(channels int, linear bool) int {
	if !linear {
		return sd1Heads
	}
	return max(1, channels/headWidth)
}

// VAE is the architecture of the part.
func (w *Weights) VAE() (VAE, error) {
	s := shapes{w: w}
	v := VAE{
		Encoder: w.Has("encoder.conv_in.weight"), Decoder: w.Has("decoder.conv_in.weight"),
		QuantConv: w.nodes["quant_conv"], PostQuantConv: w.nodes["post_quant_conv"],
		ScalingFactor: scaling, NormGroups: normGroups,
	}
	if v.Encoder {
		v.Channels = s.of("encoder.conv_in.weight", 4)[1]
		v.LatentChannels = s.of("encoder.conv_out.weight", 4)[0] / 2 // means and variances
		v.Layers = w.count("encoder.down_blocks.0.resnets")
		v.MiddleAttention = w.nodes["encoder.mid_block.attentions.0"]
		for i := range w.count("encoder.down_blocks") {
			v.Blocks = append(v.Blocks, s.of(fmt.Sprintf("encoder.down_blocks.%d.resnets.0.conv1.weight", i), 4)[0])
		}
	}
	if v.Decoder {
		decoder := v
		decoder.Channels = s.of("decoder.conv_out.weight", 4)[0]
		decoder.LatentChannels = s.of("decoder.conv_in.weight", 4)[1]
		decoder.Layers = w.count("decoder.up_blocks.0.resnets") - 1
		decoder.MiddleAttention = w.nodes["decoder.mid_block.attentions.0"]
		decoder.Blocks = nil
		for i := w.count("decoder.up_blocks") - 1; i >= 0; i-- {
			decoder.Blocks = append(decoder.Blocks, s.of(fmt.Sprintf("decoder.up_blocks.%d.resnets.0.conv1.weight", i), 4)[0])
		}
		if s.err == nil && v.Encoder && fmt.Sprint(v) != fmt.Sprint(decoder) {
			s.err = failed(w.path, fmt.Errorf("the encoder and the decoder of its VAE do not fit each other"))
		}
		v = decoder
	}
	if s.err == nil && (len(v.Blocks) == 0 || v.Layers < 1) {
		s.err = failed(w.path, fmt.Errorf("its VAE has no levels"))
	}
	if s.err == nil && (v.LatentChannels != latentsOfSD || v.Channels != 3) {
		s.err = failed(w.path, &Refused{
			What: fmt.Sprintf("a VAE of %d latent channels", v.LatentChannels),
			Why:  "only those of Stable Diffusion 1, 2 and XL, with 4, can be used",
		})
	}
	return v, s.err
}

// TextEncoder is the architecture of the part.
func (w *Weights) TextEncoder() (TextEncoder, error) {
	s := shapes{w: w}
	tokens := s.of("text_model.embeddings.token_embedding.weight", 2)
	positions := s.of("text_model.embeddings.position_embedding.weight", 2)
	mlp := s.of("text_model.encoder.layers.0.mlp.fc1.weight", 2)
	t := TextEncoder{
		Layers: w.count("text_model.encoder.layers"), Vocabulary: tokens[0], Width: tokens[1],
		Heads: max(1, tokens[1]/headWidth), MLP: mlp[0], Positions: positions[0], Activation: quickGELU,
	}
	if w.openCLIP || t.Width == widthOfViTH || t.Width == widthOfBigG {
		t.Activation = gelu
	}
	if w.Has("text_projection.weight") {
		t.Projection = s.of("text_projection.weight", 2)[0]
	}
	return t, s.err
}

// Tiny is the architecture of the part.
func (w *Weights) Tiny() (Tiny, error) {
	s := shapes{w: w}
	t := Tiny{Encoder: w.Has("encoder.layers.0.weight"), Decoder: w.Has("decoder.layers.0.weight")}
	if t.Decoder {
		t.LatentChannels = s.of("decoder.layers.0.weight", 4)[1]
	} else if n := w.count("encoder.layers"); n > 0 {
		t.LatentChannels = s.of(fmt.Sprintf("encoder.layers.%d.weight", n-1), 4)[0]
	}
	if s.err == nil && t.LatentChannels != latentsOfSD {
		s.err = failed(w.path, &Refused{
			What: fmt.Sprintf("a tiny VAE of %d latent channels", t.LatentChannels),
			Why:  "only TAESD and TAESDXL, with 4, can be used",
		})
	}
	return t, s.err
}

// shapes reads shapes until one is not as it must be.
type shapes struct {
	w   *Weights
	err error
}

// rank is a tensor's shape.
func (s *shapes) rank(name string) []int {
	t, err := s.w.Tensor(name)
	if s.err == nil {
		s.err = err
	}
	return t.Shape
}

// of is a tensor's shape of so many dimensions, none of them 0; zeros if there
// is none such.
func (s *shapes) of(name string, dims int) []int {
	shape := s.rank(name)
	if s.err != nil {
		return make([]int, dims)
	}
	bad := len(shape) != dims
	for _, n := range shape {
		bad = bad || n < 1
	}
	if bad {
		s.err = failed(s.w.path, fmt.Errorf("tensor %q of the %s has a shape of %v, not of %d dimensions", name, s.w.part, shape, dims))
		return make([]int, dims)
	}
	return shape
}
