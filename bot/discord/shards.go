package discord

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"pentimento/bot/discord/gateway"
)

// Shards are those of a bot that one process serves: First to Last, of as many
// as Of. Discord tells each shard about a part of the servers, and the first
// about direct messages. The zero value is all, as many as Discord recommends.
type Shards struct{ First, Last, Of int }

// maxShards is how many a bot may have.
const maxShards = 10_000

// UnmarshalText reads "2/8", the third of eight, or "0-3/8".
func (s *Shards) UnmarshalText(text []byte) error {
	numbers, of, ok := strings.Cut(string(text), "/")
	first, last, more := strings.Cut(numbers, "-")
	if !more {
		last = first
	}
	var out Shards
	for field, number := range map[*int]string{&out.First: first, &out.Last: last, &out.Of: of} {
		n, err := strconv.Atoi(number)
		ok = ok && err == nil
		*field = n
	}
	if !ok || out.First < 0 || out.First > out.Last || out.Last >= out.Of || out.Of > maxShards {
		return fmt.Errorf("shards are %q: give one as 2/8, counted from 0, or some as 0-3/8", text)
	}
	*s = out
	return nil
}

// String is what UnmarshalText reads; empty for all.
func (s Shards) String() string {
	switch {
	case s.Of == 0:
		return ""
	case s.First == s.Last:
		return fmt.Sprintf("%d/%d", s.First, s.Of)
	}
	return fmt.Sprintf("%d-%d/%d", s.First, s.Last, s.Of)
}

// of is the shards in full, for a bot that is recommended to have so many.
func (s Shards) of(recommended int) Shards {
	if s.Of == 0 {
		return Shards{0, max(1, recommended) - 1, max(1, recommended)}
	}
	return s
}

// cares reports whether a process with these shards looks after what one with
// those has left: itself before a restart, or one of another division.
func (s Shards) cares(those string) bool {
	_, of, _ := strings.Cut(those, "/")
	return s.Of == 0 || those == s.String() || of != strconv.Itoa(s.Of)
}

// shard is the connection of shard n of so many. The gateway is at url first.
func (b *Bot) shard(n, of int, url string, gate *identifyGate) *gateway.Client {
	intents := gateway.Guilds | gateway.GuildMessages | gateway.DirectMessages
	if !b.o.NoMessageContent {
		intents |= gateway.MessageContent
	}
	return &gateway.Client{
		Token: b.o.Token, Intents: intents, Shard: n, Shards: of, Log: b.o.Log, Backoff: b.o.Backoff, Deadline: b.o.Deadline,
		URL: func(ctx context.Context) (string, error) {
			if url != "" {
				first := url
				url = "" // asked anew from the second time on
				return first, nil
			}
			again, _, err := b.api.Gateway(ctx)
			return again, err
		},
		Identify: gate.wait,
		Lost:     func() { b.shards.set(n, false) },
	}
}

// connections are which of the process's shards are connected.
type connections struct {
	mu sync.Mutex
	up map[int]bool
}

// set notes that a shard is connected, or not any more.
func (c *connections) set(shard int, up bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.up[shard] = up
}

// errNotConnected says that the bot hears nothing of what people say.
var errNotConnected = errors.New("not connected to Discord")

// check returns an error unless all shards are connected.
func (c *connections) check() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.up) == 0 {
		return errNotConnected
	}
	for _, up := range c.up {
		if !up {
			return errNotConnected
		}
	}
	return nil
}

// identifyGate lets one shard identify itself in five seconds, as Discord
// allows.
type identifyGate struct {
	every time.Duration

	mu   sync.Mutex
	next time.Time
}

// identifyEvery is the time between two IDENTIFYs.
const identifyEvery = 5 * time.Second

func (g *identifyGate) wait(ctx context.Context) error {
	g.mu.Lock()
	start := time.Now()
	if g.next.After(start) {
		start = g.next
	}
	g.next = start.Add(g.every)
	g.mu.Unlock()
	timer := time.NewTimer(time.Until(start))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
