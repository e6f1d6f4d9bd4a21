package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// A Precision is what most of a model's UNet and decoder is computed in.
type Precision string

// The precisions. Those of a model draw different pictures of one recipe, so they
// count as different models: each has a digest of its own.
const (
	FP32 Precision = "fp32"
	// FP16 is the UNet's weights and what is computed with them in half precision,
	// on a GPU. The decoder stays: that of Stable Diffusion XL makes numbers for
	// which half precision has no room.
	FP16 Precision = "fp16"
	Int8 Precision = "int8"
)

// ErrPrecision says that a model can't be opened in a precision.
var ErrPrecision = errors.New("int8 is computed on the CPU alone: leave --device out, or give --device cpu")

// ErrHalf says that a device is not known to be quicker in half precision: the CPU is
// not.
var ErrHalf = errors.New("fp16 is for GPUs, and no quicker than fp32 on a CPU: name one with --device cuda, or leave --precision out")

// Supported returns [quantize.ErrProcessor] where the processor is not made for p.
func (p Precision) Supported() error {
	if p != Int8 {
		return nil
	}
	return quantize.Supported()
}

// These name the ways in which [Int8] and [FP16] compute. They are part of the digests
// of such models: what changes their pictures gets another name here.
const (
	eightBits = "int8 1"
	half      = "fp16 1"
)

// digest is what the model with a digest has at this precision.
func (p Precision) digest(own string) string {
	way, ok := map[Precision]string{Int8: eightBits, FP16: half}[p]
	if !ok || own == "" {
		return own
	}
	sum := sha256.Sum256([]byte(way + "\n" + own))
	return hex.EncodeToString(sum[:])
}

// check refuses a precision that is not known, or is not for a device or this
// processor. The device that it returns is the one to take.
func (p Precision) check(d runtime.Device) (runtime.Device, error) {
	switch p {
	case "", FP32:
		return d, nil
	case FP16:
		switch d.Provider {
		case runtime.CUDA, runtime.TensorRT, runtime.DirectML:
			return d, nil
		}
		return d, fmt.Errorf("device %s: %w", d, ErrHalf)
	case Int8:
		if d.Provider != runtime.Auto && d.Provider != runtime.CPU {
			return d, fmt.Errorf("device %s: %w", d, ErrPrecision)
		}
		return runtime.Device{Provider: runtime.CPU}, p.Supported()
	}
	return d, fmt.Errorf("precision %q is not one of %s, %s, %s", p, FP32, FP16, Int8)
}

// A Practice draws a few pictures, which show how large the numbers are that a
// model computes with: [Int8] has to know.
type Practice struct {
	// Name says what is drawn, and how. A model that was prepared for [Int8] by
	// another practice is prepared again.
	Name string
	// Draw draws with m, and calls step after each of so many steps.
	Draw func(ctx context.Context, m *Model, step func(done, of int)) error
}

// Precision is what most of the model is computed in.
func (m *Model) Precision() Precision {
	if m.precision == "" {
		return FP32
	}
	return m.precision
}

// PrecisionOf is the precision at which the model has a digest; false where it has
// it at none.
func (m *Model) PrecisionOf(digest string) (Precision, bool) {
	for _, p := range []Precision{FP32, FP16, Int8} {
		if m.base != "" && p.digest(m.base) == digest {
			return p, true
		}
	}
	return "", false
}
