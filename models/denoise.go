package models

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// A Batch is the input of one run of the UNet. B is the number of rows, M the
// context length and D the width of the text embeddings.
type Batch struct {
	Rows    int       // B
	Latents []float32 // [B, C, H, W]
	// Timestep is the training step that all rows are at. Euler's method may be
	// between two of them.
	Timestep float64
	Text     []float32 // [B, M, D]
	// Pooled are the pooled texts of models that have any. [B, P]
	Pooled []float32
	// TimestepCond tells a UNet the guidance scale that takes it so, each row as
	// [GuidanceEmbedding] gives it. [B, W], W is [Spec.TimestepCondWidth]
	TimestepCond []float32
	Control      Control
	// Cached are the maps of rows of earlier runs, which rows of this one may
	// have for their sources. What they hold is not changed any more: a device may
	// still have a copy. [C]
	Cached []Maps
	// Capture lists the rows whose maps [Denoised.Captured] holds. [K]
	Capture []int
}

// AddText adds the text of the next row.
func (b *Batch) AddText(t Text) {
	b.Text = append(b.Text, t.Embeddings...)
	b.Pooled = append(b.Pooled, t.Pooled...)
}

// Maps are the attention maps of one row of a run, as they are after its
// control: by layer of [Spec.Layers], [heads, pixels, keys], where the keys of
// cross-attention are tokens and those of self-attention pixels. Layers
// without maps are nil: [Spec.Injectable] says which can have any.
type Maps [][]float32

// Denoised is what one run of the UNet gives.
type Denoised struct {
	// Noise is the model's raw prediction, see [Spec.Prediction]. [B, C, H, W]
	Noise []float32
	// Maps are the cross-attention maps after the control, the mean over the
	// heads and over the layers of one resolution. [B, MapHeight*MapWidth, M]
	Maps []float32
	// Captured are the maps of the rows of [Batch.Capture]. [K]
	Captured []Maps
}

// A unet is the controlled UNet, ready to run.
type unet struct {
	session     *runtime.Session
	feed        unetFeed
	noise, maps graph.Value
	// captured are the layers whose maps can be fetched.
	captured []int
	// observer is told what it computes; nil for nobody.
	observer *observer
	// bound runs it with inputs that stay on the device; nil where each run copies
	// all of them.
	bound *boundInputs
	moved moved
}

func (in *inspection) openUNet(op opener, p *preparedUNet) (*unet, error) {
	var names []string
	for _, v := range p.controlled.Inputs {
		names = append(names, v.Name)
	}
	noise := p.controlled.Info.Noise
	outputs := []string{noise.Name, graph.Maps}
	captured := p.spec.injectableLayers()
	for _, l := range captured {
		outputs = append(outputs, graph.ProbsOutput(l))
	}
	if p.observer != nil {
		outputs = append(outputs, quantize.RangesOutput)
	}
	session, err := op.openGraph(in.unet, p.graph, names, outputs)
	if err != nil {
		return nil, err
	}
	u := &unet{
		session: session,
		feed:    unetFeed{info: p.controlled.Info, inputs: p.controlled.Inputs},
		noise:   noise,
		maps:    graph.Value{Name: graph.Maps, Type: element.Float32},

		captured: captured, observer: p.observer,
	}
	if op.o.Binding.bind(op.device) {
		if u.bound, err = bindInputs(session); err != nil {
			return nil, errors.Join(err, session.Close())
		}
	}
	return u, nil
}

// An openingUNet is a UNet that is being opened, or was.
type openingUNet struct {
	done chan struct{} // closed when unet or err is set
	unet *unet
	err  error
}

// startUNet begins to open the UNet.
func (in *inspection) startUNet(op opener, p *preparedUNet) *openingUNet {
	o := &openingUNet{done: make(chan struct{})}
	go func() {
		defer close(o.done)
		o.unet, o.err = in.openUNet(op, p)
	}()
	return o
}

