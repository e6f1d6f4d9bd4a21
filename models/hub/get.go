package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// ErrChanged says that the hub has another file than it announced.
var ErrChanged = errors.New("the hub has another file now than it announced: begin again")

// A question is what a hub is asked for.
type question struct {
	ref         Ref
	path, query string
	// from is the first byte that is wanted, of a file.
	from int64
	// file is the one that is wanted; nil for other questions.
	file *File
}

// An answer is the body of what a hub answers. Reading from it keeps its watch
// alive.
type answer struct {
	*http.Response
	watch *watch
}

func (a answer) Read(p []byte) (int, error) {
	n, err := a.Body.Read(p)
	if n > 0 {
		a.watch.alive()
	}
	if err != nil && err != io.EOF {
		err = a.watch.fault(err)
	}
	return n, err
}

func (a answer) close() { _ = a.Body.Close() } // what was read was checked

// maxHops is how often a hub may send somebody elsewhere.
const maxHops = 8

// get asks, and follows to where the hub keeps its files. The token goes to the
// hub itself alone. Errors that may pass are of type *passing.
func (c *Client) get(ctx context.Context, w *watch, q question) (answer, error) {
	next, err := url.Parse(c.endpoint.String() + q.path)
	if err != nil {
		return answer{}, fmt.Errorf("ask %s: %w", c.endpoint.Host, err)
	}
	next.RawQuery = q.query
	for range maxHops {
		response, err := c.ask(ctx, next, q.from)
		if err != nil {
			return answer{}, w.fault(err)
		}
		w.alive()
		if err := c.check(response, q); err != nil {
			_ = response.Body.Close()
			return answer{}, err
		}
		if !redirects(response) {
			return answer{response, w}, nil
		}
		_ = response.Body.Close()
		if next, err = onward(response); err != nil {
			return answer{}, err
		}
	}
	return answer{}, errors.New("the hub sends from one address to the next without end")
}

// ask sends one request.
func (c *Client) ask(ctx context.Context, to *url.URL, from int64) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, to.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", c.agent)
	if from > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	if c.token != "" && c.own(to) {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	return c.http.Do(request)
}

// own reports whether an address is the hub's own.
func (c *Client) own(u *url.URL) bool {
	return u.Scheme == c.endpoint.Scheme && strings.EqualFold(u.Host, c.endpoint.Host)
}

// redirects reports whether an answer names another address.
func redirects(r *http.Response) bool {
	switch r.StatusCode {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// onward is the address that an answer names. It is not less safe than the one
// that was asked.
func onward(r *http.Response) (*url.URL, error) {
	next, err := r.Location()
	if err != nil {
		return nil, errors.New("the hub sends to an address that is none")
	}
	was := r.Request.URL.Scheme
	if next.Host == "" || next.User != nil || (next.Scheme != "https" && (next.Scheme != "http" || was != "http")) {
		return nil, fmt.Errorf("the hub sends to an address that is not followed (%s://%s)", next.Scheme, next.Host)
	}
	return next, nil
}

// linked compares what a hub says of a file before it sends somewhere else with
// what it announced.
func linked(r *http.Response, f *File) error {
	if f == nil || f.Sum.git {
		return nil
	}
	etag := strings.Trim(strings.TrimPrefix(r.Header.Get("X-Linked-Etag"), "W/"), `"`)
	if sum := (Sum{hex: etag}); sum.valid() && sum != f.Sum {
		return ErrChanged
	}
	if size := r.Header.Get("X-Linked-Size"); size != "" && size != fmt.Sprint(f.Size) {
		return ErrChanged
	}
	return nil
}
