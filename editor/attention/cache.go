// Package attention is the attention cache: it keeps what drawing a turn
// computed, so that an edit of the turn need not compute it again.
//
// Start with [Cache]. A turn is kept as a [Trace], under the [Key] of its
// recipe: its latents of every step, which are small, and its attention maps,
// which are large. cache.go is the memory tier; store.go the second one, for
// several processes, behind the interface [Store]; chunk.go and code.go are
// what is written there.
//
// Nothing here decides what a picture looks like. What is lost, damaged or of
// another shape is not returned, and computed again.
package attention

import (
	"container/list"
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"
)

// DefaultBytes is the memory tier's budget where none is given: on the bundled
// model the maps of a picture and of an edit of it at 25 steps, and the latents
// of twenty turns.
const DefaultBytes = 112 << 20

// latentsShare is the part of the budget, one in so many, that latents may
// have: in a long conversation they would leave no room for maps.
const latentsShare = 4

// Options of a [Cache].
type Options struct {
	// Bytes is the memory tier's budget; 0 means [DefaultBytes], less than 0
	// none.
	Bytes int64
	// Store is the second tier; nil for none.
	Store Store
	// Coding is how maps are written to the store.
	Coding Coding
	// Log hears when the store fails; nil is silent.
	Log *slog.Logger
}

// A Cache keeps traces. It is safe for concurrent use.
type Cache struct {
	budget int64
	store  Store
	coder  *coder
	log    *slog.Logger
	writer sync.WaitGroup

	mu    sync.Mutex
	byKey map[Key]*list.Element
	// shared counts the traces that have a tensor, which turns may share: an
	// edit's self-attention maps are its source's while it takes them over.
	shared  map[*float32]int
	recent  *list.List // of *entry, the last used first
	stats   Stats
	writing *writing // what is being written to the store; nil for nothing
	// restUntil is when a store that failed is asked again.
	restUntil time.Time
	closed    bool
}

// Stats count what a cache did.
type Stats struct {
	// Hits are the turns that were found with maps, Latents those found
	// without, Misses those not found. StoreHits are the hits that came from
	// the store.
	Hits, Latents, Misses, StoreHits int64
	// Bytes are held in memory by Turns, MapsBytes of them by maps.
	Bytes, MapsBytes, Turns int64
}

type entry struct {
	key   Key
	trace *Trace
	users map[string]bool // who drew or edited the turn; "" is nobody
}

// New returns an empty cache.
func New(o Options) *Cache {
	if o.Bytes == 0 {
		o.Bytes = DefaultBytes
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	c := &Cache{budget: max(0, o.Bytes), store: o.Store, log: o.Log, byKey: map[Key]*list.Element{}, shared: map[*float32]int{}, recent: list.New()}
	if o.Store != nil {
		c.coder = newCoder(o.Coding)
	}
	return c
}

// MapsBudget is how many bytes of maps there is always room for: a turn with
// more would not be kept with them.
func (c *Cache) MapsBudget() int64 { return c.budget - c.budget/latentsShare }

// Peek returns the trace of a turn, perhaps without maps, if it is in memory;
// otherwise nil. That does not count as using it.
func (c *Cache) Peek(key Key) *Trace {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.byKey[key]; ok {
		return e.Value.(*entry).trace
	}
	return nil
}

// Drawn returns the trace of a turn that was drawn before, perhaps without
// maps, from memory or from the store; otherwise nil. What it returns has the
// shape. It does not count as using it.
func (c *Cache) Drawn(ctx context.Context, key Key, s Shape) *Trace {
	if known := c.Peek(key); known != nil && s.has(known) {
		return known
	}
	stored := c.stored(ctx, key, s, (*coder).latentsChunks)
	if stored != nil {
		c.put(key, stored, userOf(ctx))
	}
	return stored
}

// Get returns the trace of a turn with its maps, as far as they are known in
// memory or in the store: without maps, or nil. Whatever is found has the
// shape.
func (c *Cache) Get(ctx context.Context, key Key, s Shape) *Trace {
	user := userOf(ctx)
	c.mu.Lock()
	found := c.find(key, user)
	c.mu.Unlock()
	if found != nil && !s.has(found) {
		found = nil
	}
	fromStore := false
	if found == nil || !found.HasMaps() {
		if stored := c.stored(ctx, key, s, (*coder).mostChunks); stored != nil {
			found, fromStore = stored, true
			c.put(key, stored, user)
		}
	}
	c.count(found, fromStore)
	return found
}

func (c *Cache) count(found *Trace, fromStore bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case found == nil:
		c.stats.Misses++
		return
	case found.HasMaps():
		c.stats.Hits++
	default:
		c.stats.Latents++
	}
	if fromStore {
		c.stats.StoreHits++
	}
}

