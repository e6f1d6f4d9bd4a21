// Package limiter sends a bot's requests to Discord: an [http.RoundTripper] that
// keeps within the rate limits, repeats requests that failed for a reason that
// passes, and stops before Discord bans the address.
//
// Start with [Transport.RoundTrip]; budget.go counts.
package limiter

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// ErrInvalidRequests says that Discord has refused so many requests of late that
// one more could have it ban the address.
var ErrInvalidRequests = errors.New("too many requests were refused in the last ten minutes; waiting so that Discord does not ban this address")

// Limits that Discord states, and what is used of them.
const (
	// perSecond is how many requests are sent in a second on all routes but
	// interactions, one after the other and not in bunches. Discord allows 50;
	// some take longer to arrive than others.
	perSecond = 40
	// invalidMost is how many answers 401, 403 or 429 are risked in invalidWindow;
	// Discord bans after 10,000.
	invalidMost   = 8000
	invalidWindow = 10 * time.Minute
	// attempts at one request.
	attempts = 5
	// firstBackoff is the shortest time before the second.
	firstBackoff = 250 * time.Millisecond
	// largestError is how much of an answer that failed is read.
	largestError = 64 << 10
)

// Transport sends requests with Next. The other fields may be zero.
type Transport struct {
	// Next sends a request once; http.DefaultTransport if nil.
	Next http.RoundTripper
	// Backoff is how long is waited before a request is repeated for the first time;
	// a quarter to half of a second if zero.
	Backoff time.Duration
	// Log gets a line for every request that is repeated.
	Log *slog.Logger

	mu      sync.Mutex
	rate    *rate.Limiter        // of all requests that are not free
	paused  time.Time            // the global limit was hit until then
	routes  map[string]time.Time // routes that are exhausted until then
	invalid window
}

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	route, name := routeOf(r)
	for attempt := 1; ; attempt++ {
		if err := t.admit(r.Context(), r, route); err != nil {
			return nil, err
		}
		once, err := again(r, attempt)
		if err != nil {
			return nil, err
		}
		response, err := t.send(once)
		wait, repeat := t.judge(r, route, response, err, attempt)
		if !repeat {
			return response, err
		}
		t.log(name, response, err, wait)
		if response != nil {
			drain(response)
		}
		if err := sleep(r.Context(), wait); err != nil {
			return nil, err
		}
	}
}

