package graph

import (
	"slices"

	"pentimento/models/element"
	pb "pentimento/models/graph/onnxpb"
)

// layer makes what takes the place of a layer's MatMul probs·V: the same
// product of controlled maps and values where the layer is controlled, and
// otherwise the MatMul as it was. The MatMul itself is in the branches so that
// no branch has to copy maps.
func (r *rewriter) layer(a *attention) *block {
	b := &block{builder: r.head.builder}
	active := r.layers[a.Index]
	results := b.choose(active.any,
		func(b *block) []result { return r.controlled(b, a, active) },
		func(b *block) []result { return r.results(b, a, a.probs, "", a.value) })
	node := b.nodes[len(b.nodes)-1]
	node.Output[0] = a.out
	if r.averaged(a) {
		r.layerMaps = append(r.layerMaps, results[1].name)
	}
	if r.capture[a.Index] {
		out := Value{ProbsOutput(a.Index), element.Float32, true, r.mapDims("p2p_K", a)}
		node.Output[len(node.Output)-1] = out.Name
		r.outputs = append(r.outputs, out)
	}
	return b
}

// controlled is the branch of a layer whose maps or values are controlled.
func (r *rewriter) controlled(b *block, a *attention, active active) []result {
	value := b.choose(active.value,
		func(b *block) []result { return []result{{r.mixed(b, a), a.typ}} },
		func(b *block) []result { return []result{{b.op("Identity", []string{a.value}), a.typ}} },
	)[0].name
	return b.choose(active.probs,
		func(b *block) []result {
			own := r.byRow(b, a.probs)
			probs := r.repeated(b, result{own, a.typ}, func(b *block, sources string) string {
				return r.replaceMaps(b, a, own, sources)
			})
			return r.results(b, a, r.likeOriginal(b, probs, a.probs), probs, value)
		},
		func(b *block) []result { return r.results(b, a, a.probs, "", value) })
}

// repeated applies step Depth times, starting from own. A Loop copies its
// result, so that the usual single step does without.
func (r *rewriter) repeated(b *block, own result, step func(b *block, sources string) string) string {
	return b.choose(r.chained,
		func(b *block) []result { return []result{{b.repeat(Depth, own, step), own.typ}} },
		func(b *block) []result { return []result{{step(b, own.name), own.typ}} },
	)[0].name
}

// replaceMaps is the control of a layer's maps: own and sources are
// [B, h, N, M], and so is the result.
func (r *rewriter) replaceMaps(b *block, a *attention, own, sources string) string {
	if !a.Cross {
		return r.pick(b, a, sources, r.ofLayer(b, SelfSource, a))
	}
	source := r.pick(b, a, sources, CrossSource)
	mapped := b.op("MatMul", []string{source, r.control(Mapper, a.typ, 0, 1, 0, -1)})
	taken := b.op("Mul", []string{mapped, r.control(Take, a.typ, 0, 1, 1, -1)})
	kept := b.op("Mul", []string{own, r.control(Keep, a.typ, 0, 1, 1, -1)})
	return b.op("Add", []string{taken, kept})
}

// pick gathers maps from sources [B, h, N, M] and, numbered after them, the
// layer's cache. Joining the two copies both: it is done only where a row of
// the cache is asked for.
func (r *rewriter) pick(b *block, a *attention, sources, indices string) string {
	if !r.cache[a.Index] {
		return b.gather(sources, indices)
	}
	cached := r.cached(a)
	return b.choose(r.layers[a.Index].cached,
		func(b *block) []result {
			all := b.op("Concat", []string{sources, cached}, pb.Int("axis", 0))
			return []result{{b.gather(all, indices), a.typ}}
		},
		func(b *block) []result { return []result{{b.gather(sources, indices), a.typ}} },
	)[0].name
}

// mixed are a layer's values after their control, in the shape that they had.
func (r *rewriter) mixed(b *block, a *attention) string {
	own := r.byRow(b, a.value)
	mixed := r.repeated(b, result{own, a.typ}, func(b *block, sources string) string {
		return r.mixValues(b, a, own, sources)
	})
	return r.likeOriginal(b, mixed, a.value)
}

