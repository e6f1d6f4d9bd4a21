package models

import (
	"context"
	"errors"

	"pentimento/models/graph"
	"pentimento/models/runtime"
)

// A preparedUNet is a UNet rewritten so that its attention can be controlled.
type preparedUNet struct {
	graph      placed
	controlled graph.Controlled // without the graph itself
	spec       Spec
	// fixed: the UNet says that it takes any size, and does not.
	fixed bool
	// file is where the graph is kept; "" when it is not.
	file string
	// decoder is what decodes instead of the folder's own; nil for that.
	decoder *placed
	// observer is told what the UNet and the decoder compute; nil for nobody.
	observer *observer
}

// prepare gives the controlled UNet: the one in the cache, or a new one, which
// it puts there. unkept says why a new one could not be put there, which is no
// reason not to use it.
func (in *inspection) prepare(ctx context.Context, o Options) (p *preparedUNet, unkept, err error) {
	cache, err := in.preparedCache(o.CacheDir)
	if err != nil {
		return nil, nil, err
	}
	p, err = cache.load()
	if err != nil {
		if p, err = in.rewrite(ctx, o); err != nil {
			return nil, nil, err
		}
		unkept = cache.store(p)
	}
	in.unetGraph = nil // it may be large, and is not needed any more
	p.graph.located = in.unet.located
	if p.graph.Graph, err = in.unet.located.attach(p.graph.Graph); err != nil {
		return nil, nil, in.folder.failed(in.unet.file(), err)
	}
	p.spec = in.spec
	p.spec.Layers, p.spec.mapLevel = p.controlled.Info.Layers, p.controlled.MapLevel
	p.spec.Resizable = in.spec.Resizable && !p.fixed
	p.spec.scale()
	return p, unkept, nil
}

func destroy(tensors []*runtime.Tensor) error {
	var all []error
	for _, t := range tensors {
		all = append(all, t.Destroy())
	}
	return errors.Join(all...)
}
