package editor

import (
	"testing"

	"pentimento/models"
	"pentimento/models/graph"
	"pentimento/recipe"
)

// stableDiffusion is the layers of Stable Diffusion 1.5 at 512².
func stableDiffusion() models.Spec {
	spec := models.Spec{ContextLength: 77, SelfLevel: 2}
	blocks := func(level, pixels, n int) {
		for range n {
			spec.Layers = append(spec.Layers,
				graph.Layer{Heads: 8, Level: level, Pixels: pixels}, graph.Layer{Cross: true, Heads: 8, Level: level, Pixels: pixels})
		}
	}
	blocks(0, 64*64, 5)
	blocks(1, 32*32, 5)
	blocks(2, 16*16, 5)
	blocks(3, 8*8, 1)
	return spec
}

func TestKeptFitsItsBudget(t *testing.T) {
	spec := stableDiffusion()
	size := mapSizes(spec)
	for _, n := range []int{1, 4, 20, 50} {
		last := int64(0)
		for budget := int64(-1); budget < 4<<30; budget = budget*2 + 1<<20 {
			used := int64(0)
			for _, layers := range kept(spec, n, budget) {
				for l, keep := range layers {
					if keep && !spec.Injectable(l) {
						t.Fatalf("layer %d is kept, which nobody takes over", l)
					}
					if keep {
						used += 4 * int64(spec.MapSize(l))
					}
				}
			}
			if used > max(0, budget) || used < last {
				t.Fatalf("%d steps: of %d bytes %d are used, of a smaller budget %d", n, budget, used, last)
			}
			last = used
		}
		if all := int64(n) * size.of(taking{true, true}); last > all {
			t.Errorf("%d steps: %d bytes are kept of %d", n, last, all)
		}
	}
}

// saved is how many steps of usual edits don't compute their source's row, of all
// that take maps over.
func saved(spec models.Spec, n int, budget int64) (steps, of int) {
	layers := kept(spec, n, budget)
	for _, p := range recipe.Usual() {
		for s, t := range takings(p, n) {
			if t == (taking{}) {
				continue
			}
			of++
			have := taking{}
			for l, keep := range layers[s] {
				if keep {
					have = have.with(taking{spec.Layers[l].Cross, !spec.Layers[l].Cross})
				}
			}
			if t.within(have) {
				steps++
			}
		}
	}
	return steps, of
}

// What a budget saves at the real size, so that nobody has to guess.
func TestWhatABudgetSaves(t *testing.T) {
	for _, test := range []struct {
		mib   int64
		least int
	}{{0, 0}, {84, 7}, {256, 10}, {512, 14}, {1024, 19}} {
		steps, of := saved(stableDiffusion(), 20, test.mib<<20)
		if steps < test.least {
			t.Errorf("%d MiB save %d of %d steps, want %d", test.mib, steps, of, test.least)
		}
		t.Logf("%d MiB save %d of %d steps", test.mib, steps, of)
	}
}

// With room for all, everything is there that a usual edit takes over.
func TestKeptServesTheUsualPresets(t *testing.T) {
	for _, n := range []int{2, 20, 25} {
		if steps, of := saved(stableDiffusion(), n, 1<<40); steps != of {
			t.Errorf("of %d steps, %d of %d are saved", n, steps, of)
		}
	}
}
