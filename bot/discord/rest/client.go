// Package rest is the bot's side of Discord's REST interface, and the only place
// that calls discordgo.
//
// Start with [New]. Every call has a discordgo session of its own: the rate
// limiter of a session keeps an entry for each interaction for ever, and makes
// the answers to all users wait for one another. Package limiter, below the
// client, keeps Discord's limits instead.
package rest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot/discord/limiter"
)

// A Client sends requests to Discord. Its methods may be called by several
// goroutines at once.
type Client struct {
	token       string
	base        string // of tests; empty for Discord's own
	requests    *http.Client
	files       *http.Client
	connections *http.Transport
	limited     *limiter.Transport
}

// requestDeadline bounds a request with all its repetitions.
const requestDeadline = 2 * time.Minute

// New returns a client of the bot with the token. Base is the address of the
// interface, "https://discord.com" if it is empty. Close the client in the end.
func New(token, base string, log *slog.Logger) *Client {
	connections := &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 128, MaxIdleConnsPerHost: 128, MaxConnsPerHost: 128,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
	}
	limited := &limiter.Transport{Next: connections, Log: log}
	return &Client{
		token: token, base: base, connections: connections, limited: limited,
		requests: &http.Client{Transport: &address{base: base, next: limited}}, files: newFiles(connections),
	}
}

// RepeatAfter sets how long is waited before a request is repeated for the first
// time; call it before the first.
func (c *Client) RepeatAfter(d time.Duration) { c.limited.Backoff = d }

// Close closes the connections that are not in use.
func (c *Client) Close() { c.connections.CloseIdleConnections() }

// address sends requests to version 10 of the interface, which discordgo
// can only be told by a global variable, and to another host for tests.
type address struct {
	base string
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (a *address) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = strings.Replace(r.URL.Path, "/api/v"+discordgo.APIVersion+"/", "/api/v10/", 1)
	if a.base != "" {
		scheme, host, _ := strings.Cut(a.base, "://")
		r.URL.Scheme, r.URL.Host, r.Host = scheme, host, ""
	}
	return a.next.RoundTrip(r)
}

// session is a discordgo session for one call.
func (c *Client) session() *discordgo.Session {
	return &discordgo.Session{
		Token: "Bot " + c.token, Client: c.requests, Ratelimiter: discordgo.NewRatelimiter(),
		UserAgent: "DiscordBot (https://github.com/pentimento, 1)",
	}
}

// within bounds a request; cancel releases what that takes.
func within(ctx context.Context) (cancel context.CancelFunc, option discordgo.RequestOption) {
	ctx, cancel = context.WithTimeout(ctx, requestDeadline)
	return cancel, discordgo.WithContext(ctx)
}

// get reads an object.
func (c *Client) get(ctx context.Context, url string, into any) error {
	cancel, option := within(ctx)
	defer cancel()
	data, err := c.session().RequestWithBucketID(http.MethodGet, url, nil, url, option)
	if err != nil {
		return explain("ask Discord", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read Discord's answer: %w", err)
	}
	return nil
}

// What Discord may answer that callers act on.
var (
	ErrToken      = errors.New("the token is not known to Discord: copy it again from the Bot page of the developer portal into DISCORD_TOKEN")
	ErrGone       = errors.New("it is gone, or was answered already")
	ErrPermission = errors.New("the bot is not allowed to do that here")
	ErrRefused    = errors.New("refused by Discord")
)

// Refused reports whether Discord would refuse the same request again: it is in
// some way not as it has to be, is not allowed, or is about what is gone.
func Refused(err error) bool {
	return errors.Is(err, ErrRefused) || errors.Is(err, ErrPermission) || errors.Is(err, ErrGone)
}

// alreadyAcknowledged is Discord's code for a second answer to an interaction. It
// comes when the answer to the first was lost and the request was repeated.
const alreadyAcknowledged = 40060

// explain says in a line what failed; the texts of discordgo's errors hold
// whole requests.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) || rest.Response == nil {
		return fmt.Errorf("%s: %w", what, withoutURL(err))
	}
	detail := rest.Response.Status
	if rest.Message != nil && rest.Message.Message != "" {
		detail = fmt.Sprintf("%s (%d)", rest.Message.Message, rest.Message.Code)
	}
	switch rest.Response.StatusCode {
	case http.StatusUnauthorized:
		return fmt.Errorf("%s: %w", what, ErrToken)
	case http.StatusForbidden:
		return fmt.Errorf("%s: %w: %s", what, ErrPermission, detail)
	case http.StatusNotFound:
		return fmt.Errorf("%s: %w: %s", what, ErrGone, detail)
	case http.StatusTooManyRequests, http.StatusRequestTimeout:
	default:
		if rest.Response.StatusCode < http.StatusInternalServerError {
			return fmt.Errorf("%s: %w: %s", what, ErrRefused, detail)
		}
	}
	return fmt.Errorf("%s: %s", what, detail)
}

// withoutURL drops the address from an error of the client: those of webhooks
// hold tokens.
func withoutURL(err error) error {
	type hasURL interface{ Unwrap() error }
	var wrapped hasURL
	if strings.Contains(err.Error(), "http") && errors.As(err, &wrapped) {
		return wrapped.Unwrap()
	}
	return err
}