func (t *Transport) send(r *http.Request) (*http.Response, error) {
	if t.Next != nil {
		return t.Next.RoundTrip(r)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// again returns the request as it can be sent now: its body is read by every
// attempt.
func again(r *http.Request, attempt int) (*http.Request, error) {
	if attempt == 1 || r.Body == nil || r.Body == http.NoBody {
		return r, nil
	}
	if r.GetBody == nil {
		return nil, errors.New("a request that cannot be repeated")
	}
	body, err := r.GetBody()
	if err != nil {
		return nil, err
	}
	once := r.Clone(r.Context())
	once.Body = body
	return once, nil
}

// free reports whether the global limit does not count the request.
func free(r *http.Request) bool {
	return strings.Contains(r.URL.Path, "/interactions/") || strings.Contains(r.URL.Path, "/webhooks/")
}

// admit waits until the request may be sent.
func (t *Transport) admit(ctx context.Context, r *http.Request, route string) error {
	for {
		wait, err := t.enter(time.Now(), r, route)
		if err != nil || wait <= 0 {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// enter counts the request as sent now, or tells after what wait to ask again.
func (t *Transport) enter(now time.Time, r *http.Request, route string) (time.Duration, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.invalid.count(now) >= invalidMost {
		return 0, ErrInvalidRequests
	}
	wait := t.routes[route].Sub(now)
	if free(r) {
		return wait, nil
	}
	if wait = max(wait, t.paused.Sub(now)); wait > 0 {
		return wait, nil
	}
	return t.spaced(now), nil
}

// spaced counts a request as sent now, or tells how long it has to wait for
// those before it.
func (t *Transport) spaced(now time.Time) time.Duration {
	if t.rate == nil {
		t.rate = rate.NewLimiter(perSecond, 1)
	}
	place := t.rate.ReserveN(now, 1)
	wait := place.DelayFrom(now)
	if wait > 0 {
		place.CancelAt(now) // until then the route may be held back
	}
	return wait
}

// judge decides whether a request is repeated, and after what wait.
func (t *Transport) judge(r *http.Request, route string, response *http.Response, err error, attempt int) (time.Duration, bool) {
	backoff := firstBackoff
	if t.Backoff > 0 {
		backoff = t.Backoff
	}
	backoff <<= attempt - 1
	backoff += time.Duration(rand.Int64N(int64(backoff)))
	last := attempt >= attempts
	if err != nil {
		return backoff, !last && r.Context().Err() == nil && repeatable(r)
	}
	switch code := response.StatusCode; {
	case code == http.StatusTooManyRequests:
		wait := t.limited(route, response, backoff)
		return wait, !last
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		t.mu.Lock()
		t.invalid.add(time.Now())
		t.mu.Unlock()
	case code == http.StatusServiceUnavailable:
		return backoff, !last // nothing took the request
	case code >= 500:
		return backoff, !last && repeatable(r)
	}
	t.learn(route, response)
	return 0, false
}

// repeatable reports whether the request may be sent twice. The answer to an
// interaction may: Discord takes the first only.
func repeatable(r *http.Request) bool {
	return r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/callback")
}

// limited reads a 429, Discord's own or the web page of what stands before it,
// and holds the route, or everything, back.
func (t *Transport) limited(route string, response *http.Response, backoff time.Duration) time.Duration {
	body, err := io.ReadAll(io.LimitReader(response.Body, largestError))
	var in struct {
		RetryAfter float64 `json:"retry_after"`
		Global     bool    `json:"global"`
	}
	wait := backoff
	if err == nil && json.Unmarshal(body, &in) == nil && in.RetryAfter > 0 {
		wait = seconds(in.RetryAfter)
	} else if after, err := strconv.ParseFloat(response.Header.Get("Retry-After"), 64); err == nil && after > 0 {
		wait = seconds(after)
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(asJSON(body)), response.Body}
	t.mu.Lock()
	defer t.mu.Unlock()
	now := time.Now()
	if response.Header.Get("X-RateLimit-Scope") != "shared" {
		t.invalid.add(now)
	}
	if in.Global || response.Header.Get("X-RateLimit-Global") != "" {
		t.paused = now.Add(wait)
	} else {
		t.hold(route, now.Add(wait))
	}
	return wait
}

// asJSON is body, or the JSON that stands for a web page.
func asJSON(body []byte) []byte {
	if json.Valid(body) {
		return body
	}
	return []byte(`{"message":"rate limited","retry_after":1}`)
}

// learn holds a route back whose last request this was.
func (t *Transport) learn(route string, response *http.Response) {
	if response.Header.Get("X-RateLimit-Remaining") != "0" {
		return
	}
	after, err := strconv.ParseFloat(response.Header.Get("X-RateLimit-Reset-After"), 64)
	if err != nil || after <= 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hold(route, time.Now().Add(seconds(after)))
}

// hold keeps requests of the route back. Routes that are free again are
// forgotten, so that the map has only routes that are held back.
func (t *Transport) hold(route string, until time.Time) {
	if t.routes == nil {
		t.routes = map[string]time.Time{}
	}
	now := time.Now()
	for name, end := range t.routes {
		if end.Before(now) {
			delete(t.routes, name)
		}
	}
	t.routes[route] = until
}

// seconds bounds what a server may make the bot wait.
func seconds(s float64) time.Duration {
	return time.Duration(min(s, 600) * float64(time.Second))
}

func (t *Transport) log(name string, response *http.Response, err error, wait time.Duration) {
	if t.Log == nil {
		return
	}
	reason := fmt.Sprint(err)
	if response != nil {
		reason = response.Status
	}
	// A path may hold a token, the name does not.
	t.Log.Warn("a request to Discord is repeated", "route", name, "reason", reason, "after", wait.Round(time.Millisecond))
}

// drain reads the rest of an answer, so that its connection can be used again.
func drain(response *http.Response) {
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, largestError))
	_ = response.Body.Close()
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