// wait gives the UNet when it is open.
func (o *openingUNet) wait(ctx context.Context) (*unet, error) {
	select {
	case <-o.done:
		return o.unet, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (o *openingUNet) close() error {
	<-o.done
	if o.unet == nil {
		return nil
	}
	return errors.Join(o.unet.bound.close(), o.unet.session.Close())
}

// Denoise runs the UNet once for all rows of the batch, which it does not
// change. The results are new memory and belong to the caller. When ctx ends
// the run stops within the operator that is being computed (with bound inputs, at its
// end), and the error is ctx's.
func (m *Model) Denoise(ctx context.Context, in *Batch) (*Denoised, error) {
	if m.unet == nil {
		return nil, fmt.Errorf("denoise: %w", ErrNotOpened)
	}
	unet, err := m.unet.wait(ctx)
	if err != nil {
		return nil, fmt.Errorf("denoise: %w", err)
	}
	if _, err := in.check(m.spec); err != nil {
		return nil, fmt.Errorf("denoise: %w", err)
	}
	out, err := m.denoiseWithin(ctx, unet, in)
	if err != nil {
		return nil, fmt.Errorf("denoise: %w", err)
	}
	return out, nil
}

// denoise runs all rows of a batch at once.
func (m *Model) denoise(ctx context.Context, unet *unet, in *Batch) (*Denoised, error) {
	feed := unet.feed
	feed.spec = m.spec
	inputs, err := feed.all(in)
	if err != nil {
		return nil, err
	}
	s := m.spec
	outputs := []tensorSpec{
		{unet.noise, []int{in.Rows, s.LatentChannels, s.LatentHeight, s.LatentWidth}},
		{unet.maps, []int{in.Rows, s.MapHeight * s.MapWidth, s.ContextLength}},
	}
	for _, l := range unet.captured {
		value := graph.Value{Name: graph.ProbsOutput(l), Type: element.Float32}
		outputs = append(outputs, tensorSpec{value, s.mapShape(l, len(in.Capture))})
	}
	if unet.observer != nil {
		outputs = append(outputs, observed(unet.observer.unetValues))
	}
	out, err := unet.run(ctx, inputs, outputs)
	if err == nil && unet.observer != nil {
		last := len(out) - 1
		err = unet.observer.add(&unet.observer.unet, out[last])
		out = out[:last]
	}
	if err != nil {
		return nil, err
	}
	return &Denoised{Noise: out[0], Maps: out[1], Captured: unet.split(out[2:], len(in.Capture), len(s.Layers))}, nil
}

// run computes outputs from inputs.
func (u *unet) run(ctx context.Context, inputs []feed, outputs []tensorSpec) ([][]float32, error) {
	for _, o := range outputs {
		u.moved.fromDevice(o)
	}
	if u.bound != nil {
		return u.bound.run(ctx, &u.moved, inputs, outputs)
	}
	tensors, err := tensorsOf(inputs)
	if err != nil {
		return nil, err
	}
	u.moved.toDevice(inputs...)
	return run(ctx, u.session, tensors, outputs...)
}

// split gives every captured row its part of the layers' maps [K, h, N, M].
func (u *unet) split(layers [][]float32, rows, n int) []Maps {
	captured := make([]Maps, rows)
	for k := range captured {
		captured[k] = make(Maps, n)
		for i, l := range u.captured {
			size := len(layers[i]) / rows
			captured[k][l] = layers[i][k*size : (k+1)*size : (k+1)*size]
		}
	}
	return captured
}

// A unetFeed says what a UNet's inputs are.
type unetFeed struct {
	info graph.Info
	spec Spec
	// inputs are the controlled UNet's, in its order.
	inputs []graph.Value
}

// all are the inputs of the controlled UNet.
func (f unetFeed) all(in *Batch) ([]feed, error) {
	depth, err := in.check(f.spec)
	if err != nil {
		return nil, err
	}
	return f.feeds(f.inputs, in, depth)
}

// check refuses a batch that a model of such a spec can't run, and returns the depth
// of its control.
func (in *Batch) check(s Spec) (depth int, err error) {
	if in.Rows < 1 {
		return 0, fmt.Errorf("a batch of %d rows", in.Rows)
	}
	if want := in.Rows * s.LatentChannels * s.LatentHeight * s.LatentWidth; len(in.Latents) != want {
		return 0, fmt.Errorf("latents have %d values, not %d", len(in.Latents), want)
	}
	if want := in.Rows * s.ContextLength * s.TextWidth; len(in.Text) != want {
		return 0, fmt.Errorf("text has %d values, not %d", len(in.Text), want)
	}
	if want := in.Rows * s.PooledWidth; len(in.Pooled) != want {
		return 0, fmt.Errorf("pooled text has %d values, not %d", len(in.Pooled), want)
	}
	if want := in.Rows * s.TimestepCondWidth; len(in.TimestepCond) != want {
		return 0, fmt.Errorf("embeddings of the guidance have %d values, not %d", len(in.TimestepCond), want)
	}
	for c, maps := range in.Cached {
		if err := s.checkMaps(maps); err != nil {
			return 0, fmt.Errorf("cached maps %d: %w", c, err)
		}
	}
	for _, b := range in.Capture {
		if b < 0 || b >= in.Rows {
			return 0, fmt.Errorf("capture row %d of a batch of %d", b, in.Rows)
		}
	}
	return in.Control.check(in.Rows, in.Cached, s)
}

// own makes the inputs that the UNet has without control.
func (f unetFeed) own(in *Batch) ([]*runtime.Tensor, error) {
	feeds, err := f.feeds(f.info.Inputs(), in, 1)
	if err != nil {
		return nil, err
	}
	return tensorsOf(feeds)
}

func (f unetFeed) feeds(values []graph.Value, in *Batch, depth int) ([]feed, error) {
	var feeds []feed
	for _, v := range values {
		one, err := f.feed(v, in, depth)
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, one)
	}
	return feeds, nil
}

// feed is one input of the UNet.
func (f unetFeed) feed(v graph.Value, in *Batch, depth int) (feed, error) {
	floats := func(shape []int, values []float32) (feed, error) {
		return feed{name: v.Name, typ: v.Type, shape: shape, floats: values}, nil
	}
	ints := func(shape []int, values []int64) (feed, error) {
		return feed{name: v.Name, typ: v.Type, shape: shape, ints: values}, nil
	}
	rows, layers, tokens := in.Rows, len(f.spec.Layers), f.spec.ContextLength
	c := &in.Control
	switch v.Name {
	case f.info.Sample.Name:
		return floats([]int{rows, f.spec.LatentChannels, f.spec.LatentHeight, f.spec.LatentWidth}, in.Latents)
	case f.info.Timestep.Name:
		shape, n := f.timesteps(in)
		if v.Type.Int() {
			return ints(shape, slices.Repeat([]int64{int64(in.Timestep)}, n))
		}
		return floats(shape, slices.Repeat([]float32{float32(in.Timestep)}, n))
	case f.info.Text.Name:
		return floats([]int{rows, tokens, f.spec.TextWidth}, in.Text)
	case f.info.Pooled.Name:
		return floats([]int{rows, f.spec.PooledWidth}, in.Pooled)
	case f.info.TimeIDs.Name:
		return floats([]int{rows, timeIDs}, f.spec.times(rows))
	case f.info.TimestepCond.Name:
		return floats([]int{rows, f.spec.TimestepCondWidth}, in.TimestepCond)
	case graph.CrossSource:
		return ints([]int{rows}, c.CrossSource)
	case graph.Mapper:
		return floats([]int{rows, tokens, tokens}, c.Mapper)
	case graph.Take:
		return floats([]int{rows, tokens}, c.Take)
	case graph.Keep:
		return floats([]int{rows, tokens}, c.Keep)
	case graph.SelfSource:
		return ints([]int{layers, rows}, c.SelfSource)
	case graph.ValueSource:
		return ints([]int{layers, rows}, c.ValueSource)
	case graph.SelfValueMix:
		return floats([]int{layers, rows}, c.SelfValueMix)
	case graph.CrossValueMix:
		return floats([]int{rows, tokens}, c.CrossValueMix)
	case graph.Depth:
		return ints(nil, []int64{int64(depth)})
	case graph.CaptureRows:
		captured := make([]int64, len(in.Capture))
		for k, b := range in.Capture {
			captured[k] = int64(b)
		}
		return ints([]int{len(captured)}, captured)
	}
	for l := range f.spec.Layers {
		if v.Name == graph.CacheInput(l) {
			n, maps := cachedRows(in.Cached, l)
			return feed{name: v.Name, typ: v.Type, shape: f.spec.mapShape(l, n), floats: maps, lasting: true}, nil
		}
	}
	return feed{}, fmt.Errorf("the UNet has an unknown input %s", v)
}

// cachedRows joins the cached maps of a layer to [C, h, N, M]. C is 0 when no
// row of the batch can have any of them for a source.
func cachedRows(cached []Maps, layer int) (c int, maps []float32) {
	size := 0
	for _, m := range cached {
		size = max(size, len(m[layer]))
	}
	switch {
	case size == 0:
		return 0, nil
	case len(cached) == 1:
		return 1, cached[0][layer] // the usual case needs no copy
	}
	for _, m := range cached {
		own := m[layer]
		if own == nil {
			own = make([]float32, size) // keeps the place of those after it
		}
		maps = append(maps, own...)
	}
	return len(cached), maps
}

// times are what SDXL is told of the picture, once a row: it was of this size,
// nothing was cropped, and it is of this size. [B, 6]
func (s Spec) times(rows int) []float32 {
	h, w := float32(s.ImageHeight), float32(s.ImageWidth)
	return slices.Repeat([]float32{h, w, 0, 0, h, w}, rows)
}

// timesteps is the form of the timestep that the exporter chose, and how many
// numbers that takes: a scalar, one number, or the same number for every row.
func (f unetFeed) timesteps(in *Batch) (shape []int, n int) {
	v := f.info.Timestep
	if len(v.Dims) != 1 {
		return nil, 1
	}
	n = 1
	if f.info.PerRow && len(f.info.Sample.Dims) > 0 && v.Dims[0].Name == f.info.Sample.Dims[0].Name {
		n = in.Rows
	}
	return []int{n}, n
}
