package models

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"pentimento/files"
	"pentimento/models/element"
	"pentimento/models/graph"
	"pentimento/models/quantize"
	"pentimento/models/runtime"
)

// An observer gathers the ranges of what a UNet and a decoder compute.
type observer struct {
	sync.Mutex
	unet, decoder quantize.Ranges
	// How many values a run of each gives.
	unetValues, decoderValues int
}

// observed is the output of an observed graph that has so many values.
func observed(values int) tensorSpec {
	return tensorSpec{graph.Value{Name: quantize.RangesOutput, Type: element.Float32}, []int{values}}
}

// add adds the values of a run to some of the ranges.
func (o *observer) add(r *quantize.Ranges, run []float32) error {
	o.Lock()
	defer o.Unlock()
	return r.Add(run)
}

// inEightBits makes the UNet and the decoder of p those in eight bits: the ones in
// the cache, or new ones, which it puts there.
func (in *inspection) inEightBits(ctx context.Context, o Options, p *preparedUNet) error {
	cache, err := in.eightCache(o)
	if err != nil {
		return err
	}
	return cache.fill(ctx, p, func() ([]lowPart, error) {
		e, err := in.planEightBits(p)
		if err != nil {
			return nil, err
		}
		if err := in.practise(ctx, o, p, e); err != nil {
			return nil, fmt.Errorf("measure what the model computes: %w", err)
		}
		return e.parts(ctx, o.Runtime), nil
	})
}

// An eightBitPlan is how a model's parts become those in eight bits. A decoder
// without a plan stays as it is.
type eightBitPlan struct {
	unet, decoder eightBitPart
	observer      observer
}

// An eightBitPart is a graph that has a plan.
type eightBitPart struct {
	*quantize.Plan
	located located // of the weights outside the graph
}

// parts are what is kept.
func (e *eightBitPlan) parts(ctx context.Context, r *runtime.Runtime) []lowPart {
	part := func(name string, p eightBitPart, ranges quantize.Ranges) lowPart {
		return lowPart{name, func(to quantize.Destination) ([]byte, error) {
			return p.Write(ctx, r, p.located.dir, ranges, to)
		}}
	}
	parts := []lowPart{part(lowUNet, e.unet, e.observer.unet)}
	if e.decoder.Plan != nil {
		parts = append(parts, part(lowDecoder, e.decoder, e.observer.decoder))
	}
	return parts
}

// planEightBits finds what is computed in eight bits.
func (in *inspection) planEightBits(p *preparedUNet) (*eightBitPlan, error) {
	var e eightBitPlan
	var err error
	if e.unet, err = in.planUNet(p); err != nil {
		return nil, err
	}
	decoder, err := opener{folder: in.folder}.graphOf(in.decoder)
	if err == nil {
		e.decoder, err = planPart(placed{decoder, in.decoder.located}, in.decoderIn.Name)
	}
	if err != nil && !errors.Is(err, quantize.ErrNothing) {
		return nil, in.folder.failed(in.decoder.file(), err)
	}
	e.observer.unetValues = e.unet.Observations()
	if e.decoder.Plan != nil {
		e.observer.decoderValues = e.decoder.Observations()
	}
	return &e, nil
}

// planUNet finds what of the UNet is computed at another precision.
func (in *inspection) planUNet(p *preparedUNet) (eightBitPart, error) {
	info := p.controlled.Info
	plan, err := planPart(p.graph, info.Sample.Name, info.Text.Name)
	if err != nil {
		return plan, in.folder.failed(in.unet.file(), err)
	}
	return plan, nil
}

func planPart(g placed, inputs ...string) (eightBitPart, error) {
	data := g.Data
	if g.Path != "" {
		var err error
		if data, err = files.ReadFile(g.Path, maxGraphBytes); err != nil {
			return eightBitPart{}, err
		}
	}
	plan, err := quantize.Find(data, inputs)
	return eightBitPart{plan, g.located}, err
}

// practise draws with the model in single precision, and observes it.
func (in *inspection) practise(ctx context.Context, o Options, p *preparedUNet, e *eightBitPlan) (err error) {
	observed := *p
	observed.observer = &e.observer
	if observed.graph, err = e.unet.observed(); err != nil {
		return err
	}
	if e.decoder.Plan != nil {
		decoder, err := e.decoder.observed()
		if err != nil {
			return err
		}
		observed.decoder = &decoder
	}
	m, err := in.open(ctx, &observed, o, runtime.Device{Provider: runtime.CPU})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	step := o.Practised
	if step == nil {
		step = func(int, int) {}
	}
	return o.Practice.Draw(ctx, m, step)
}

// observed is the graph that says what it computes.
func (p eightBitPart) observed() (placed, error) {
	data, err := p.Observed()
	return placed{runtime.Graph{Data: data, Weights: p.located.dir}, p.located}, err
}

// eightCache is the place of a model in eight bits in the cache folder.
func (in *inspection) eightCache(o Options) (precisionCache, error) {
	if o.CacheDir == "" || o.Practice.Draw == nil {
		return precisionCache{}, errors.New("int8 takes a cache folder, and a practice that it is prepared with")
	}
	return newPrecisionCache(o.CacheDir, in.digest, Int8, eightBits, o.Practice.Name)
}

// precisions are what the model can be drawn in.
func (in *inspection) precisions(o Options, p *preparedUNet) ([]PrecisionReport, error) {
	single, half, eight := PrecisionReport{Precision: FP32}, PrecisionReport{Precision: FP16}, PrecisionReport{Precision: Int8, Problem: Int8.Supported()}
	e, err := in.planEightBits(p)
	if errors.Is(err, quantize.ErrNothing) {
		eight.Problem = err
		return []PrecisionReport{single, half, eight}, nil
	}
	if err != nil {
		return nil, err
	}
	single.Bytes, half.Bytes, eight.Bytes = e.unet.Bytes()
	if e.decoder.Plan != nil {
		s, _, q := e.decoder.Bytes()
		single.Bytes += s
		half.Bytes += s // it stays
		eight.Bytes += q
	}
	if in.digest == "" { // a large file, which has not been read for its sum yet
		return []PrecisionReport{single, half, eight}, nil
	}
	if cache, err := in.halfCache(o); err == nil {
		half.Kept = cache.bytes()
	}
	if cache, err := in.eightCache(o); err == nil {
		eight.Kept = cache.bytes()
	}
	return []PrecisionReport{single, half, eight}, nil
}

// lower makes the parts of p those at the precision that is asked for.
func (in *inspection) lower(ctx context.Context, o Options, p *preparedUNet) error {
	switch o.Precision {
	case FP16:
		return in.inHalf(ctx, o, p)
	case Int8:
		return in.inEightBits(ctx, o, p)
	}
	return nil
}

// prepareLower makes the model at the precision that is asked for, for the report.
func (in *inspection) prepareLower(ctx context.Context, o Options, p *preparedUNet, r *Report) (err error) {
	in.folder.sums.hurry = false
	if in.digest, err = in.computeDigest(ctx); err != nil {
		return err
	}
	low := *p
	if err := in.lower(ctx, o, &low); err != nil {
		return err
	}
	r.Precisions, err = in.precisions(o, p)
	r.Digest = o.Precision.digest(in.digest)
	return err
}
