package editor

import (
	"container/list"
	"crypto/sha256"
	"encoding/json"
	"sync"

	"pentimento/editor/recipe"
)

// A Trace is what drawing a turn computed and an edit of that turn needs
// again: with it the source's latents need not be recomputed, which saves the
// source's unconditional row of every step and, outside the windows, its
// conditional row too.
type Trace struct {
	latents [][]float32 // [steps+1][C·H·W], x_T first, x_0 last
	maps    [][]float32 // [steps][pixels·M] aggregated cross-attention
}

func newTrace(steps int, start []float32) *Trace {
	t := &Trace{latents: make([][]float32, steps+1), maps: make([][]float32, steps)}
	t.latents[0] = start
	return t
}

// final returns x_0. [C, H, W]
func (t *Trace) final() []float32 { return t.latents[len(t.latents)-1] }

// meanMaps returns the mean of the aggregated maps over all steps. [pixels, M]
func (t *Trace) meanMaps() []float32 {
	mean := make([]float32, len(t.maps[0]))
	for _, m := range t.maps {
		for i, v := range m {
			mean[i] += v / float32(len(t.maps))
		}
	}
	return mean
}

func (t *Trace) bytes() int {
	n := 0
	for _, part := range [][][]float32{t.latents, t.maps} {
		for _, x := range part {
			n += 4 * len(x)
		}
	}
	return n
}

type key [sha256.Size]byte

// traceKey names the trace of a recipe's last turn: equal recipes, equal
// traces.
func traceKey(r recipe.Recipe) key {
	data, err := json.Marshal(r)
	if err != nil {
		// A recipe is plain data without NaNs (checkTurn), so it marshals.
		panic(err)
	}
	return sha256.Sum256(data)
}

// traces is a cache of traces, bounded by bytes; the least recently used go
// first.
type traces struct {
	mu     sync.Mutex
	budget int
	used   int
	byKey  map[key]*list.Element
	recent *list.List // of traceEntry, most recent first
}

type traceEntry struct {
	key   key
	trace *Trace
}

func newTraces(budget int) *traces {
	return &traces{budget: budget, byKey: map[key]*list.Element{}, recent: list.New()}
}

func (c *traces) get(k key) *Trace {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[k]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(traceEntry).trace
}

func (c *traces) put(k key, t *Trace) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[k]; ok {
		c.recent.MoveToFront(e)
		return
	}
	c.byKey[k] = c.recent.PushFront(traceEntry{k, t})
	c.used += t.bytes()
	for c.used > c.budget && c.recent.Len() > 1 {
		oldest := c.recent.Remove(c.recent.Back()).(traceEntry)
		delete(c.byKey, oldest.key)
		c.used -= oldest.trace.bytes()
	}
}

func (c *traces) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey, c.used = map[key]*list.Element{}, 0
	c.recent.Init()
}
