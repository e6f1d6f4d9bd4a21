package editor

import (
	"pentimento/models"
	"pentimento/models/graph"
	"pentimento/recipe"
)

// A taking is which kinds of attention maps an edit takes over at a step.
type taking struct{ cross, self bool }

func (t taking) within(kept taking) bool {
	return (kept.cross || !t.cross) && (kept.self || !t.self)
}

// has reports whether the maps of a layer are taken.
func (t taking) has(layer graph.Layer) bool { return layer.Cross && t.cross || !layer.Cross && t.self }

func (t taking) with(u taking) taking { return taking{t.cross || u.cross, t.self || u.self} }

// takings are what an edit of n steps takes over by its preset, by step.
func takings(p recipe.Preset, n int) []taking {
	out := make([]taking, n)
	begins := 0
	if n >= recipe.StartSteps {
		begins = begin(p.Start, n)
	}
	cross, self := window(p.Windows.Cross, n), window(p.Windows.Self, n)
	for s := begins; s < n; s++ {
		out[s] = taking{cross.has(s), self.has(s)}
	}
	return out
}

// kept are the layers, by step, whose maps a drawing keeps for the edits that may
// follow: those that some usual preset takes over at that step, as far as the budget
// of bytes goes.
//
// An edit saves its source's row of a step only if all is there that it takes over,
// and maps are of very different sizes: of Stable Diffusion's 77 MB a step at 512²
// self-attention has 10. So steps are kept in the order of how many presets a byte
// serves, the earlier first.
func kept(spec models.Spec, n int, budget int64) [][]bool {
	var wanted [][]taking
	for _, p := range recipe.Usual() {
		wanted = append(wanted, takings(p, n))
	}
	chosen := make([]taking, n)
	size := mapSizes(spec)
	for {
		s, next, cost := bestStep(size, wanted, chosen, budget)
		if s < 0 {
			break
		}
		chosen[s] = next
		budget -= cost
	}
	out := make([][]bool, n)
	for s, t := range chosen {
		if t == (taking{}) {
			continue
		}
		out[s] = make([]bool, len(spec.Layers))
		for l, layer := range spec.Layers {
			out[s][l] = spec.Injectable(l) && t.has(layer)
		}
	}
	return out
}

// bestStep is the step of which to keep more maps than are chosen, what is kept of it
// then, and what that costs; -1 if nothing more fits the budget or serves anybody.
func bestStep(size mapSize, wanted [][]taking, chosen []taking, budget int64) (best int, next taking, cost int64) {
	best = -1
	bestRate := 0.
	for s, kept := range chosen {
		for _, more := range []taking{{self: true}, {cross: true}, {cross: true, self: true}} {
			then := kept.with(more)
			bytes := size.of(then) - size.of(kept)
			serves := 0
			for _, w := range wanted {
				if !w[s].within(kept) && w[s].within(then) {
					serves++
				}
			}
			if serves == 0 || bytes > budget {
				continue
			}
			if rate := float64(serves) / float64(max(bytes, 1)); rate > bestRate {
				best, next, cost, bestRate = s, then, bytes, rate
			}
		}
	}
	return best, next, cost
}

// A mapSize is how many bytes the maps of a row and step are, by kind.
type mapSize struct{ cross, self int64 }

func mapSizes(spec models.Spec) (size mapSize) {
	for l, layer := range spec.Layers {
		switch bytes := 4 * int64(spec.MapSize(l)); {
		case !spec.Injectable(l):
		case layer.Cross:
			size.cross += bytes
		default:
			size.self += bytes
		}
	}
	return size
}

func (m mapSize) of(t taking) (bytes int64) {
	if t.cross {
		bytes += m.cross
	}
	if t.self {
		bytes += m.self
	}
	return bytes
}
