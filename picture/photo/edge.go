package photo

// An edge is how a region bounds what is put into a picture: nothing outside, and
// inside more and more with the distance from its border.
type edge struct {
	region *Mask
	// depth is how many places it is from each to the nearest outside, diagonal steps
	// too; 0 outside.
	depth []int
	// reach is the depth from which on nothing fades.
	reach int
}

// newEdge prepares the edge of a region over half a place of the mask, or all of the
// depth of a region that is narrower; nil of none.
func newEdge(region, mask *Mask) *edge {
	if region == nil {
		return nil
	}
	e := &edge{region: region, depth: depths(region), reach: 1}
	if mask != nil {
		e.reach = max(1, region.Width/mask.Width/2)
	}
	deepest := 1
	for _, d := range e.depth {
		deepest = max(deepest, d)
	}
	e.reach = min(e.reach, deepest)
	return e
}

// depths are how far it is from the places of a region to the nearest outside of it, by
// two passes over the grid. What is beyond the grid does not count, so that nothing
// fades there.
func depths(region *Mask) []int {
	w, h := region.Width, region.Height
	out := make([]int, w*h)
	for i, open := range region.Places() {
		if open {
			out[i] = w + h // further than anything
		}
	}
	lower := func(i, x, y int) {
		if x >= 0 && y >= 0 && x < w && y < h {
			out[i] = min(out[i], out[y*w+x]+1)
		}
	}
	for i := range out {
		x, y := i%w, i/w
		lower(i, x-1, y)
		for dx := -1; dx <= 1; dx++ {
			lower(i, x+dx, y-1)
		}
	}
	for i := len(out) - 1; i >= 0; i-- {
		x, y := i%w, i/w
		lower(i, x+1, y)
		for dx := -1; dx <= 1; dx++ {
			lower(i, x+dx, y+1)
		}
	}
	return out
}

// opacity is how far an edit covers a picture at a point, given as shares of its
// width and height: 0 outside the region. Without a region it is 1.
func (e *edge) opacity(x, y float64) float64 {
	if e == nil {
		return 1
	}
	w, h := e.region.Width, e.region.Height
	column, row := min(max(floor(x*float64(w)), 0), w-1), min(max(floor(y*float64(h)), 0), h-1)
	return min(float64(e.depth[row*w+column])/float64(e.reach), 1)
}
