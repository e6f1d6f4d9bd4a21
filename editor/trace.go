package editor

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"runtime"
	"strings"

	"pentimento/editor/attention"
	"pentimento/models"
	"pentimento/recipe"
)

// computation is the version of what a trace holds for a recipe. A store may
// outlive the program: whoever changes anything that moves a latent or a map
// (sampling, noise, control, alignment, blend) or what is kept of them adds 1,
// so that no trace of the old computation is taken for one of the new. Of the
// recipe's own schema the recipe has the version.
const computation = 2

// A computer is all that a trace depends on beside the recipe.
type computer struct {
	// Computation is the constant's value.
	Computation int
	// Model is the model's digest, which a recipe need not name.
	Model string
	// Device is the kind of device, Machine the processor's architecture and
	// Runtime the version of ONNX Runtime: the same sums in another order
	// differ.
	Device, Machine, Runtime string
}

// computer is what computes this engine's traces.
func (e *Engine) computer() computer {
	device, _, _ := strings.Cut(e.model.Device(), ":")
	return computer{computation, e.model.Digest(), device, runtime.GOARCH, e.model.Runtime()}
}

// key names what drawing the last turn of a recipe computes: equal keys, equal
// traces.
func (e *Engine) key(r recipe.Recipe) attention.Key { return e.computer().key(r) }

func (c computer) key(r recipe.Recipe) attention.Key {
	// The turns before a later one are the picture that they are alone, whatever
	// version the whole needs.
	r.Version = r.Earliest()
	data, err := json.Marshal(struct {
		Computer computer
		Recipe   recipe.Recipe
	}{c, r})
	if err != nil {
		// A recipe is plain data without NaNs (checkTurn), so it marshals.
		panic(err)
	}
	return sha256.Sum256(data)
}

// Remembers reports whether the last turn of the recipe need not be computed
// for an edit of it: the cache has its latents, if not its maps.
func (e *Engine) Remembers(ctx context.Context, r recipe.Recipe) bool {
	e, err := e.sized(r.Settings)
	return err == nil && e.cache.Get(ctx, e.key(r), e.shape(r.Settings)) != nil
}

// remember keeps the trace of the last turn of a recipe, with what is needed of it
// again.
func (e *Engine) remember(ctx context.Context, r recipe.Recipe, t *attention.Trace) {
	shape := e.shape(r.Settings)
	if !shape.Remembers {
		t.Predictions = nil
	}
	e.cache.Put(ctx, e.key(r), t, shape)
}

// shape is the size of the traces of drawings with such settings.
func (e *Engine) shape(settings recipe.Settings) attention.Shape {
	spec := e.model.Spec()
	s := attention.Shape{
		Steps:     settings.Steps,
		Latents:   spec.LatentChannels * spec.LatentHeight * spec.LatentWidth,
		Remembers: remembers(settings.Scheduler),
		Means:     spec.MapHeight * spec.MapWidth * spec.ContextLength,
		Layers:    make([]attention.Layer, len(spec.Layers)),
	}
	for l, layer := range spec.Layers {
		if spec.Injectable(l) {
			s.Layers[l] = attention.Layer{Size: spec.MapSize(l), Keys: layer.Pixels}
			if layer.Cross {
				s.Layers[l].Keys = spec.ContextLength
			}
		}
	}
	return s
}

func newTrace(steps int, start []float32) *attention.Trace {
	t := &attention.Trace{
		Latents: make([][]float32, steps+1), Predictions: make([][]float32, steps),
		Means: make([][]float32, steps), Maps: make([][][]float32, steps),
	}
	t.Latents[0] = start
	return t
}

// meanMaps returns the mean of the aggregated maps over all steps. [pixels, M]
func meanMaps(t *attention.Trace) []float32 {
	mean := make([]float32, len(t.Means[0]))
	for _, m := range t.Means {
		for i, v := range m {
			mean[i] += v / float32(len(t.Means))
		}
	}
	return mean
}

// covering is the trace that covers what a turn takes over at a step from the last
// of the turns before it: that turn's or, at steps that it left to its source, one
// further back. Nil where none does.
func covering(chain []*link, traces []*attention.Trace, next *link, s int, spec models.Spec) *attention.Trace {
	for i := len(chain) - 1; i >= 0; i-- {
		if covers(traces[i], next, s, spec) {
			return traces[i]
		}
		if s >= chain[i].start {
			break
		}
	}
	return nil
}

// covers reports whether all that a turn takes over at a step from the turn
// before it is in that turn's trace. Values are not kept.
func covers(source *attention.Trace, next *link, s int, spec models.Spec) bool {
	if source == nil || source.Maps[s] == nil || next.injectsValues(s) {
		return false
	}
	for l, layer := range spec.Layers {
		takes := layer.Cross && next.anyCross.has(s) || !layer.Cross && next.self.has(s)
		if takes && spec.Injectable(l) && source.Maps[s][l] == nil {
			return false
		}
	}
	return true
}
