package models

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/models/assembly"
	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// A Report says what is in a model folder and what keeps it from being used.
type Report struct {
	// Name and Dir are those of the folder, or of the file that the model is in.
	// Class is the pipeline that it is for.
	Name, Dir, Class string
	Parts            []PartReport
	// Spec is what drawing would need to know, as far as it was found.
	Spec Spec
	// Layers are the UNet's attention layers, as far as they were found;
	// without an ONNX Runtime their heads and pixels are 0.
	Layers []graph.Layer
	// Need is an estimate of the memory that drawing takes, and Limit is how much may
	// be taken; 0 where nothing was estimated.
	Need  Need
	Limit int64
	// Digest is what [Model.Digest] would be; empty where it is not known yet of
	// large files.
	Digest string
	// Precisions are those that it can be drawn in.
	Precisions []PrecisionReport
	// Prepared is the file of the prepared UNet, when there is one.
	Prepared string
	// LoRAs and Words are what the model was changed with.
	LoRAs []assembly.Merged
	Words []assembly.Learned
	// Problems are all that is wrong. Without any the model can be opened, as far
	// as Proof goes.
	Problems []error
	// Proof says what was looked at and what was not, sentences each.
	Proof []string
}

// A PrecisionReport says what a model needs in a precision.
type PrecisionReport struct {
	Precision Precision
	// Bytes is what the weights of the UNet and the decoder take in memory, about.
	Bytes int64
	// Kept is the size of what is prepared; 0 where nothing is, or nothing has to
	// be.
	Kept int64
	// Problem says why it can't be drawn with; nil where it can.
	Problem error
}

// A PartReport describes one graph of the folder.
type PartReport struct {
	Name string
	// Bytes is the size of the graph and of the weights outside it.
	Bytes int64
	// Precision is the element type that the part computes its result in.
	Precision element.Type
	Opset     int64
	// Inputs and Outputs are what the graph takes and gives.
	Inputs, Outputs []graph.Value
}

// Check reads the model of a source and reports all that can be told without
// opening the whole of it. Of files of weights every type and shape is compared
// with the networks that are made of them, which takes no more than their
// headers. With an ONNX Runtime in o every part of a folder of ONNX graphs is run
// once, one after the other: at a small size, where it takes any. The error is
// of the folder itself (or of ctx); what is wrong inside is in the report.
func Check(ctx context.Context, s Source, o Options) (*Report, error) {
	r, _, err := check(ctx, s, o, false)
	return r, err
}

// Prepare checks the model of a source as [Check] does and puts its prepared
// UNet into o.CacheDir, so that opening it will be quicker: at o.Precision, for
// which [FP16] reads all of the model, and [Int8] draws with it, too.
func Prepare(ctx context.Context, s Source, o Options) (*Report, error) {
	if o.CacheDir == "" || o.Runtime == nil {
		return nil, errors.New("prepare model: it takes a cache folder and ONNX Runtime")
	}
	r, unkept, err := check(ctx, s, o, true)
	if err == nil && unkept != nil {
		err = fmt.Errorf("prepare model: %w", unkept)
	}
	return r, err
}

func check(ctx context.Context, s Source, o Options, preparing bool) (r *Report, unkept, err error) {
	device, err := runtime.ParseDevice(o.Device)
	if err == nil && preparing {
		_, err = o.Precision.check(device)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("prepare model: %w", err)
	}
	f, err := sourceFolder(s, o)
	if err != nil {
		return nil, nil, fmt.Errorf("check model: %w", err)
	}
	f.sums.hurry = true
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	in := &inspection{folder: f}
	dir, err := filepath.Abs(s.Path)
	if err != nil {
		return nil, nil, err
	}
	r = &Report{Name: f.name, Dir: dir, Problems: in.everyProblem(ctx)}
	r.describe(in)
	r.Digest = o.Precision.digest(in.digest)
	r.Proof = in.proof(o.Runtime != nil)
	if len(r.Problems) > 0 || o.Runtime == nil {
		return r, nil, nil
	}
	prepared, unkept, err := in.prepare(ctx, o)
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	if err != nil {
		r.Problems = append(r.Problems, err)
		return r, nil, nil
	}
	if r.Precisions, err = in.precisions(o, prepared); err != nil {
		return nil, nil, err
	}
	if preparing && o.Precision != "" && o.Precision != FP32 {
		if err := in.prepareLower(ctx, o, prepared, r); err != nil {
			return nil, nil, err
		}
	}
	r.Spec, r.Layers, r.Prepared = prepared.spec, prepared.spec.Layers, prepared.file
	r.Need, r.Limit = in.widths(o.Precision).need(r.Spec), o.limit()
	if err := fits("the model", r.Need.Least(), r.Limit); err != nil {
		r.Problems = append(r.Problems, err)
		return r, unkept, nil
	}
	if err := in.proveParts(ctx, o, r.Spec.Resizable); err != nil {
		r.Problems = append(r.Problems, err)
	}
	if ctx.Err() != nil {
		return nil, nil, ctx.Err()
	}
	return r, unkept, nil
}

// everyProblem reads the folder and goes on where something is wrong, as far
// as that makes sense.
func (in *inspection) everyProblem(ctx context.Context) []error {
	var problems []error
	try := func(steps ...func() error) {
		for _, step := range steps {
			if err := step(); err != nil {
				problems = append(problems, err)
			}
		}
	}
	try(in.readIndex, in.readSchedule, in.readTokenizers, in.readVocabulary,
		in.readTexts, in.readUNet, in.readDecoder, in.readEncoder)
	if in.unet != nil {
		try(in.checkUNet)
	}
	if len(problems) > 0 {
		return problems // the rest compares files with each other
	}
	try(in.checkTexts, in.checkDecoder, in.checkEncoder)
	if len(problems) > 0 {
		return problems
	}
	try(in.sizeTexts, in.sizeLatents, in.sizeImage, in.digesting(ctx))
	return problems
}

