package editor

import (
	"pentimento/editor/align"
	"pentimento/models"
	"pentimento/recipe"
)

// A controlledRow is a row of a batch that a turn controls. Its source is
// another row or, numbered after all rows, cached maps; −1 for none.
type controlledRow struct {
	link        *link
	row, source int
}

// controls fills the attention control of a batch; rows that are not listed are
// left alone.
//
// Per conditional row b with source row s, engine terms on the left and the
// paper's on the right:
//
//	probs = (probs_s @ mapper) * take + probs * keep    Edit(M_t, M_t*, t)
//	take  = c/c_s · α_t   for tokens whose window has the step and that have a source
//	keep  = c · (1 − α_t)
//
// so that word swap (mapper of a swap), refinement (α = 0 for new words) and
// re-weighting (c, the equalizer) are one linear operation and compose.
// Because c is in both terms, re-weighting acts outside the windows too. c_s is
// the source's own equalizer, which the taken map carries already: in a chain
// every turn's weights are what its recipe says, not a product of all before.
func controls(batch int, rows []controlledRow, step int, spec models.Spec) models.Control {
	c := models.Identity(batch, len(spec.Layers), spec.ContextLength)
	for _, r := range rows {
		controlCross(&c, r, step, spec.ContextLength)
		if r.source >= 0 {
			controlSelf(&c, batch, r, step, spec)
			controlValues(&c, batch, r, step, spec)
		}
	}
	return c
}

// controlCross injects the source's cross-attention maps and re-weights.
func controlCross(c *models.Control, r controlledRow, step, m int) {
	row, l := r.row, r.link
	injects := r.source >= 0 && l.anyCross.has(step)
	if injects {
		c.CrossSource[row] = int64(r.source)
		copy(c.Mapper[row*m*m:(row+1)*m*m], l.origins[step].mapping.Mapper)
	}
	for j := range m {
		weight := l.equalizer[j]
		if injects && l.takes(j, step) {
			c.Take[row*m+j], c.Keep[row*m+j] = weight/l.origins[step].inherited[j], 0
		} else {
			c.Take[row*m+j], c.Keep[row*m+j] = 0, weight
		}
	}
}

// takes reports whether token j takes its source's map at a step. A map that
// the source muted is gone: the token then keeps its own.
func (l *link) takes(j, step int) bool {
	from := l.origins[step]
	return l.cross[j].has(step) && from.mapping.Kinds[j] != align.Insert && from.inherited[j] != 0
}

// controlSelf injects the source's self-attention maps.
func controlSelf(c *models.Control, batch int, r controlledRow, step int, spec models.Spec) {
	if !r.link.self.has(step) {
		return
	}
	for k, layer := range spec.Layers {
		if !layer.Cross && spec.Injectable(k) {
			c.SelfSource[k*batch+r.row] = int64(r.source)
		}
	}
}

// controlValues injects the source's values (CL P2P): the share β of V in
// self-attention everywhere, in cross-attention for the tokens of kept words;
// in both kinds of layers or in one.
func controlValues(c *models.Control, batch int, r controlledRow, step int, spec models.Spec) {
	row, l := r.row, r.link
	if !l.injectsValues(step) {
		return
	}
	beta := float32(l.turn.Windows.ValueMix)
	layers := l.turn.Windows.ValueLayers
	for k, layer := range spec.Layers {
		c.ValueSource[k*batch+row] = int64(r.source)
		if !layer.Cross && layers != recipe.CrossValues {
			c.SelfValueMix[k*batch+row] = beta
		}
	}
	if layers == recipe.SelfValues {
		return
	}
	m := spec.ContextLength
	mapping := l.origins[step].mapping
	copy(c.Mapper[row*m*m:(row+1)*m*m], mapping.Mapper)
	for j, kind := range mapping.Kinds {
		if kind == align.Keep {
			c.CrossValueMix[row*m+j] = beta
		}
	}
}
