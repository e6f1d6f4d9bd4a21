package session

import "time"

// An Expiry says when the sessions of a [Store] end, and has the clock for all
// that ends there. With the zero value sessions last. Use one from one
// goroutine at a time, but for Now and Over.
type Expiry struct {
	// After is how long a session lasts that is not loaded or changed, with its
	// blobs; 0 is for ever.
	After time.Duration
	// Clock is time.Now if it is nil.
	Clock func() time.Time

	swept time.Time
}

// Now returns the time by the clock.
func (e *Expiry) Now() time.Time {
	if e.Clock == nil {
		return time.Now()
	}
	return e.Clock()
}

// Over reports whether a session ended that was last touched then.
func (e *Expiry) Over(touched time.Time) bool {
	return e.After > 0 && !e.Now().Before(touched.Add(e.After))
}

// Stale reports whether the time of the last touch has to be written again: it
// may lag a little behind the truth, so that a store need not write at every
// look.
func (e *Expiry) Stale(touched time.Time) bool {
	return e.After > 0 && e.Now().Sub(touched) > e.After/20
}

// Due reports whether it is time to look for ended sessions, and counts that
// as looking.
func (e *Expiry) Due() bool {
	if !e.Stale(e.swept) {
		return false
	}
	e.swept = e.Now()
	return true
}
