// Package hub fetches models from a model hub: huggingface.co, or a mirror that
// speaks the same interface. [Client.Repository] lists what a repository has,
// [Repository.Choose] says which of it a model needs, [Client.Fetch] brings that
// into a folder.
//
// What a hub answers is not trusted: names stay inside the folder, a file is as
// long as was announced, and it counts only when its sum is the announced one.
package hub

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Endpoint is the usual hub.
const Endpoint = "https://huggingface.co"

// A Config says which hub a [Client] talks to, and how.
type Config struct {
	// Endpoint is the hub's address; "" is [Endpoint].
	Endpoint string
	// Token is the account's, "" for none. It goes to the endpoint alone, and
	// not to where that redirects.
	Token string
	// Cache is the folder in which the hub's own tools keep files; what lies
	// there is not fetched again. "" for none.
	Cache string
	// Agent names the program to the hub.
	Agent string
	// Log hears of what is tried again; nil for nobody.
	Log *slog.Logger
	// Patience is how long faults are endured; zero fields are the usual ones.
	Patience Patience
}

// Patience says how long a client waits for a hub.
type Patience struct {
	// Stall is how long nothing may arrive before the connection counts as
	// lost; Pause is the wait before the second try, which doubles with each.
	Stall, Pause time.Duration
	// Tries is how often something is tried that makes no progress.
	Tries int
}

// usual fills in what is not given.
func (p Patience) usual() Patience {
	if p.Stall == 0 {
		p.Stall = 30 * time.Second
	}
	if p.Pause == 0 {
		p.Pause = time.Second
	}
	if p.Tries == 0 {
		p.Tries = 6
	}
	return p
}

// A Client talks to one hub. It may be used by one goroutine at a time.
type Client struct {
	endpoint *url.URL
	http     *http.Client
	token    string
	agent    string
	cache    string
	log      *slog.Logger
	patience Patience
}

// maxHeaderBytes bounds the header of an answer.
const maxHeaderBytes = 256 << 10

// NewClient returns a client, which is closed after use.
func NewClient(c Config) (*Client, error) {
	if c.Endpoint == "" {
		c.Endpoint = Endpoint
	}
	endpoint, err := url.Parse(strings.TrimRight(c.Endpoint, "/"))
	if err != nil || endpoint.Host == "" || (endpoint.Scheme != "https" && endpoint.Scheme != "http") || endpoint.User != nil {
		return nil, errors.New("the hub's address is not one like " + Endpoint)
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, errors.New("the hub's token has spaces or other signs in it that no token has: copy the token alone")
	}
	if c.Token != "" && endpoint.Scheme == "http" && !loopback(endpoint.Hostname()) {
		return nil, fmt.Errorf("a token is not sent to %s without encryption: give the address with https, or no token", endpoint.Host)
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{
		endpoint: endpoint, token: c.Token, agent: c.Agent, cache: c.Cache, log: c.Log, patience: c.Patience.usual(),
		http: &http.Client{
			Transport: &http.Transport{
				Proxy:                  http.ProxyFromEnvironment,
				MaxResponseHeaderBytes: maxHeaderBytes,
				DisableCompression:     true, // a part of a compressed file is no part of the file
				ForceAttemptHTTP2:      true,
			},
			// Each hop is looked at: see get.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// loopback reports whether a host is this machine.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Close gives back the client's connections.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}
