package limiter

import (
	"net/http"
	"strings"
	"time"
)

// window counts what happened within the last ten minutes, in slots of a
// minute.
type window struct {
	slots [int(invalidWindow / time.Minute)]int
	at    int64 // the minute of the newest slot
}

// add counts one more.
func (w *window) add(now time.Time) {
	w.advance(now)
	w.slots[w.at%int64(len(w.slots))]++
}

// count is how many there were within the window.
func (w *window) count(now time.Time) int {
	w.advance(now)
	n := 0
	for _, slot := range w.slots {
		n += slot
	}
	return n
}

// advance empties the slots of the minutes that have passed.
func (w *window) advance(now time.Time) {
	minute := now.Unix() / 60
	if minute-w.at >= int64(len(w.slots)) {
		*w = window{at: minute}
	}
	for w.at < minute {
		w.at++
		w.slots[w.at%int64(len(w.slots))] = 0
	}
}

// routeOf names the bucket that a request most likely shares: its method and path
// without the IDs, except for the first, by which Discord counts. Each interaction
// has a bucket of its own.
func routeOf(r *http.Request) (key, name string) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	for i, part := range parts {
		switch {
		case i > 0 && parts[i-1] == "channels", i > 0 && parts[i-1] == "guilds":
		case i > 1 && (parts[i-2] == "webhooks" || parts[i-2] == "interactions"):
			parts[i] = "token"
		case part != "" && strings.Trim(part, "0123456789") == "":
			parts[i] = "id"
		}
	}
	name = r.Method + " " + strings.Join(parts, "/")
	if free(r) {
		return r.URL.Path, name
	}
	return name, name
}
