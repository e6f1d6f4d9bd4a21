package redis

import "time"

// A silenceWatch notices heartbeats that have stopped. It remembers counts and
// since when they have not moved. Use one from one goroutine at a time.
//
// Those that are watched count their beats; the observer looks at the counts now
// and then, and times by its own elapsed time how long one has not moved. No two
// clocks are compared, so none can be wrong.
type silenceWatch struct {
	limit time.Duration // how long a count may stand still

	seen map[string]sighting
	last time.Time
}

// sighting is a count and when it was first seen.
type sighting struct {
	count string
	since time.Time
}

// look takes the counts as they are at now, by name, and returns the names of
// those that have not moved for limit.
//
// When the last look was longer ago than half of limit, the observer has been
// away itself (asleep, or cut off together with those it watches) and begins
// anew: what it has not watched it cannot call silent.
func (w *silenceWatch) look(now time.Time, counts map[string]string) []string {
	if w.seen == nil || now.Sub(w.last) > w.limit/2 || now.Before(w.last) {
		w.seen = make(map[string]sighting, len(counts))
	}
	w.last = now
	var silent []string
	for name, count := range counts {
		had, ok := w.seen[name]
		if !ok || had.count != count {
			w.seen[name] = sighting{count, now}
			continue
		}
		if now.Sub(had.since) >= w.limit {
			silent = append(silent, name)
		}
	}
	for name := range w.seen {
		if _, ok := counts[name]; !ok {
			delete(w.seen, name)
		}
	}
	return silent
}
