package editor

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"pentimento/recipe"
)

// DrawVariants draws recipes that differ in nothing but their last turn, as
// [Engine.Draw] would one by one: the pictures are the same, bit for bit. What
// the variants do alike is computed once: edits of one source that differ in
// their windows and blends share all steps until these make a difference, and
// ends that are equal are one drawing. The rest goes through the UNet in
// larger batches. Every drawing's Rows are those of all of them together.
//
// Nothing of the variants is kept in the cache; what it knows of the turns
// before is used.
func (e *Engine) DrawVariants(ctx context.Context, recipes []recipe.Recipe) ([]*Drawing, error) {
	if len(recipes) == 0 {
		return nil, errors.New("there is nothing to draw")
	}
	e, err := e.checked(recipes[0])
	if err != nil {
		return nil, err
	}
	chain, variants, err := e.variants(ctx, recipes)
	if err != nil {
		return nil, err
	}
	if recipes[0].Settings.Picture != "" && len(chain) == 0 {
		return nil, errNotVariants
	}
	opened, rows, err := e.opened(ctx, recipes[0], nil)
	if err != nil {
		return nil, err
	}
	run, err := e.newRun(ctx, recipes[0], opened, chain, variants)
	if err != nil {
		return nil, err
	}
	run.rows = rows
	n := recipes[0].Settings.Steps
	for s := range n {
		if err := run.step(ctx, s); err != nil {
			return nil, fmt.Errorf("step %d of %d: %w", s+1, n, err)
		}
	}
	drawings := make(map[*link]*Drawing, len(variants))
	for _, b := range run.branches {
		d, err := e.finish(ctx, b.trace, b.links[0], run.mask(b.links[0], b.trace), run)
		if err != nil {
			return nil, err
		}
		for _, l := range b.links {
			drawings[l] = d
		}
	}
	out := make([]*Drawing, len(variants))
	for i, l := range variants {
		out[i] = drawings[l]
	}
	return out, nil
}

// errNotVariants says that recipes differ in more than their last turn.
var errNotVariants = errors.New("the recipes are no variants: only their last turn may differ")

// variants prepares the turns that recipes have in common, and the last one of
// each.
func (e *Engine) variants(ctx context.Context, recipes []recipe.Recipe) (chain, variants []*link, err error) {
	common := recipes[0]
	for _, r := range recipes {
		last := len(common.Turns) - 1
		if r.Settings != common.Settings || len(r.Turns) != last+1 || !reflect.DeepEqual(r.Turns[:last], common.Turns[:last]) {
			return nil, nil, errNotVariants
		}
	}
	common.Turns = common.Turns[:len(common.Turns)-1]
	chain, err = e.chain(ctx, common)
	if err != nil {
		return nil, nil, err
	}
	for i, r := range recipes {
		l, err := e.newLink(ctx, r.Turns[len(chain)])
		if err != nil {
			return nil, nil, fmt.Errorf("variant %d: %w", i+1, err)
		}
		if len(chain) > 0 {
			join(e.model.Spec(), chain, l, r.Settings.Steps)
		}
		variants = append(variants, l)
	}
	return chain, variants, nil
}
