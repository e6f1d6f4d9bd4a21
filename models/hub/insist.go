package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// passing is a fault that may be gone at the next try.
type passing struct {
	err error
	// after is how long the hub wants to be left alone; 0 if it did not say.
	after time.Duration
	// moved: more is known of the file than before.
	moved bool
}

func (p *passing) Error() string { return p.err.Error() }
func (p *passing) Unwrap() error { return p.err }

// Limits of waiting.
const (
	maxPause = 30 * time.Second // between tries
	maxAfter = 5 * time.Minute  // that a hub may ask for
)

// insist tries until it succeeds, fails for good, or has failed too often without
// any progress.
func (c *Client) insist(ctx context.Context, try func(context.Context) error) error {
	pause := c.patience.Pause
	for tries := 1; ; tries++ {
		err := try(ctx)
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		fault, again := errors.AsType[*passing](err)
		if !again {
			return err
		}
		if fault.moved {
			tries, pause = 1, c.patience.Pause
		}
		if fault.after > maxAfter {
			return fmt.Errorf("%w; the hub wants to be asked again in %v", err, fault.after)
		}
		if tries >= c.patience.Tries {
			return fmt.Errorf("%w (tried %d times)", err, tries)
		}
		c.log.Warn("the hub is asked again", "after", max(pause, fault.after), "err", err)
		if err := sleep(ctx, max(pause, fault.after)); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}

// sleep waits, or returns why it does not.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// retryAfter is what an answer's header says, in seconds or as a date.
func retryAfter(h http.Header) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(0, time.Until(at).Round(time.Second))
	}
	return 0
}

// errStalled says that nothing arrived for too long.
var errStalled = errors.New("the hub has sent nothing for too long")

// A watch ends a context when nothing happens for a time.
type watch struct {
	cancel  context.CancelFunc
	timer   *time.Timer
	stall   time.Duration
	stalled atomic.Bool
}

func newWatch(parent context.Context, stall time.Duration) (context.Context, *watch) {
	ctx, cancel := context.WithCancel(parent)
	w := &watch{cancel: cancel, stall: stall}
	w.timer = time.AfterFunc(stall, func() { w.stalled.Store(true); cancel() })
	return ctx, w
}

// alive says that something happened.
func (w *watch) alive() { w.timer.Reset(w.stall) }

func (w *watch) stop() {
	w.timer.Stop()
	w.cancel()
}

// fault is a failed exchange: all that connections do may be gone at the next
// try. Addresses are left out, since those of redirects are signed.
func (w *watch) fault(err error) error {
	if outer, ok := errors.AsType[*url.Error](err); ok {
		err = outer.Err
	}
	switch unknown, ok := errors.AsType[*net.DNSError](err); {
	case w.stalled.Load():
		err = errStalled
	case ok && unknown.IsNotFound:
		return fmt.Errorf("there is no host %s: is this machine on the network? HF_ENDPOINT may have the address of a mirror", unknown.Name)
	case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF):
		err = errCut
	}
	return &passing{err: err}
}

// errCut says that an answer ended before its end.
var errCut = errors.New("the connection was cut")
