package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/jobs/drawer"
	"pentimento/models"
	"pentimento/models/judge"
)

// offerFlags choose the models that people may draw with, and what they run on.
type offerFlags struct {
	Model []offeredFlag `sep:"none" help:"A .safetensors file, a diffusers folder or a folder of ONNX graphs; the bundled pocket model if not given. May be given several times, as NAME=FILE: the first draws where no other is chosen, and has what --vae, --decoder, --lora, --embedding and --prediction add. \"pocket\" is the bundled one." placeholder:"[NAME=]FILE|DIR"`
	sourceFlags
	modelRunFlags
}

// An offeredFlag is a model as --model has it: FILE or NAME=FILE.
type offeredFlag struct{ Name, Path string }

// UnmarshalText reads the flag. A name has no separator of paths and no dot, so that
// a path may have an equals sign.
func (f *offeredFlag) UnmarshalText(text []byte) error {
	name, path, ok := strings.Cut(string(text), "=")
	if !ok || strings.ContainsAny(name, `/\.`) {
		*f = offeredFlag{Path: fromHome(string(text))}
		return nil
	}
	if name == "" || path == "" {
		return fmt.Errorf("%q names no model: write NAME=FILE", text)
	}
	*f = offeredFlag{Name: name, Path: fromHome(path)}
	return nil
}

// bundled is what the bundled model is called.
const bundled = "pocket"

// offered are the models, the default first.
func (f *offerFlags) offered() []offered {
	flags := f.Model
	if len(flags) == 0 {
		flags = []offeredFlag{{Path: bundled}}
	}
	var all []offered
	for i, flag := range flags {
		one := offered{name: flag.Name}
		one.modelRunFlags = f.modelRunFlags
		if i == 0 {
			one.sourceFlags = f.sourceFlags
		}
		if flag.Path != bundled {
			one.Model = flag.Path
		}
		all = append(all, one)
	}
	return all
}

// An offered model is one of several.
type offered struct {
	modelFlags
	name string // empty for its own

	model *models.Model
}

// An offer is the models that people may draw with, the default first. All of them are
// read, so that it is known what can be said of their pictures.
type offer []offered

// readOffer reads the models.
func (f *offerFlags) readOffer(ctx context.Context) (offer, error) {
	all := offer(f.offered())
	return all, all.read(ctx)
}

// openOffer opens the default model, so that what is wrong with it is known at once,
// with what sees what its pictures show, and reads the others.
func (f *offerFlags) openOffer(ctx context.Context, p *Process) (offer, *judge.Network, error) {
	f.settle(p) // so that all models that are read and opened have the same
	all := offer(f.offered())
	model, network, err := all[0].openDrawing(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	all[0].model = model
	if err := all.read(ctx); err != nil {
		return nil, nil, errors.Join(err, network.Close())
	}
	return all, network, nil
}

// read reads the models that are not open. It closes all if one cannot be read.
func (o offer) read(ctx context.Context) error {
	for i := range o {
		one := &o[i]
		if one.model == nil {
			m, err := one.modelFlags.read(ctx)
			if err != nil {
				return errors.Join(err, o.Close())
			}
			one.model = m
		}
		if one.name == "" {
			one.name = one.model.Name()
		}
	}
	if err := o.differ(); err != nil {
		return errors.Join(err, o.Close())
	}
	return nil
}

// differ refuses two models of one name, and one model of two names.
func (o offer) differ() error {
	for i, one := range o {
		for _, other := range o[:i] {
			switch {
			case strings.EqualFold(one.name, other.name):
				return fmt.Errorf("two models are called %s: give them names by --model NAME=FILE", one.name)
			case one.model.Digest() == other.model.Digest():
				return fmt.Errorf("the models %s and %s are the same", other.name, one.name)
			}
		}
	}
	return nil
}

// Close closes what was read.
func (o offer) Close() error {
	var errs []error
	for _, one := range o {
		if one.model != nil {
			errs = append(errs, one.model.Close())
		}
	}
	return errors.Join(errs...)
}

// names are what the models are called.
func (o offer) names() []string {
	var names []string
	for _, one := range o {
		names = append(names, one.name)
	}
	return names
}

// known is what conversations know of the models, each with the steps and the
// guidance that options give it, and what the default one is drawn with.
func (o offer) known(options func(models.Usual) (bot.Options, error)) (all []bot.Model, defaults bot.Options, err error) {
	for i, one := range o {
		m := bot.ModelOf(one.model)
		m.Name = one.name
		drawn, err := options(one.model.Spec().Usual())
		if err != nil {
			return nil, bot.Options{}, err
		}
		if i == 0 {
			defaults = drawn
		}
		m.Steps, m.Guidance = drawn.Steps, drawn.Guidance
		all = append(all, m)
	}
	return all, defaults, all[0].Check(defaults)
}

// shelve puts the models on a shelf; network sees what the pictures of the default one
// show, and goes with the shelf.
func (o offer) shelve(p *Process, network *judge.Network, cache *engineCache) *drawer.Shelf {
	shelf := &drawer.Shelf{}
	for i := range o {
		one := &o[i]
		shelf.Add(one.model.Digest(), func(ctx context.Context) (drawer.Drawer, io.Closer, error) {
			if i == 0 {
				return drawer.New(editor.NewCached(one.model, cache.Cache)).Seeing(network), opened{network}, nil
			}
			m, network, err := one.openDrawing(ctx, p)
			if err != nil {
				return drawer.Drawer{}, nil, fmt.Errorf("open the model %s: %w", one.name, err)
			}
			p.log.Info("opened", "model", one.name, "precision", m.Precision(), "digest", m.Digest(), "device", m.Device())
			return drawer.New(editor.NewCached(m, cache.Cache)).Seeing(network), opened{m, network}, nil
		})
	}
	return shelf
}

// opened is what a model on a shelf has open.
type opened []io.Closer

// Close closes all of it.
func (o opened) Close() error {
	var errs []error
	for _, one := range slices.Backward(o) {
		errs = append(errs, one.Close())
	}
	return errors.Join(errs...)
}
