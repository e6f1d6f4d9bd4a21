package session

import (
	"time"

	"pentimento/session/blobs"
)

// An Option is a choice for [NewMemory] and [OpenFile].
type Option func(*choices)

// choices are what options choose.
type choices struct {
	expiry expiry
	blobs  *blobs.Store
}

func choose(options []Option) choices {
	c := choices{expiry: expiry{now: time.Now}}
	for _, option := range options {
		option(&c)
	}
	return c
}

// ExpireAfter makes a session end when it was not loaded or changed for that
// long, with its blobs. Without it sessions last.
func ExpireAfter(ttl time.Duration) Option { return func(c *choices) { c.expiry.ttl = ttl } }

// WithClock is for what has to expire: sessions and shares. Without it the
// clock is time.Now.
func WithClock(now func() time.Time) Option { return func(c *choices) { c.expiry.now = now } }

// WithBlobs makes a [File] keep its blobs there, and close it in the end.
// Without it they are in a folder beside the file, [DefaultBlobLimit] of them.
func WithBlobs(store *blobs.Store) Option { return func(c *choices) { c.blobs = store } }
