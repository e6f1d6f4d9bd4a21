package discord

import (
	"context"
	"errors"
	"log/slog"
	"strings"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/session"
)

// addressing tells which messages are said to the bot: those in a direct chat, in
// a session's thread by its owner or by somebody who has a session of their own
// there, in a reply to one of the bot's messages, and with a mention.
type addressing struct {
	identity *identity
	api      *rest.Client
	state    *state.State
	store    session.Store
	running  *turn.Running
	log      *slog.Logger
}

// repliedTo is the bot's message that m replies to; nil if it replies to none.
func (a addressing) repliedTo(ctx context.Context, m *object.Message, self string) *object.Message {
	if m.Reference == nil || m.Type != object.ReplyMessage {
		return nil
	}
	to := m.Referenced
	if to == nil {
		var err error
		if to, err = a.api.Message(ctx, m.ChannelID, m.Reference.MessageID); err != nil {
			if !errors.Is(err, rest.ErrGone) {
				a.log.Info("the message replied to cannot be read", "error", err)
			}
			return nil
		}
	}
	if to.Author.ID != self {
		return nil
	}
	return to
}

// addressed reports whether a message is said to the bot. What it reads of the
// turn's session it leaves to the turn.
func (a addressing) addressed(ctx context.Context, m *object.Message, self string, replied *object.Message, t *turn.Turn) bool {
	if m.GuildID == "" || replied != nil || hasMention(m, self) {
		return true
	}
	switch owner := a.state.ThreadOwner(m.ChannelID); owner {
	case "":
		return false
	case m.Author.ID:
		return true
	}
	// Somebody who has a session of their own in the thread.
	asOf := a.running.Ended()
	s, err := a.store.Load(ctx, t.Key)
	if err != nil || s.Head == 0 {
		return false
	}
	t.Found(s, asOf)
	return true
}

func hasMention(m *object.Message, self string) bool {
	for _, u := range m.Mentions {
		if u.ID == self && (strings.Contains(m.Content, "<@"+self+">") || strings.Contains(m.Content, "<@!"+self+">")) {
			return true
		}
	}
	return false
}
