// Package gateway keeps a bot connected to Discord's gateway: it identifies
// itself, beats its heart, takes the session up again after every kind of loss
// and hands over events.
//
// Every wait has a deadline, so that the client never hangs, whatever the other
// side does. The goroutines of a connection end with it.
//
// Start with [Client.Run]; connection.go is the life of one websocket.
package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/gorilla/websocket"
)

// The intents that a conversation needs: guilds, messages in guilds and direct
// messages; MessageContent is privileged.
const (
	Guilds         = 1 << 0
	GuildMessages  = 1 << 9
	DirectMessages = 1 << 12
	MessageContent = 1 << 15
)

// An Event is something that happened.
type Event struct {
	// Type is Discord's name, "MESSAGE_CREATE".
	Type string
	// Data is its JSON.
	Data json.RawMessage
}

// Client is one shard's place at the gateway. The fields must not be changed
// once it runs.
type Client struct {
	// Token of the bot, without "Bot ".
	Token string
	// Intents to ask for.
	Intents int
	// Shard is the number of this shard, counted from 0, Shards how many there are.
	Shard, Shards int
	// URL finds the gateway's address.
	URL func(context.Context) (string, error)
	// Identify is called before every IDENTIFY and waits until Discord allows
	// one, which is every five seconds; nil does not wait.
	Identify func(context.Context) error
	// Handle gets every event in the order of arrival. It must not block.
	Handle func(Event)
	// Lost is called when a connection has ended; it may be nil.
	Lost func()
	// Log gets a line for every loss.
	Log *slog.Logger
	// Deadline bounds opening a connection up to READY; 60 s if zero.
	Deadline time.Duration
	// Backoff is the wait after the first failure in a row; it doubles, with
	// jitter, up to 64 times. 1 s if zero.
	Backoff time.Duration

	session session
}

// session is what RESUME needs.
type session struct {
	id  string
	url string // resume_gateway_url
	seq int64
}

// FatalError says that Discord will not have the bot until somebody has
// changed something.
type FatalError struct {
	// Code that Discord closed the connection with.
	Code int
}

// Error says what to change.
func (e *FatalError) Error() string {
	switch e.Code {
	case 4004:
		return "the token is not known to Discord: copy it again from the Bot page of the developer portal into DISCORD_TOKEN"
	case 4010:
		return "Discord refuses the shard: its number must be less than the number of shards"
	case 4011:
		return "the bot is in too many servers for one shard: let the number of shards be chosen automatically"
	case 4012:
		return "Discord no longer speaks this version of its interface: update Pentimento"
	case 4013:
		return "Discord does not know one of the intents: update Pentimento"
	case 4014:
		return "the Message Content intent is not granted: switch it on on the Bot page of the developer portal, or run with --no-message-content"
	}
	return fmt.Sprintf("Discord closed the connection for good (%d)", e.Code)
}

// fatal reports whether a close code means that trying again is useless.
func fatal(code int) bool { return code == 4004 || code >= 4010 && code <= 4014 }

// Run stays connected until ctx ends, and returns nil then. If Discord refuses
// the bot, the error is a [*FatalError].
func (c *Client) Run(ctx context.Context) error {
	failures := 0
	for {
		ready, err := c.connect(ctx)
		if c.Lost != nil {
			c.Lost()
		}
		if ctx.Err() != nil {
			return nil
		}
		var closed *websocket.CloseError
		if errors.As(err, &closed) {
			if fatal(closed.Code) {
				return &FatalError{closed.Code}
			}
			if closed.Code == 4007 || closed.Code == 4009 {
				c.session = session{} // an invalid seq, a session timed out
			}
		}
		if ready {
			failures = 0
		}
		wait := c.wait(failures)
		failures++
		c.Log.Warn("the connection to Discord was lost", "shard", c.Shard, "error", err, "again_in", wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// wait is how long to wait after that many failures in a row.
func (c *Client) wait(failures int) time.Duration {
	base := c.Backoff
	if base == 0 {
		base = time.Second
	}
	full := base << min(failures, 6)
	return full/2 + time.Duration(rand.Int64N(int64(full/2)+1))
}

func (c *Client) deadline() time.Duration {
	if c.Deadline == 0 {
		return time.Minute
	}
	return c.Deadline
}
