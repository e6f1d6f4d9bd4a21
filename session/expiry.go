package session

import "time"

// expiry says when sessions end.
type expiry struct {
	ttl   time.Duration
	now   func() time.Time
	swept time.Time
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
