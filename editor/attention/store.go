package attention

import (
	"context"
	"time"
)

// A Store is a second tier behind a cache's memory, for several processes. It
// may lose anything at any time: what it returns is checked, and what it lacks
// is computed again.
type Store interface {
	// Put keeps the chunks of a turn, each of at most [MaxChunk] bytes, in
	// place of those that it had of it.
	Put(ctx context.Context, owner Owner, turn Key, chunks [][]byte) error
	// Get returns what is left of the chunks of a turn, in any order.
	Get(ctx context.Context, owner Owner, turn Key) ([][]byte, error)
}

// An Owner is whose conversation a turn belongs to: stores have a budget for
// each, and forget what was a user's. Two owners never share what is stored.
type Owner struct{ User, Place string }

type ownerKey struct{}

// WithOwner returns a context in which turns are drawn for owner. Without one
// nothing is stored outside memory, since nobody could have it forgotten.
func WithOwner(ctx context.Context, owner Owner) context.Context {
	return context.WithValue(ctx, ownerKey{}, owner)
}

func ownerOf(ctx context.Context) (Owner, bool) {
	owner, ok := ctx.Value(ownerKey{}).(Owner)
	return owner, ok
}

// storeWait is how long a drawing waits for a store: after that computing is
// quicker. putWait bounds writing, which nobody waits for.
const (
	storeWait = time.Second
	putWait   = 10 * time.Second
)

// stored reads a turn from the store, or returns nil.
func (c *Cache) stored(ctx context.Context, key Key, s Shape) *Trace {
	owner, ok := ownerOf(ctx)
	if c.store == nil || !ok {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	chunks, err := c.store.Get(ctx, owner, key)
	if err != nil {
		c.log.Warn("the attention cache's store did not answer", "reason", err)
		return nil
	}
	return c.coder.trace(key, chunks, s)
}

// keep writes a turn to the store, behind the drawing's back. While one is
// being written the next is left out: it is a cache.
func (c *Cache) keep(ctx context.Context, key Key, t *Trace, s Shape) {
	owner, ok := ownerOf(ctx)
	if c.store == nil || !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing || c.closed {
		return
	}
	c.writing = true
	c.writer.Go(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putWait)
		defer cancel()
		if err := c.store.Put(ctx, owner, key, c.coder.chunks(key, t, s)); err != nil {
			c.log.Warn("the attention cache's store took nothing", "reason", err)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.writing = false
	})
}
