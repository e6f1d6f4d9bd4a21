package turn

import (
	"context"
	"sync"
)

// Arrivals have what somebody asks for in one channel be taken in in the order
// in which it came, however long it takes to find out what each is. The zero value
// is empty.
type Arrivals struct {
	mu   sync.Mutex
	last map[string]*Arrival
}

// An Arrival is the place of one request among those of its channel.
type Arrival struct {
	before <-chan struct{} // closed when the one before has passed; nil for none
	passed chan struct{}
	pass   func()
}

// Join puts a request behind those that came before it by the same person in the
// same channel. It must pass in the end.
func (a *Arrivals) Join(user, channel string) *Arrival {
	name := user + "/" + channel
	one := &Arrival{passed: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last == nil {
		a.last = map[string]*Arrival{}
	}
	if last := a.last[name]; last != nil {
		one.before = last.passed
	}
	a.last[name] = one
	one.pass = sync.OnceFunc(func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		close(one.passed)
		if a.last[name] == one {
			delete(a.last, name)
		}
	})
	return one
}

// wait waits until all that came before have passed.
func (a *Arrival) wait(ctx context.Context) {
	if a == nil || a.before == nil {
		return
	}
	select {
	case <-a.before:
	case <-ctx.Done():
	}
}

// Pass lets those go on that came after. It may be called more than once.
func (a *Arrival) Pass() {
	if a != nil {
		a.pass()
	}
}