// mixValues is the control of a layer's values: own and sources are
// [B, h, M, d], and so is the result.
func (r *rewriter) mixValues(b *block, a *attention, own, sources string) string {
	source := b.gather(sources, r.ofLayer(b, ValueSource, a))
	var mix string
	if a.Cross {
		source = b.op("MatMul", []string{r.mapperTransposed(a.typ), source})
		mix = r.control(CrossValueMix, a.typ, 0, 1, -1, 1)
	} else {
		mix = b.op("Reshape", []string{r.ofLayer(b, SelfValueMix, a), b.ints(-1, 1, 1, 1)})
		mix = b.cast(mix, element.Float32, a.typ)
	}
	rest := b.op("Sub", []string{b.cast(b.float(1), element.Float32, a.typ), mix})
	// Not own + mix·(source − own): a mix of 0 or 1 must be exact.
	return b.op("Add", []string{b.op("Mul", []string{own, rest}), b.op("Mul", []string{source, mix})})
}

// results ends a branch: the product with V and, where they are wanted, the
// mean of the maps over the heads, [B, N, M], and the captured rows' maps,
// [K, h, N, M]. rows are the maps as [B, h, N, M], or "" where that is yet to
// be made.
func (r *rewriter) results(b *block, a *attention, probs, rows, value string) []result {
	out := []result{{b.op("MatMul", []string{probs, value}), a.typ}}
	if rows == "" && (r.averaged(a) || r.capture[a.Index]) {
		rows = r.byRow(b, probs)
	}
	if r.averaged(a) {
		mean := b.reduce("ReduceMean", rows, 1)
		out = append(out, result{b.cast(mean, a.typ, element.Float32), element.Float32})
	}
	if r.capture[a.Index] {
		captured := b.gather(rows, CaptureRows)
		out = append(out, result{b.cast(captured, a.typ, element.Float32), element.Float32})
	}
	return out
}

// averaged reports whether a layer is part of the output Maps.
func (r *rewriter) averaged(a *attention) bool { return slices.Contains(r.mapLayers, a.Index) }

// byRow views [B·h, N, M] or [B, h, N, M] as [B, h, N, M], without knowing
// which it is or how many heads there are.
func (r *rewriter) byRow(b *block, name string) string {
	rows := b.op("Concat", []string{r.rows, b.ints(-1), lastTwo(b, name)}, pb.Int("axis", 0))
	return b.op("Reshape", []string{name, rows})
}

// lastTwo are the sizes of a tensor's last two dimensions.
func lastTwo(b *block, name string) string {
	return b.op("Slice", []string{b.op("Shape", []string{name}), b.ints(-2), b.ints(maxDim), b.ints(0)})
}

// likeOriginal views a tensor in the shape of another.
func (r *rewriter) likeOriginal(b *block, name, original string) string {
	return b.op("Reshape", []string{name, b.op("Shape", []string{original})})
}

// ofLayer picks a layer's row of a control input [L, B].
func (r *rewriter) ofLayer(b *block, name string, a *attention) string {
	return b.gather(name, b.int(int64(a.Index)))
}

// control is a control input in a layer's precision and with the dimensions
// that it is broadcast in: as in Reshape, 0 keeps a dimension.
func (r *rewriter) control(name string, t element.Type, dims ...int64) string {
	key := cast{name, t}
	if r.casts[key] == "" {
		h := r.head
		r.casts[key] = h.cast(h.op("Reshape", []string{name, h.ints(dims...)}), element.Float32, t)
	}
	return r.casts[key]
}

// mapperTransposed is the mapper [B, 1, M, M] with own tokens first.
func (r *rewriter) mapperTransposed(t element.Type) string {
	key := cast{"transposed " + Mapper, t}
	if r.casts[key] == "" {
		r.casts[key] = r.head.op("Transpose", []string{r.control(Mapper, t, 0, 1, 0, -1)}, pb.Ints("perm", 0, 1, 3, 2))
	}
	return r.casts[key]
}

// cached adds the input for a layer's cached maps and returns them in the
// layer's precision.
func (r *rewriter) cached(a *attention) string {
	key := cast{CacheInput(a.Index), a.typ}
	if r.casts[key] == "" {
		r.inputs = append(r.inputs, Value{key.name, element.Float32, true, r.mapDims("p2p_C", a)})
		r.casts[key] = r.head.cast(key.name, element.Float32, a.typ)
	}
	return r.casts[key]
}

// mapDims are the dimensions of a layer's maps, as far as they do not depend
// on the picture's size.
func (r *rewriter) mapDims(rows string, a *attention) []Dim {
	return []Dim{{Name: rows}, {Size: int64(a.Heads)}, {}, {}}
}
