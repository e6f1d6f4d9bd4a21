// Package feed tells any number of listeners what happens, in order, and lets those
// who were away catch up.
//
// Start with [Feed.Publish] and [Feed.Listen]; stream.go writes a feed as an event
// stream, which browsers read.
package feed

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

const (
	// kept is how many events are kept for those who were away.
	kept = 128
	// behind is how many events a listener may be behind.
	behind = 64
)

// An Event is something that happened.
type Event struct {
	// ID is where the event stands in its feed; empty for one that is not kept.
	ID string
	// Kind is one word.
	Kind string
	// Data is JSON.
	Data []byte
}

// A Feed is a series of events. All methods may be called by several goroutines at
// once.
type Feed struct {
	name string // that no other feed has, so that none is taken for another

	mu        sync.Mutex
	last      int // number of the last event
	events    []Event
	listeners map[*Listener]bool
	closed    bool
}

// New returns a feed in which nothing has happened.
func New() *Feed { return &Feed{name: rand.Text()[:8], listeners: map[*Listener]bool{}} }

// A Listener hears the events of a feed.
type Listener struct {
	// Events are those that happen. It is closed when the listener is too far behind,
	// or the feed ends.
	Events <-chan Event

	events chan Event
}

// Publish tells all listeners of an event, and keeps it for those who are away.
func (f *Feed) Publish(kind string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.last++
	e := Event{ID: f.id(f.last), Kind: kind, Data: data}
	if f.events = append(f.events, e); len(f.events) > kept {
		f.events[0] = Event{}
		f.events = f.events[1:]
	}
	for l := range f.listeners {
		select {
		case l.events <- e:
		default: // it comes back and catches up
			f.drop(l)
		}
	}
}

// Tell tells listeners of something that the next event makes void, such as how far a
// drawing is. It is not kept, and who is behind misses it.
func (f *Feed) Tell(kind string, data []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for l := range f.listeners {
		if len(l.events) < behind/2 {
			l.events <- Event{Kind: kind, Data: data} // only Publish sends too, with the lock
		}
	}
}

// Forget drops the events that are kept for those who were away.
func (f *Feed) Forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.events)
	f.events = nil
}

// Listen returns a listener, and what it has missed since the event with the ID: or
// caughtUp is false, if that is not known. at is the ID of the last event before those
// that the listener hears.
func (f *Feed) Listen(after string) (l *Listener, missed []Event, at string, caughtUp bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	events := make(chan Event, behind)
	l = &Listener{Events: events, events: events}
	if f.closed {
		close(events)
	} else {
		f.listeners[l] = true
	}
	missed, caughtUp = f.since(after)
	return l, missed, f.id(f.last), caughtUp
}

// since returns the events after the one with the ID.
func (f *Feed) since(id string) ([]Event, bool) {
	name, number, _ := strings.Cut(id, "-")
	n, err := strconv.Atoi(number)
	first := f.last - len(f.events) // the number before that of the first that is kept
	if err != nil || name != f.name || n < first || n > f.last {
		return nil, false
	}
	return append([]Event(nil), f.events[n-first:]...), true
}

// Leave ends a listener.
func (f *Feed) Leave(l *Listener) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listeners[l] {
		f.drop(l)
	}
}

// Listeners is how many there are.
func (f *Feed) Listeners() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.listeners)
}

// Close ends all listeners.
func (f *Feed) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	for l := range f.listeners {
		f.drop(l)
	}
}

// drop ends a listener. The lock must be held.
func (f *Feed) drop(l *Listener) {
	delete(f.listeners, l)
	close(l.events)
}

func (f *Feed) id(n int) string { return fmt.Sprintf("%s-%d", f.name, n) }
