package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
)

// An admission lets in those whom the bot serves, where it serves them.
type admission struct {
	policy policy.Policy
	state  *state.State
	places *places
	log    *slog.Logger
}

// admit returns a refusal for people and places that the bot doesn't serve.
func (a *admission) admit(who object.User, at policy.Place) error {
	switch blocked, err := a.state.Blocked(who.ID); {
	case err != nil:
		a.log.Error("who is blocked cannot be read", "error", err)
		return bot.Problemf(bot.Refused, "I can't remember anything just now. Try again in a minute")
	case blocked:
		return bot.Problemf(bot.Refused, "you may not use me here")
	}
	return a.policy.Admits(at)
}

// placeOf is where the interaction is.
func (a *admission) placeOf(ctx context.Context, i *object.Interaction) policy.Place {
	p := policy.Place{Guild: i.GuildID, Channel: i.ChannelID, Parent: i.Channel.ParentID, Private: i.Private(), Roles: i.Roles(), NSFW: i.Channel.NSFW}
	if i.Channel.Thread() && a.policy.AgeRestricted {
		ctx, cancel := context.WithTimeout(ctx, looking)
		defer cancel()
		p.NSFW = a.places.channel(ctx, i.Channel.ParentID).NSFW
	}
	return p
}

// placeOfMessage is where a message was written.
func (a *admission) placeOfMessage(ctx context.Context, m *object.Message) policy.Place {
	p := policy.Place{Guild: m.GuildID, Channel: m.ChannelID, Roles: m.Roles()}
	if m.GuildID != "" && (len(a.policy.Channels) > 0 || a.policy.AgeRestricted) {
		c := a.places.channel(ctx, m.ChannelID)
		p.Parent, p.NSFW = c.ParentID, c.NSFW
		if c.Thread() {
			p.NSFW = a.places.channel(ctx, c.ParentID).NSFW
		}
	}
	return p
}

// places remembers channels, which messages do not describe.
type places struct {
	api *rest.Client
	log *slog.Logger

	mu    sync.Mutex
	known map[string]object.Channel
}

// maxPlaces bounds the channels that are remembered.
const maxPlaces = 2000

// channel returns a channel; an empty one if it cannot be read.
func (p *places) channel(ctx context.Context, id string) object.Channel {
	p.mu.Lock()
	c, ok := p.known[id]
	p.mu.Unlock()
	if ok || id == "" {
		return c
	}
	c, err := p.api.Channel(ctx, id)
	if err != nil {
		p.log.Info("a channel cannot be read", "error", err)
		return object.Channel{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= maxPlaces {
		clear(p.known)
	}
	p.known[id] = c
	return c
}

// changed forgets what is remembered of a channel: it may be no longer
// age-restricted.
func (p *places) changed(data json.RawMessage) {
	var c object.Channel
	if err := json.Unmarshal(data, &c); err != nil {
		p.log.Warn("a change of a channel cannot be read", "error", err)
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.known, c.ID)
}