// describe fills in what the inspection found.
func (r *Report) describe(in *inspection) {
	r.Class, r.Spec, r.Digest, r.Layers = in.index.Class, in.spec, in.digest, in.info.Layers
	if made := in.folder.made; made != nil {
		r.LoRAs, r.Words = made.loras, made.words
	}
	for _, p := range in.parts() {
		report := PartReport{
			Name: p.name, Bytes: p.bytes, Opset: p.opset, Inputs: p.inputs, Outputs: p.outputs,
		}
		for _, weights := range p.external {
			if info, err := os.Stat(p.located.path(weights)); err == nil {
				report.Bytes += info.Size()
			}
		}
		if len(report.Outputs) > 0 {
			report.Precision = report.Outputs[0].Type
		}
		r.Parts = append(r.Parts, report)
	}
}

// String is the report as a person reads it.
func (r *Report) String() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s (%s)", r.Dir, r.Class)
	for _, p := range r.Parts {
		line("  %-12s  %s, opset %d, %.1f MB", p.Name, p.Precision, p.Opset, float64(p.Bytes)/1e6)
		for _, v := range p.Inputs {
			line("    takes %s", v)
		}
		for _, v := range p.Outputs {
			line("    gives %s", v)
		}
	}
	if s := r.Spec; s.ImageWidth > 0 {
		line("  %d tokens of width %d, latents %d×%d×%d scaled by %.5g, pictures of %d×%d pixels, predicts %s",
			s.ContextLength, s.TextWidth, s.LatentChannels, s.LatentHeight, s.LatentWidth, s.ScalingFactor,
			s.ImageWidth, s.ImageHeight, s.Prediction)
	}
	r.writeSchedule(line)
	r.writeAdditions(line)
	r.writeLayers(line)
	r.writePrecisions(line)
	if r.Digest != "" {
		line("  digest %s", r.Digest)
	} else if len(r.Problems) == 0 {
		line("  its digest is computed when it is first drawn with: that reads all of it")
	}
	if n := r.Need; n.Weights > 0 {
		line("  memory on the CPU, about: %s for a picture, %s for an edit, of which %s are weights", gigabytes(n.Picture()), gigabytes(n.Edit()), gigabytes(n.Weights))
	}
	if r.Need.Edit() > r.Limit && r.Limit > 0 {
		line("    %s may be taken (--memory-limit): rows are computed one after the other where that is not enough", gigabytes(r.Limit))
	}
	if r.Prepared != "" {
		line("  prepared: %s", r.Prepared)
	}
	if len(r.Problems) == 0 {
		line("  The model can be used.")
		for _, sentence := range r.Proof {
			line("    %s", sentence)
		}
		return b.String()
	}
	if slices.ContainsFunc(r.Problems, func(err error) bool { return !errors.Is(err, ErrMemory) }) {
		line("  The model can't be used:")
	} else {
		line("  The model can't be used on this machine as it is now:")
	}
	for _, p := range r.Problems {
		line("    %v", p)
	}
	return b.String()
}

// writeSchedule says what was read of the scheduler's file, and what the model is
// drawn with where nobody says otherwise.
func (r *Report) writeSchedule(line func(format string, args ...any)) {
	if s := r.Spec.Schedule; s.TrainSteps > 0 {
		line("  %s", s)
		line("  drawn with %s", r.Spec.Usual())
	}
}

// writeAdditions says what the model was changed with.
func (r *Report) writeAdditions(line func(format string, args ...any)) {
	const shown = 5
	for _, l := range r.LoRAs {
		line("  LoRA %s at %g, weights changed: %d", l.Path, l.Strength, l.Weights)
		if n := len(l.Unmatched); n > 0 {
			line("    %d of its tensors are for no weight of this model: %s", n, strings.Join(l.Unmatched[:min(n, shown)], ", "))
		}
		if n := len(l.Unmatched) - shown; n > 0 {
			line("    and %d more", n)
		}
	}
	for _, w := range r.Words {
		line("  embedding %s: the word %q, tokens: %d", w.Path, w.Word, len(w.IDs))
	}
}

func (r *Report) writeLayers(line func(format string, args ...any)) {
	if len(r.Layers) == 0 {
		return
	}
	line("  %d attention layers:", len(r.Layers))
	for _, l := range r.Layers {
		kind, shape := "self ", ""
		if l.Cross {
			kind = "cross"
		}
		if l.Pixels > 0 {
			h, w := graph.Halved(r.Spec.LatentHeight, r.Spec.LatentWidth, l.Level)
			shape = fmt.Sprintf("%2d heads, %3d×%-3d pixels", l.Heads, h, w)
		}
		line("    %2d  %s  %s  %s", l.Index, kind, shape, l.Name)
	}
}

// writePrecisions says in what the model can be drawn.
func (r *Report) writePrecisions(line func(format string, args ...any)) {
	for _, p := range r.Precisions {
		state := ""
		switch {
		case p.Problem != nil:
			state = ": can't be used: " + p.Problem.Error()
		case p.Kept > 0:
			state = fmt.Sprintf(", prepared: %.1f MB on the disk", float64(p.Kept)/1e6)
		case p.Precision == FP16:
			state = ", on a GPU"
		case p.Precision == Int8:
			state = ", not prepared yet: models prepare --precision int8, or its first start, does that by drawing a few pictures"
		}
		if p.Bytes > 0 {
			state = fmt.Sprintf(": weights of %.1f MB in memory", float64(p.Bytes)/1e6) + state
		}
		line("  precision %s%s", p.Precision, state)
	}
}
