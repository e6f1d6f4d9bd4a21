package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"sync"

	"pentimento/bot/discord/gateway"
	"pentimento/bot/discord/object"
)

// receive acts on an event without holding up the next.
func (b *Bot) receive(ctx context.Context, app string, shard int, e gateway.Event) {
	switch e.Type {
	case "READY":
		b.ready(app, e.Data)
		b.shards.set(shard, true)
	case "RESUMED":
		b.shards.set(shard, true)
	case "CHANNEL_UPDATE":
		b.places.changed(e.Data)
	case "INTERACTION_CREATE":
		var i object.Interaction
		if err := json.Unmarshal(e.Data, &i); err != nil {
			b.o.Log.Warn("an interaction that cannot be read", "error", err)
			return
		}
		if b.seen.add(i.ID) {
			arrival := b.arrivals.Join(i.By().ID, i.ChannelID)
			b.do(func() { b.router.serve(ctx, &i, arrival) })
		}
	case "MESSAGE_CREATE":
		var m object.Message
		if err := json.Unmarshal(e.Data, &m); err != nil {
			b.o.Log.Warn("a message that cannot be read", "error", err)
			return
		}
		if b.seen.add(m.ID) {
			arrival := b.arrivals.Join(m.Author.ID, m.ChannelID)
			b.do(func() { b.listener.hear(ctx, &m, arrival) })
		}
	}
}

// do does something beside everything else. A fault in it ends nothing else.
func (b *Bot) do(what func()) {
	b.busy.Add(1)
	b.work.Go(func() {
		defer b.busy.Add(-1)
		defer func() {
			if fault := recover(); fault != nil {
				b.o.Log.Error("a request ended in a fault", "fault", fault, "stack", string(debug.Stack()))
			}
		}()
		what()
	})
}

// ready notes who the bot is.
func (b *Bot) ready(app string, data json.RawMessage) {
	var in struct {
		User   object.User `json:"user"`
		Guilds []struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		b.o.Log.Warn("READY cannot be read", "error", err)
		return
	}
	b.identity.set(in.User.ID)
	b.o.Log.Info("connected to Discord", "as", in.User.Username, "servers", len(in.Guilds))
	if b.o.Ready != nil {
		b.o.Ready(Invite(app))
	}
}

// Invite is the link that adds the bot to a server, or to somebody's account.
func Invite(app string) string {
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&scope=bot+applications.commands&permissions=%d", app, uint64(object.InvitePermissions))
}

// recent remembers the last events, so that one that is delivered twice is
// acted on once.
type recent struct {
	mu    sync.Mutex
	known map[string]bool
	ring  []string
	next  int
}

func newRecent(size int) *recent {
	return &recent{known: make(map[string]bool, size), ring: make([]string, size)}
}

// add reports whether the ID is new.
func (r *recent) add(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[id] {
		return false
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = id
	r.known[id] = true
	r.next = (r.next + 1) % len(r.ring)
	return true
}
