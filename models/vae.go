package models

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"sync"

	"pentimento/models/graph"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// ErrNoEncoder is returned by [Model.EncodeImage] when the model's folder has
// no vae_encoder.
var ErrNoEncoder = errors.New("the model can draw pictures but not open any: it has no vae_encoder")

// A decoder is the VAE's decoder, ready to run: latents to picture.
type decoder struct {
	session *runtime.Session
	in, out graph.Value
	// observer is told what it computes; nil for nobody.
	observer *observer
}

// An encoder is the VAE's encoder, ready to run: picture to latents.
type encoder struct {
	session *runtime.Session
	in, out graph.Value
	// channels of the output: C, or 2C when it is mean and log variance.
	channels int
}

// openDecoder opens the folder's decoder, or what the prepared model has in its
// place.
func (in *inspection) openDecoder(op opener, p *preparedUNet) (*decoder, error) {
	d := &decoder{in: in.decoderIn, out: in.decoderOut, observer: p.observer}
	if d.observer != nil && d.observer.decoderValues == 0 {
		d.observer = nil // it stays as it is
	}
	inputs, outputs := []string{d.in.Name}, []string{d.out.Name}
	if d.observer != nil {
		outputs = append(outputs, quantize.RangesOutput)
	}
	var err error
	if p.decoder != nil {
		d.session, err = op.openGraph(in.decoder, *p.decoder, inputs, outputs)
	} else {
		d.session, err = op.open(in.decoder, inputs, outputs)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func openEncoder(op opener, p *part, in, out graph.Value, latentChannels int) (*encoder, error) {
	session, err := op.open(p, []string{in.Name}, []string{out.Name})
	if err != nil {
		return nil, err
	}
	e := &encoder{session: session, in: in, out: out, channels: latentChannels}
	if out.Name == "latent_parameters" || dim(out, 1) == 2*latentChannels {
		e.channels *= 2 // mean and log variance
	}
	return e, nil
}

// Decode turns latents [C, H, W], as the scheduler ends with them, into a
// picture.
func (m *Model) Decode(ctx context.Context, latents []float32) (*image.NRGBA, error) {
	if m.decoder == nil {
		return nil, fmt.Errorf("decode: %w", ErrNotOpened)
	}
	s := m.spec
	if want := s.LatentChannels * s.LatentHeight * s.LatentWidth; len(latents) != want {
		return nil, fmt.Errorf("decode: %d latents, the model has %d", len(latents), want)
	}
	n := m.Need()
	if err := fits("decoding a picture", beside+n.Weights+n.Decode, m.limit); err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	planes, err := m.decoder.decode(ctx, s, latents)
	if err != nil {
		return nil, fmt.Errorf("decode: %w", err)
	}
	return toImage(planes, s.ImageWidth, s.ImageHeight), nil
}

// decode gives the colour planes [3, H, W] of latents.
func (d *decoder) decode(ctx context.Context, s Spec, latents []float32) ([]float32, error) {
	unscaled := make([]float32, len(latents))
	for i, x := range latents {
		unscaled[i] = float32(float64(x) / s.ScalingFactor)
	}
	input, err := runtime.FloatTensor(d.in.Type, []int{1, s.LatentChannels, s.LatentHeight, s.LatentWidth}, unscaled)
	if err != nil {
		return nil, err
	}
	outputs := []tensorSpec{{d.out, []int{1, 3, s.ImageHeight, s.ImageWidth}}}
	if d.observer != nil {
		outputs = append(outputs, observed(d.observer.decoderValues))
	}
	output, err := run(ctx, d.session, []*runtime.Tensor{input}, outputs...)
	if err == nil && d.observer != nil {
		err = d.observer.add(&d.observer.decoder, output[1])
	}
	if err != nil {
		return nil, err
	}
	return output[0], nil
}

// toImage turns colour planes [3, H, W] in [-1, 1] into a picture.
func toImage(planes []float32, width, height int) *image.NRGBA {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	n := width * height
	for i := range n {
		for c := range 3 {
			picture.Pix[4*i+c] = toByte(planes[c*n+i])
		}
		picture.Pix[4*i+3] = 0xff
	}
	return picture
}

// toByte maps [-1, 1] to 0 … 255, rounding to even as NumPy does.
func toByte(v float32) byte {
	scaled := math.RoundToEven((float64(v)/2 + 0.5) * 255)
	switch {
	case scaled >= 255:
		return 255
	case scaled > 0:
		return byte(scaled)
	}
	return 0 // and NaN
}

// EncodeImage turns a picture of exactly the model's size into latents
// [C, H, W] as the scheduler would end with them: the mean of the VAE's
// posterior where the export gives it. Transparent pixels count as black. The
// slice belongs to the caller. Without a vae_encoder the error is
// [ErrNoEncoder].
func (m *Model) EncodeImage(ctx context.Context, picture image.Image) ([]float32, error) {
	if m.decoder == nil {
		return nil, fmt.Errorf("encode picture: %w", ErrNotOpened)
	}
	e, err := m.encoder.ready()
	if err != nil {
		return nil, err
	}
	s := m.spec
	if size := picture.Bounds().Size(); size != image.Pt(s.ImageWidth, s.ImageHeight) {
		return nil, fmt.Errorf("encode picture: it is %d×%d pixels, the model's are %d×%d", size.X, size.Y, s.ImageWidth, s.ImageHeight)
	}
	latents, err := e.encode(ctx, s, fromImage(picture))
	if err != nil {
		return nil, fmt.Errorf("encode picture: %w", err)
	}
	return latents, nil
}

// encode gives the latents [C, H, W] of colour planes [3, H, W].
func (e *encoder) encode(ctx context.Context, s Spec, planes []float32) ([]float32, error) {
	input, err := runtime.FloatTensor(e.in.Type, []int{1, 3, s.ImageHeight, s.ImageWidth}, planes)
	if err != nil {
		return nil, err
	}
	output, err := run(ctx, e.session, []*runtime.Tensor{input}, tensorSpec{e.out, []int{1, e.channels, s.LatentHeight, s.LatentWidth}})
	if err != nil {
		return nil, err
	}
	latents := output[0][:s.LatentChannels*s.LatentHeight*s.LatentWidth]
	for i := range latents {
		latents[i] = float32(float64(latents[i]) * s.ScalingFactor)
	}
	return latents, nil
}

// An openableEncoder is an encoder that is opened when the first picture is
// encoded.
type openableEncoder struct {
	sync.Mutex
	encoder *encoder
	open    func() (*encoder, error) // nil once it is closed
}

// ready opens the encoder at its first use.
func (o *openableEncoder) ready() (_ *encoder, err error) {
	if o == nil {
		return nil, ErrNoEncoder
	}
	o.Lock()
	defer o.Unlock()
	if o.encoder == nil {
		if o.open == nil {
			return nil, fmt.Errorf("encode picture: %w", runtime.ErrClosed)
		}
		if o.encoder, err = o.open(); err != nil {
			return nil, fmt.Errorf("encode picture: %w", err)
		}
	}
	return o.encoder, nil
}

func (o *openableEncoder) close() error {
	o.Lock()
	defer o.Unlock()
	o.open = nil
	if o.encoder == nil {
		return nil
	}
	return o.encoder.session.Close()
}

// fromImage turns a picture into colour planes [3, H, W] in [-1, 1].
func fromImage(picture image.Image) []float32 {
	b := picture.Bounds()
	n := b.Dx() * b.Dy()
	planes := make([]float32, 3*n)
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, _ := picture.At(x, y).RGBA() // premultiplied, 16 bits
			for c, v := range [3]uint32{red, green, blue} {
				planes[c*n+i] = float32(v)/0xffff*2 - 1
			}
			i++
		}
	}
	return planes
}
