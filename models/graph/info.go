package graph

import "pentimento/models/element"

// Names of the inputs that a UNet in the diffusers layout has, and of its
// output.
const (
	sampleName   = "sample"
	timestepName = "timestep"
	textName     = "encoder_hidden_states"
	noiseName    = "out_sample"
	// Those that only some UNets have.
	pooledName   = "text_embeds"
	timesName    = "time_ids"
	guidanceName = "timestep_cond"
)

// Info describes a UNet. It is plain data, so that it can be kept beside a
// rewritten graph.
type Info struct {
	// Layers are the attention layers in the order in which they are computed.
	Layers []Layer `json:"layers"`
	// Sample is the input for the latents. [B, channels, height, width]
	Sample Value `json:"sample"`
	// Timestep is the input for the timestep: a scalar, [1] or one a row [B],
	// of a type that differs between exporters.
	Timestep Value `json:"timestep"`
	// PerRow reports whether every row may have a timestep of its own.
	PerRow bool `json:"per_row"`
	// Text is the input for the text encoder's last hidden states. [B, M, D]
	Text Value `json:"text"`
	// Pooled is the input for the pooled text of SDXL [B, P], and TimeIDs that
	// for the sizes and the crop of the picture [B, 6]. Neither has a name in
	// other UNets.
	Pooled  Value `json:"pooled"`
	TimeIDs Value `json:"time_ids"`
	// TimestepCond is the input for an embedding of the guidance [B, W], which
	// only a UNet that was distilled from guidance has.
	TimestepCond Value `json:"timestep_cond"`
	// Noise is the output, the prediction. [B, channels, height, width]
	Noise Value `json:"noise"`
	// Halvings is how often the UNet halves the sides of the latents, all told.
	Halvings int `json:"halvings"`
	// Precision is the type of the latents in the untouched graph.
	Precision element.Type `json:"precision"`
	// Opset is the version of the standard operators.
	Opset int64 `json:"opset"`
}

// Inputs are the UNet's own inputs, in the order of [Info].
func (info Info) Inputs() []Value {
	inputs := []Value{info.Sample, info.Timestep, info.Text}
	for _, v := range []Value{info.Pooled, info.TimeIDs, info.TimestepCond} {
		if v.Name != "" {
			inputs = append(inputs, v)
		}
	}
	return inputs
}

// Inspect finds the inputs, the output and the attention layers of a UNet, or
// refuses it with [ErrUnsupported]. Heads and pixels of the layers are left 0:
// only a probing run tells them.
func Inspect(m *Model) (Info, error) {
	info, _, err := inspect(m)
	return info, err
}

func inspect(m *Model) (Info, []attention, error) {
	info := Info{Opset: m.opset}
	if err := info.findInputs(m); err != nil {
		return Info{}, nil, err
	}
	found, err := findAttention(m, sampleName, textName)
	if err != nil {
		return Info{}, nil, err
	}
	info.Halvings = m.Halvings()
	for _, a := range found {
		info.Layers = append(info.Layers, a.Layer)
	}
	return info, found, nil
}

// findInputs fills in the inputs and the output.
func (info *Info) findInputs(m *Model) error {
	for _, v := range m.inputs {
		switch v.Name {
		case sampleName:
			info.Sample = v
		case timestepName:
			info.Timestep = v
		case textName:
			info.Text = v
		case pooledName:
			info.Pooled = v
		case timesName:
			info.TimeIDs = v
		case guidanceName:
			info.TimestepCond = v
		case "class_labels":
			return unsupported("the input %q is that of an upscaler, which enlarges pictures and draws none", v.Name)
		default:
			return unsupported("the input %q is not one of a Stable Diffusion UNet", v.Name)
		}
	}
	for _, in := range []struct{ name, found string }{
		{sampleName, info.Sample.Name}, {timestepName, info.Timestep.Name}, {textName, info.Text.Name},
	} {
		if in.found == "" {
			return unsupported("it has no input %q", in.name)
		}
	}
	if err := checkInput(info.Sample, 4); err != nil {
		return err
	}
	if err := checkInput(info.Text, 3); err != nil {
		return err
	}
	if (info.Pooled.Name == "") != (info.TimeIDs.Name == "") {
		return unsupported("of the inputs %q and %q it has only one", pooledName, timesName)
	}
	for _, v := range []Value{info.Pooled, info.TimeIDs, info.TimestepCond} {
		if v.Name == "" {
			continue
		}
		if err := checkInput(v, 2); err != nil {
			return err
		}
	}
	if t := info.Timestep.Type; !t.Float() && !t.Int() || len(info.Timestep.Dims) > 1 {
		return unsupported("the timestep is %s, not a number or one number a row", info.Timestep)
	}
	info.PerRow = len(info.Timestep.Dims) == 1 && !info.Timestep.Dims[0].Fixed()
	info.Precision = info.Sample.Type
	return info.findNoise(m)
}

// checkInput refuses an input that is not a batch of floats of some rank.
func checkInput(v Value, rank int) error {
	if !v.Type.Float() {
		return unsupported("the input %s does not hold floating-point numbers", v)
	}
	if v.Ranked && len(v.Dims) != rank {
		return unsupported("the input %s has %d dimensions, not %d", v, len(v.Dims), rank)
	}
	if v.Ranked && v.Dims[0].Fixed() {
		return unsupported("the input %s has a fixed batch size; export with a dynamic one", v)
	}
	return nil
}

func (info *Info) findNoise(m *Model) error {
	for _, v := range m.outputs {
		if v.Name == noiseName || len(m.outputs) == 1 {
			info.Noise = v
		}
	}
	if info.Noise.Name == "" {
		return unsupported("none of its %d outputs is called %q", len(m.outputs), noiseName)
	}
	if !info.Noise.Type.Float() {
		return unsupported("the output %s does not hold floating-point numbers", info.Noise)
	}
	return nil
}
