package discord

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"pentimento/bot"
)

// hear acts on a message if it is said to the bot: in a direct chat, in a
// session's thread by its owner, in a reply to one of the bot's messages, or
// with a mention.
func (b *Bot) hear(ctx context.Context, m *message) {
	b.mu.Lock()
	self := b.self
	b.mu.Unlock()
	if m.Author.Bot || m.WebhookID != "" || m.Author.ID == self || m.Type != plainMessage && m.Type != replyMessage {
		return
	}
	replied := b.repliedTo(ctx, m, self)
	if !b.addressed(ctx, m, self, replied) {
		return
	}
	if err := b.admit(ctx, m.Author, b.placeOfMessage(ctx, m)); err != nil {
		b.say(ctx, m, b.sentence(err))
		return
	}
	text := utterance(m.Content, self)
	switch {
	case text == "" && len(m.Attachments) > 0:
		b.say(ctx, m, "I don't read files or pictures in messages; say in words what you would like to see. `/"+b.shown(importCommand)+"` takes what `/"+b.shown(exportCommand)+"` gave.")
		return
	case text == "" && m.GuildID != "" && !b.hasMention(m, self):
		b.explainIntent(ctx, m)
		return
	case text == "":
		b.say(ctx, m, "Say what you would like to see, or what to change: “make her hair red”.")
		return
	case b.isDraining():
		b.say(ctx, m, "I take no new pictures just now; try again in a few minutes.")
		return
	}
	b.converse(ctx, m, text, replied)
}

// converse makes a turn of what was said.
func (b *Bot) converse(ctx context.Context, m *message, text string, replied *message) {
	t := &turn{
		speaker: m.Author, key: sessionKey(m.Author.ID, m.ChannelID),
		asked: bot.Request{Author: m.Author.ID, Event: m.ID},
		where: &channelSurface{api: b.api, channel: m.ChannelID, replyTo: m.ID},
	}
	if m.Member != nil {
		t.roles = m.Member.Roles
	}
	if replied != nil {
		if h, ok := b.pictureOf(replied); ok {
			b.speakOf(t, h, m.ChannelID)
		}
	}
	b.saying(t, cut(text, maxPrompt))
	if err := b.unspeakable(t); err != nil {
		b.say(ctx, m, b.sentence(err))
		return
	}
	b.play(ctx, t)
}

// speakOf makes the turn one about the picture that a component names:
// the owner's in the owner's session, anybody else's in a copy of their own.
func (b *Bot) speakOf(t *turn, h handle, channelID string) {
	key := sessionKey(snowflakeText(h.Owner), snowflakeText(h.Place))
	if key.User == t.speaker.ID {
		t.key, t.asked.Turn = key, int(h.Turn)
		return
	}
	t.key = sessionKey(t.speaker.ID, channelID)
	t.first = func(ctx context.Context) (err error) {
		t.asked.Turn, err = b.copyTurn(ctx, key, int(h.Turn), t.key, "fork "+t.asked.Event)
		return err
	}
}

// repliedTo is the bot's message that m replies to; nil if it replies to none.
func (b *Bot) repliedTo(ctx context.Context, m *message, self string) *message {
	if m.Reference == nil || m.Type != replyMessage {
		return nil
	}
	to := m.Referenced
	if to == nil {
		var err error
		if to, err = b.api.fetch(ctx, m.ChannelID, m.Reference.MessageID); err != nil {
			if !errors.Is(err, errGone) {
				b.log.Info("the message replied to cannot be read", "error", err)
			}
			return nil
		}
	}
	if to.Author.ID != self {
		return nil
	}
	return to
}

// addressed reports whether a message is said to the bot.
func (b *Bot) addressed(ctx context.Context, m *message, self string, replied *message) bool {
	if m.GuildID == "" || replied != nil || b.hasMention(m, self) {
		return true
	}
	switch owner := b.state.get(bucketThreads, m.ChannelID); {
	case owner == nil:
		return false
	case string(owner) == m.Author.ID:
		return true
	}
	// Somebody who has a session of their own in the thread.
	s, err := b.o.Store.Load(ctx, sessionKey(m.Author.ID, m.ChannelID))
	return err == nil && s.Head != 0
}

func (b *Bot) hasMention(m *message, self string) bool {
	for _, u := range m.Mentions {
		if u.ID == self && (strings.Contains(m.Content, "<@"+self+">") || strings.Contains(m.Content, "<@!"+self+">")) {
			return true
		}
	}
	return false
}

// utterance is what was said, without the mention of the bot.
func utterance(text, self string) string {
	for _, mention := range []string{"<@" + self + ">", "<@!" + self + ">"} {
		text = strings.ReplaceAll(text, mention, " ")
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
}

// placeOfMessage is where a message was written.
func (b *Bot) placeOfMessage(ctx context.Context, m *message) place {
	p := place{guild: m.GuildID, channel: m.ChannelID}
	if m.Member != nil {
		p.roles = m.Member.Roles
	}
	if m.GuildID != "" && (len(b.o.Policy.Channels) > 0 || b.o.Policy.AgeRestricted) {
		c := b.channel(ctx, m.ChannelID)
		p.parent, p.nsfw = c.ParentID, c.NSFW
		if c.thread() {
			p.nsfw = b.channel(ctx, c.ParentID).NSFW
		}
	}
	return p
}

// maxPlaces bounds the channels that are remembered.
const maxPlaces = 2000

// channel returns a channel; an empty one if it cannot be read.
func (b *Bot) channel(ctx context.Context, id string) channel {
	b.mu.Lock()
	c, ok := b.places[id]
	b.mu.Unlock()
	if ok || id == "" {
		return c
	}
	c, err := b.api.channel(ctx, id)
	if err != nil {
		b.log.Info("a channel cannot be read", "error", err)
		return channel{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.places) >= maxPlaces {
		clear(b.places)
	}
	b.places[id] = c
	return c
}

// channelChanged forgets what is remembered of a channel: it may be no longer
// age-restricted.
func (b *Bot) channelChanged(data json.RawMessage) {
	var c channel
	if err := json.Unmarshal(data, &c); err != nil {
		b.log.Warn("a change of a channel cannot be read", "error", err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.places, c.ID)
}

// say answers a message with a sentence.
func (b *Bot) say(ctx context.Context, m *message, text string) {
	if _, err := b.api.post(ctx, m.ChannelID, m.ID, content{text: cut(text, maxContent)}); err != nil {
		b.log.Warn("no answer can be written", "error", err)
	}
}

// explainIntent says, once in a channel, how to talk to a bot that is not
// told what people write.
func (b *Bot) explainIntent(ctx context.Context, m *message) {
	b.mu.Lock()
	known := b.warned[m.ChannelID]
	if len(b.warned) >= maxPlaces {
		clear(b.warned)
	}
	b.warned[m.ChannelID] = true
	self := b.self
	b.mu.Unlock()
	if !known {
		b.say(ctx, m, "I can't read messages here, because the Message Content intent is off. "+
			"Mention me (<@"+self+"> make her hair red), reply to a picture with the ping on, use /edit, or the buttons.")
	}
}
