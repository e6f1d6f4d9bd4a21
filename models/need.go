package models

import (
	"errors"
	"fmt"
	"math"
	"os"

	"pentimento/models/memory"
)

// A Need is an estimate of the memory that a model takes, in bytes. What a session
// of ONNX Runtime holds is the weights in single precision and what its largest
// run needed; `make bench-real` measures what this estimates.
type Need struct {
	// Weights are those of all parts, as they are computed with.
	Weights int64
	// Row is what a row takes while the UNet runs, and Maps what the maps of a row
	// take that an edit keeps of a step.
	Row, Maps int64
	// Decode is what decoding a picture takes.
	Decode int64
}

// beside is what a process takes that draws, beside its model: the program, its
// lexicon, the attention cache as it usually is.
const beside = 300 << 20

// Picture is the most that drawing a picture takes: two rows, and decoding it.
func (n Need) Picture() int64 { return beside + n.Weights + 2*n.Row + n.Decode }

// Edit is the most that an edit takes: its source's row is computed with its own
// two where its maps are not known.
func (n Need) Edit() int64 { return beside + n.Weights + 3*n.Row + 2*n.Maps + n.Decode }

// Least is what the smallest run takes: rows one after the other.
func (n Need) Least() int64 { return beside + n.Weights + max(n.Row, n.Decode) }

// What runs take, in times the largest map of features of the UNet or the VAE:
// at 512² a row of Stable Diffusion's UNet takes 23 times its 320·64² numbers, and
// its decoder 8 times its 128·512². Measured with ONNX Runtime 1.30 on the CPU.
const (
	unetFeatures    = 24
	decoderFeatures = 8
	float32Bytes    = 4
)

// need is the estimate for pictures of a spec's size.
func (w widths) need(s Spec) Need {
	n := Need{Weights: w.weights}
	largest := 0
	for l := range s.Layers {
		if s.Injectable(l) {
			n.Maps += float32Bytes * int64(s.MapSize(l))
			largest = max(largest, s.MapSize(l))
		}
	}
	n.Row = float32Bytes * (unetFeatures*int64(w.unet*s.LatentHeight*s.LatentWidth) + 2*int64(largest))
	n.Decode = float32Bytes * decoderFeatures * int64(w.decoder*s.ImageHeight*s.ImageWidth)
	return n
}

// widths are what an estimate takes of a model that is the same at any size.
type widths struct {
	weights       int64 // bytes of all
	unet, decoder int   // channels of their largest map of features
}

// Widths of Stable Diffusion where files do not say them.
const (
	usualUNetWidth    = 320
	usualDecoderWidth = 128
)

func (in *inspection) widths(precision Precision) widths {
	w := widths{unet: in.unet.meets(in.info.Sample.Name).Out, decoder: usualDecoderWidth}
	if w.unet == 0 {
		w.unet = usualUNetWidth
	}
	if channels := in.decoder.config.BlockOutChannels; len(channels) > 0 {
		w.decoder = channels[0]
	}
	for _, p := range in.parts() {
		if p != in.encoder { // it is opened where pictures are put in
			w.weights += float32Bytes * p.values
		}
	}
	switch precision {
	case FP16:
		w.weights /= 2
	case Int8:
		w.weights /= 3 // most are a byte, and the layers at the ends are as they were
	}
	return w
}

// Need is an estimate of the memory that drawing takes, for pictures of the model's
// size.
func (m *Model) Need() Need { return m.widths.need(m.spec) }

// limit is how much memory may be taken: what was asked for, or three quarters of
// what the machine or its container has.
func (o Options) limit() int64 {
	if o.MemoryLimit > 0 {
		return o.MemoryLimit
	}
	available, ok := memory.Available(os.DirFS("/"))
	if !ok {
		return math.MaxInt64
	}
	return available / 4 * 3
}

// A MemoryError says that a model needs more memory than may be taken.
type MemoryError struct {
	Needs, Limit int64
	// What needs it.
	What string
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("%s needs about %s of memory, and %s may be taken: close other programs and raise --memory-limit, draw smaller pictures with --size, or take a smaller model",
		e.What, gigabytes(e.Needs), gigabytes(e.Limit))
}

// Is makes it an [ErrMemory].
func (e *MemoryError) Is(target error) bool { return errors.Is(ErrMemory, target) }

func gigabytes(n int64) string { return fmt.Sprintf("%.1f GB", float64(n)/1e9) }

// fits refuses what needs more memory than may be taken.
func fits(what string, needs, limit int64) error {
	if needs <= limit {
		return nil
	}
	return &MemoryError{Needs: needs, Limit: limit, What: what}
}
