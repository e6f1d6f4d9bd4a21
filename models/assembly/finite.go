package assembly

import (
	"context"
	"errors"
	"slices"

	"pentimento/models/checkpoint"
)

// CheckFinite reads the weights of a source that lie in some of its files and
// returns [checkpoint.ErrNotFinite] if one of them is no number: of such a model
// every picture is black.
func CheckFinite(ctx context.Context, s Source, in func(path string) bool) (err error) {
	a := newAssembler(s)
	defer func() { err = errors.Join(err, a.close()) }()
	if err := errors.Join(a.gather(), a.replace(), a.openAdditions()); err != nil {
		return err
	}
	for _, t := range a.tensors() {
		if !in(t.File) {
			continue
		}
		if err := errors.Join(ctx.Err(), t.CheckFinite()); err != nil {
			return err
		}
	}
	return nil
}

// tensors are those of all parts and of what is added to them.
func (a *assembler) tensors() []checkpoint.Tensor {
	var all []checkpoint.Tensor
	for _, w := range a.all() {
		for _, name := range w.Names() {
			if t, err := w.Tensor(name); err == nil {
				all = append(all, t)
			}
		}
	}
	for _, f := range slices.Concat(a.loraFiles, a.wordFiles) {
		for _, name := range f.Names() {
			if t, ok := f.Tensor(name); ok {
				all = append(all, t)
			}
		}
	}
	return all
}

// all are the weights of all parts.
func (a *assembler) all() []*checkpoint.Weights {
	var all []*checkpoint.Weights
	for _, w := range a.parts {
		all = append(all, w)
	}
	if a.tiny != nil {
		all = append(all, a.tiny)
	}
	return all
}