func (c *Cache) find(key Key, user string) *Trace {
	e, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	found := e.Value.(*entry)
	found.users[user] = true
	return found.trace
}

// Put keeps a trace, which the caller does not change any more. Once ctx is
// cancelled nothing is kept: the turn is not wanted, and its user may be
// forgotten.
func (c *Cache) Put(ctx context.Context, key Key, t *Trace, s Shape) {
	if ctx.Err() != nil {
		return
	}
	c.put(key, t, userOf(ctx))
	c.keep(ctx, key, t, s)
}

func (c *Cache) put(key Key, t *Trace, user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	users := map[string]bool{user: true}
	if e, ok := c.byKey[key]; ok {
		maps.Copy(users, e.Value.(*entry).users)
		c.remove(e)
	}
	c.byKey[key] = c.recent.PushFront(&entry{key, t, users})
	c.add(t, 1)
	c.shrink()
}

// add counts a trace that is kept from now on, or with sign −1 no more.
func (c *Cache) add(t *Trace, sign int) {
	bytes := int64(0) // of maps
	for _, step := range t.Maps {
		for _, x := range step {
			bytes += c.share(x, sign)
		}
	}
	c.stats.Turns += int64(sign)
	c.stats.MapsBytes += bytes
	c.stats.Bytes += bytes + int64(sign)*t.LatentsBytes()
}

// share counts one more use of a tensor, or one less, and returns by how much
// that changes the memory in use.
func (c *Cache) share(x []float32, sign int) int64 {
	if len(x) == 0 {
		return 0
	}
	before := c.shared[&x[0]]
	switch {
	case before == 0:
		c.shared[&x[0]] = 1
		return 4 * int64(len(x))
	case before+sign > 0:
		c.shared[&x[0]] = before + sign
		return 0
	}
	delete(c.shared, &x[0])
	return -4 * int64(len(x))
}

func (c *Cache) remove(e *list.Element) {
	gone := c.recent.Remove(e).(*entry)
	delete(c.byKey, gone.key)
	c.add(gone.trace, -1)
}

// shrink keeps to the budget. Turns that were not used for longest go when
// latents have more than their share; then maps go, of the same turns first.
// The newest turn's latents always stay.
func (c *Cache) shrink() {
	for c.stats.Bytes-c.stats.MapsBytes > c.budget/latentsShare && c.recent.Len() > 1 {
		c.remove(c.recent.Back())
	}
	for e := c.recent.Back(); e != nil && c.stats.Bytes > c.budget; e = e.Prev() {
		old := e.Value.(*entry)
		if old.trace.HasMaps() {
			c.add(old.trace, -1)
			old.trace = old.trace.withoutMaps()
			c.add(old.trace, 1)
		}
	}
}

// Stats returns the counts so far.
func (c *Cache) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Clear drops all that is in memory.
func (c *Cache) Clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.recent.Len() > 0 {
		c.remove(c.recent.Back())
	}
}

// Drop removes from memory the turns that nobody but the user drew or edited.
func (c *Cache) Drop(user string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing != nil && c.writing.user == user {
		c.writing.cancel()
	}
	for e := c.recent.Front(); e != nil; {
		next := e.Next()
		users := e.Value.(*entry).users
		delete(users, user)
		if len(users) == 0 {
			c.remove(e)
		}
		e = next
	}
}

// Forget removes all that is kept of a user, in memory and in the store. A
// drawing for the user that goes on meanwhile leaves its trace, unless its
// context is cancelled before.
func (c *Cache) Forget(ctx context.Context, user string) error {
	c.Drop(user)
	if c.store == nil {
		return nil
	}
	if err := c.written(ctx, user); err != nil {
		return fmt.Errorf("forget a user's attention maps: %w", err)
	}
	return c.store.Forget(ctx, user)
}

// Close waits for what is being written to the store. Nothing is written after
// it.
func (c *Cache) Close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.writer.Wait()
}
