package hub

import (
	"errors"
	"fmt"
	"net/http"
)

// Why a hub gives nothing. The errors around them say what to do.
var (
	ErrNotFound = errors.New("is not there")
	ErrGated    = errors.New("wants its licence accepted")
	ErrToken    = errors.New("takes no such token")
)

// refused is one of the errors above in a sentence of its own.
type refused struct {
	kind error
	text string
}

func (r refused) Error() string { return r.text }
func (r refused) Unwrap() error { return r.kind }

// check makes an error of an answer that is none to the question.
func (c *Client) check(r *http.Response, q question) error {
	status := r.StatusCode
	switch {
	case status == http.StatusOK, status == http.StatusPartialContent, redirects(r):
		return linked(r, q.file)
	case status == http.StatusRequestedRangeNotSatisfiable && q.from > 0:
		return errRange
	case status == http.StatusTooManyRequests || status == http.StatusRequestTimeout || status == http.StatusTooEarly || status >= 500:
		return &passing{err: fmt.Errorf("%s answers with %d %s", r.Request.URL.Host, status, http.StatusText(status)), after: retryAfter(r.Header)}
	case !c.own(r.Request.URL):
		// The address was signed for a time; the hub has a new one.
		return &passing{err: fmt.Errorf("%s answers with %d %s", r.Request.URL.Host, status, http.StatusText(status))}
	}
	return c.refusal(r, q)
}

// refusal says what a hub's own refusal means, and what to do.
func (c *Client) refusal(r *http.Response, q question) error {
	page := c.endpoint.String() + "/" + q.ref.repository()
	code, status := r.Header.Get("X-Error-Code"), r.StatusCode
	switch {
	case code == "GatedRepo" && c.token == "":
		return refused{ErrGated, fmt.Sprintf("its licence has to be accepted first: do so at %s, and put a token of your account (%s/settings/tokens) into the variable HF_TOKEN", page, c.endpoint)}
	case code == "GatedRepo":
		return refused{ErrGated, fmt.Sprintf("the account of HF_TOKEN has no access to it: accept its licence at %s, or wait until its owners admit you, and see that the token may read gated repositories", page)}
	case status == http.StatusUnauthorized && c.token != "" && code != "RepoNotFound":
		return refused{ErrToken, "the hub does not accept the token in HF_TOKEN: it has expired, or was not copied whole"}
	case code == "RevisionNotFound":
		return refused{ErrNotFound, fmt.Sprintf("%s has no revision %q: %s/tree/main shows which it has", q.ref.repository(), q.ref.Revision, page)}
	case q.file != nil && status == http.StatusNotFound:
		return refused{ErrNotFound, "the hub has listed it and does not have it: begin again"}
	case (status == http.StatusUnauthorized || status == http.StatusNotFound) && c.token == "":
		return refused{ErrNotFound, fmt.Sprintf("the hub has no such model, or it is private: look at the spelling; for a private one put a token of your account (%s/settings/tokens) into the variable HF_TOKEN", c.endpoint)}
	case status == http.StatusUnauthorized || status == http.StatusNotFound:
		return refused{ErrNotFound, "the hub has no such model, or the account of HF_TOKEN may not see it: look at the spelling"}
	case status == http.StatusForbidden:
		return refused{ErrGated, fmt.Sprintf("the hub does not give it to you: %s may say why, and a token in HF_TOKEN has to be allowed to read repositories", page)}
	}
	return fmt.Errorf("the hub answers with %d %s", status, http.StatusText(status))
}
