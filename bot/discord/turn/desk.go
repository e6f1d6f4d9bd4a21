package turn

import (
	"context"
	"sync"

	"pentimento/bot"
)

// A Desk bounds how many pages are put together at once: sheets and films of many
// pictures, each of which takes tens of megabytes until it is sent.
type Desk struct {
	places chan struct{}

	mu    sync.Mutex
	users map[string]int // pages that are asked for and not sent
}

const (
	// pagesAtOnce is how many pages are put together at once, pagesPerUser how many
	// a user may have asked for.
	pagesAtOnce  = 2
	pagesPerUser = 3
)

// errManyPages refuses one more.
var errManyPages = bot.Problemf(bot.Limited, "I am still putting together what you asked for before; wait for that")

// NewDesk returns a desk.
func NewDesk() *Desk {
	return &Desk{places: make(chan struct{}, pagesAtOnce), users: map[string]int{}}
}

// enter waits for a place, which must be left in the end. The error is
// errManyPages if the user has asked for as many as they may, or ctx's.
func (d *Desk) enter(ctx context.Context, user string) (leave func(), err error) {
	if !d.count(user) {
		return nil, errManyPages
	}
	select {
	case d.places <- struct{}{}:
		return func() { <-d.places; d.discount(user) }, nil
	case <-ctx.Done():
		d.discount(user)
		return nil, ctx.Err()
	}
}

func (d *Desk) count(user string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users[user] >= pagesPerUser {
		return false
	}
	d.users[user]++
	return true
}

func (d *Desk) discount(user string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.users[user]--; d.users[user] == 0 {
		delete(d.users, user)
	}
}
