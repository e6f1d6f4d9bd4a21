package session

import "time"

// An Option is a choice for [NewMemory] and [OpenFile].
type Option func(*expiry)

// ExpireAfter makes a session end when it was not loaded or changed for that
// long, with its blobs. Without it sessions last.
func ExpireAfter(ttl time.Duration) Option { return func(e *expiry) { e.ttl = ttl } }

// WithClock is for what has to expire: sessions and shares. Without it the
// clock is time.Now.
func WithClock(now func() time.Time) Option { return func(e *expiry) { e.now = now } }

// expiry says when sessions end.
type expiry struct {
	ttl   time.Duration
	now   func() time.Time
	swept time.Time
}

func newExpiry(options []Option) expiry {
	e := expiry{now: time.Now}
	for _, option := range options {
		option(&e)
	}
	return e
}

// over reports whether a session ended that was last touched then.
func (e *expiry) over(touched time.Time) bool {
	return e.ttl > 0 && !e.now().Before(touched.Add(e.ttl))
}

// coarse is how far the time of the last touch may lag behind the truth: a
// store need not write at every look.
func (e *expiry) coarse() time.Duration { return e.ttl / 20 }

// stale reports whether the time of the last touch has to be written again.
func (e *expiry) stale(touched time.Time) bool {
	return e.ttl > 0 && e.now().Sub(touched) > e.coarse()
}

// due reports whether it is time to look for ended sessions, and counts that
// as looking.
func (e *expiry) due() bool {
	if !e.stale(e.swept) {
		return false
	}
	e.swept = e.now()
	return true
}
