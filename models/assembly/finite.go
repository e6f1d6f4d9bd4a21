package assembly

import (
	"context"
	"errors"

	"pentimento/models/checkpoint"
)

// CheckFinite reads all weights of a source and returns
// [checkpoint.ErrNotFinite] if one of them is no number: of such a model every
// picture is black.
func CheckFinite(ctx context.Context, s Source) (err error) {
	a := newAssembler(s)
	defer func() { err = errors.Join(err, a.close()) }()
	if err := errors.Join(a.gather(), a.replace()); err != nil {
		return err
	}
	for _, w := range a.all() {
		for _, name := range w.Names() {
			t, err := w.Tensor(name)
			if err == nil {
				err = errors.Join(ctx.Err(), t.CheckFinite())
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
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
