package models

import (
	"context"
	"errors"
	"fmt"
	"math"

	"pentimento/models/runtime"
)

// ErrMemory says that a part of a model needs more memory than there is: the
// model may be as good as any.
var ErrMemory = errors.New("needs more memory than this machine has free")

// errNoNumbers says that a part computes no numbers.
var errNoNumbers = errors.New("gives values that are not finite numbers: its weights are damaged, or of too low a precision")

// proveParts opens the text encoders and the VAE of an export, one after the
// other, on the device that the model would be opened on, and runs each once:
// what kernels a device has and what a graph does with its weights shows in no
// other way. A model that takes any size is run at a small one. Of a graph that
// was written here all of that is known, and only another device than the CPU
// has to be tried.
func (in *inspection) proveParts(ctx context.Context, o Options, resizable bool) error {
	device, err := runtime.ParseDevice(o.Device)
	if err != nil {
		return err
	}
	written := in.folder.made != nil
	if written && (device.Provider == runtime.Auto || device.Provider == runtime.CPU) {
		return nil
	}
	var failed error
	for _, d := range device.Candidates() {
		op := opener{o: o, device: d, folder: in.folder, once: true}
		if failed = in.proveOn(ctx, op, resizable); failed == nil {
			return nil
		}
		if unusable := (*runtime.DeviceError)(nil); !errors.As(failed, &unusable) {
			break
		}
	}
	return failed
}

// proveOn proves the parts on a device.
func (in *inspection) proveOn(ctx context.Context, op opener, resizable bool) error {
	for _, t := range in.texts {
		if err := in.proveText(ctx, op, t); err != nil {
			return err
		}
	}
	s := in.spec
	s.Resizable = resizable
	s = in.probeSpecs(s)[0]
	if err := in.proveDecoder(ctx, op, s); err != nil || in.encoder == nil {
		return err
	}
	return in.proveEncoder(ctx, op, s)
}

func (in *inspection) proveText(ctx context.Context, op opener, t *textPart) (err error) {
	e, err := in.openText(op, t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.session.Close()) }()
	text, err := e.encode(ctx, "a")
	return in.proved(ctx, op, t.part, err, text.Embeddings, text.Pooled)
}

func (in *inspection) proveDecoder(ctx context.Context, op opener, s Spec) (err error) {
	d, err := in.openDecoder(op, &preparedUNet{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.session.Close()) }()
	planes, err := d.decode(ctx, s, slightly(s.LatentChannels*s.LatentHeight*s.LatentWidth))
	return in.proved(ctx, op, in.decoder, err, planes)
}

func (in *inspection) proveEncoder(ctx context.Context, op opener, s Spec) (err error) {
	e, err := openEncoder(op, in.encoder, in.encoderIn, in.encoderOut, in.spec.LatentChannels)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, e.session.Close()) }()
	latents, err := e.encode(ctx, s, slightly(3*s.ImageHeight*s.ImageWidth))
	return in.proved(ctx, op, in.encoder, err, latents)
}

// proved says what the run of a part proves.
func (in *inspection) proved(ctx context.Context, op opener, p *part, err error, results ...[]float32) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	for _, values := range results {
		if err == nil && !finite(values) {
			err = errNoNumbers
		}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrMemory), errors.Is(err, errNoNumbers):
	case op.device.Provider != runtime.CPU:
		return &runtime.DeviceError{Device: op.device, Reason: err}
	default:
		err = fmt.Errorf("does not run: %w", err)
	}
	return in.folder.failed(p.file(), err)
}

// proof says what a check looks at; ran reports whether it had ONNX Runtime.
func (in *inspection) proof(ran bool) []string {
	switch {
	case in.folder.made != nil && in.digest == "":
		return []string{
			"The type and shape of every tensor that is needed fit the networks made of them.",
			"The values of the weights are looked at when it is first drawn with.",
		}
	case in.folder.made != nil:
		return []string{
			"The type and shape of every tensor that is needed fit the networks made of them, and all values are finite numbers.",
		}
	case ran:
		return []string{"Its parts were run, one at a time. The UNet is run only until it has been prepared."}
	}
	return []string{"Its files fit each other. Nothing was run."}
}

// slightly are n small numbers, not all the same: zeros are what some exports
// divide by.
func slightly(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(math.Sin(float64(i)) / 4)
	}
	return values
}

func finite(values []float32) bool {
	for _, v := range values {
		if v-v != 0 { // NaN for an infinity, too
			return false
		}
	}
	return true
}
