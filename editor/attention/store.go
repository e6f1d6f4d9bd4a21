package attention

import (
	"context"
	"errors"
	"time"
)

// A Store is a second tier behind a cache's memory, for several processes. It
// may lose anything at any time: what it returns is checked, and what it lacks
// is computed again.
type Store interface {
	// Put keeps the chunks of a turn, each of at most [MaxChunk] bytes, in
	// place of those that it had of it.
	Put(ctx context.Context, owner Owner, turn Key, chunks [][]byte) error
	// Get returns what is left of the first most chunks of a turn, in any
	// order.
	Get(ctx context.Context, owner Owner, turn Key, most int) ([][]byte, error)
	// Forget removes all that is kept of a user, also from the memory of
	// other processes as soon as they hear of it.
	Forget(ctx context.Context, user string) error
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

// OwnerOf returns for whom turns are drawn in a context, if it says.
func OwnerOf(ctx context.Context) (Owner, bool) {
	owner, ok := ctx.Value(ownerKey{}).(Owner)
	return owner, ok
}

// userOf returns whose turns they are, or "".
func userOf(ctx context.Context) string {
	owner, _ := OwnerOf(ctx)
	return owner.User
}

// storeWait is how long a drawing waits for a store: after that computing is
// quicker. A store that failed is left alone for storeRest, so that a drawing
// that looks for many turns waits once. putWait bounds writing, which nobody
// waits for.
const (
	storeWait = time.Second
	storeRest = 5 * time.Second
	putWait   = 10 * time.Second
)

// stored reads the first chunks of a turn from the store, as many as most says,
// and returns what they hold, or nil.
func (c *Cache) stored(ctx context.Context, key Key, s Shape, most func(*coder, Shape) int) *Trace {
	owner, ok := OwnerOf(ctx)
	if c.store == nil || !ok || c.resting() {
		return nil
	}
	waiting, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	chunks, err := c.store.Get(waiting, owner, key, most(c.coder, s))
	if err != nil {
		if ctx.Err() == nil {
			c.log.Warn("the attention cache's store did not answer", "reason", err)
			c.rest()
		}
		return nil
	}
	return c.coder.trace(key, chunks, s)
}

// rest leaves the store alone for a while.
func (c *Cache) rest() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.restUntil = time.Now().Add(storeRest)
}

func (c *Cache) resting() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Before(c.restUntil)
}

// A writing is a turn on its way to the store.
type writing struct {
	user   string
	cancel context.CancelFunc
	done   chan struct{}
}

// keep writes a turn to the store, behind the drawing's back. While one is
// being written the next is left out: it is a cache.
func (c *Cache) keep(ctx context.Context, key Key, t *Trace, s Shape) {
	owner, ok := OwnerOf(ctx)
	if c.store == nil || !ok {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.writing != nil || c.closed {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), putWait)
	w := &writing{owner.User, cancel, make(chan struct{})}
	c.writing = w
	c.writer.Go(func() {
		err := c.store.Put(ctx, owner, key, c.coder.chunks(key, t, s))
		if err != nil && !errors.Is(err, context.Canceled) {
			c.log.Warn("the attention cache's store took nothing", "reason", err)
		}
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		c.writing = nil
		close(w.done)
	})
}

// written waits until nothing of the user is being written any more.
func (c *Cache) written(ctx context.Context, user string) error {
	c.mu.Lock()
	w := c.writing
	c.mu.Unlock()
	if w == nil || w.user != user {
		return nil
	}
	select {
	case <-w.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
