package graph

import "pentimento/models/element"

// Plain generation must not pay for control that does nothing. Whether it does
// nothing is read off the control inputs themselves, in the graph, so that no
// caller can forget a flag: every layer's control lies in an ONNX If, whose
// other branch is the untouched probs·V. See docs/decisions.

// active are the conditions of a layer, names of bool scalars.
type active struct {
	probs string // its maps are controlled
	value string // its values are controlled
	any   string
	// cached: its maps come from the cache. "" in a graph without one.
	cached string
}

// addControls adds the control inputs and, at the head of the graph, what all
// layers share.
func (r *rewriter) addControls() {
	dim := func(names ...string) []Dim {
		dims := make([]Dim, len(names))
		for i, n := range names {
			dims[i].Name = n
		}
		return dims
	}
	b, m := dim("p2p_B")[0], dim("p2p_M")[0]
	l := Dim{Size: int64(len(r.found))}
	r.inputs = []Value{
		{CrossSource, element.Int64, true, []Dim{b}},
		{Mapper, element.Float32, true, []Dim{b, m, m}},
		{Take, element.Float32, true, []Dim{b, m}},
		{Keep, element.Float32, true, []Dim{b, m}},
		{SelfSource, element.Int64, true, []Dim{l, b}},
		{ValueSource, element.Int64, true, []Dim{l, b}},
		{SelfValueMix, element.Float32, true, []Dim{l, b}},
		{CrossValueMix, element.Float32, true, []Dim{b, m}},
		{Depth, element.Int64, true, nil},
	}
	if len(r.capture) > 0 {
		r.inputs = append(r.inputs, Value{CaptureRows, element.Int64, true, dim("p2p_K")})
	}
	h := r.head
	shape := h.op("Shape", []string{sampleName})
	r.rows = h.gather(shape, h.ints(0))
	r.addConditions(h.gather(shape, h.int(0)))
}

// addConditions adds the conditions of all layers. rows is the scalar B.
func (r *rewriter) addConditions(rows string) {
	h := r.head
	zero, one := h.float(0), h.float(1)
	r.chained = h.op("Greater", []string{Depth, h.int(1)})
	// A row whose source is itself is not controlled.
	self := h.op("Range", []string{h.int(0), rows, h.int(1)})
	selfProbs := r.differsByLayer(SelfSource, self)
	selfValue := r.differsByLayer(SelfValueMix, zero)
	selfAny := h.op("Or", []string{selfProbs, selfValue})

	cross := active{
		probs: h.op("Or", []string{r.differs(Take, zero), r.differs(Keep, one)}),
		value: r.differs(CrossValueMix, zero),
	}
	cross.any = h.op("Or", []string{cross.probs, cross.value})
	var selfCached string
	if len(r.cache) > 0 {
		beyond := func(source string) string { return h.op("Not", []string{h.op("Less", []string{source, rows})}) }
		cross.cached = beyond(h.reduceAll("ReduceMax", CrossSource))
		selfCached = beyond(h.reduce("ReduceMax", SelfSource, 1))
	}

	for _, a := range r.found {
		if a.Cross {
			r.layers = append(r.layers, cross)
			continue
		}
		index := h.int(int64(a.Index))
		self := active{probs: h.gather(selfProbs, index), value: h.gather(selfValue, index), any: h.gather(selfAny, index)}
		if selfCached != "" {
			self.cached = h.gather(selfCached, index)
		}
		r.layers = append(r.layers, self)
	}
}

// unequal gives 1 where a differs from b and 0 elsewhere, int32.
func (r *rewriter) unequal(a, b string) string {
	h := r.head
	equal := h.op("Equal", []string{a, b})
	return h.cast(h.op("Not", []string{equal}), element.Bool, element.Int32)
}

// differs tells whether a differs from b anywhere, a bool scalar.
func (r *rewriter) differs(a, b string) string {
	return r.head.cast(r.head.reduceAll("ReduceMax", r.unequal(a, b)), element.Int32, element.Bool)
}

// differsByLayer tells for every layer whether a [L, B] differs from b in any
// row, bool [L].
func (r *rewriter) differsByLayer(a, b string) string {
	return r.head.cast(r.head.reduce("ReduceMax", r.unequal(a, b), 1), element.Int32, element.Bool)
}
