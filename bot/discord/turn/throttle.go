package turn

import (
	"context"
	"sync"
	"time"

	"pentimento/bot/discord/object"
)

// throttle shows the latest of many states, one in showEvery.
type throttle struct {
	mu     sync.Mutex
	next   *object.Content
	wake   chan struct{}
	done   chan struct{}
	ended  chan struct{}
	ending sync.Once
}

// showEvery is the time between two edits of a message that waits, showWithin
// how long one may take.
const (
	showEvery  = 1500 * time.Millisecond
	showWithin = 10 * time.Second
)

func newThrottle(ctx context.Context, show func(object.Content)) *throttle {
	t := &throttle{wake: make(chan struct{}, 1), done: make(chan struct{}), ended: make(chan struct{})}
	go func() {
		defer close(t.ended)
		timer := time.NewTimer(showEvery)
		defer timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.done:
				return
			case <-timer.C:
			}
			select {
			case <-ctx.Done():
				return
			case <-t.done:
				return
			case <-t.wake:
			}
			t.mu.Lock()
			c := t.next
			t.mu.Unlock()
			show(*c)
			timer.Reset(showEvery)
		}
	}()
	return t
}

// set makes c what is shown next.
func (t *throttle) set(c object.Content) {
	t.mu.Lock()
	t.next = &c
	t.mu.Unlock()
	select {
	case t.wake <- struct{}{}:
	default:
	}
}

// stop waits for what is being shown; nothing is shown after it.
func (t *throttle) stop() {
	t.ending.Do(func() { close(t.done) })
	<-t.ended
}
