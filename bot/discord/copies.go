package discord

import (
	"context"
	"errors"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
	"pentimento/session"
)

// targeted returns the message that a message command is about and which picture
// it shows.
func targeted(signer view.Signer, r *request) (messageID string, shown view.Handle, err error) {
	m := r.Data.Resolved.Messages[r.Data.TargetID]
	shown, ok := pictureOf(signer, &m)
	if !ok {
		err = bot.Problemf(bot.NotFound, "that message has no picture of mine")
	}
	return m.ID, shown, err
}

// pictureOf reads from a message of the bot's which picture it shows.
func pictureOf(signer view.Signer, m *object.Message) (view.Handle, bool) {
	var found view.Handle
	m.Components.Each(func(c object.Component) {
		if h, err := signer.Read(c.CustomID); err == nil && h.Turn != 0 && found.Turn == 0 {
			found = h
		}
	})
	return found, found.Turn != 0
}

// A copier has people continue pictures of others in sessions of their own.
type copier struct {
	conversations *turn.Conversations
	allow         func(prompt string) error
}

// copyLifetime is how long a copy may take.
const copyLifetime = time.Minute

// about makes the turn one about the picture that a component names: the owner's
// in the owner's session, anybody else's in a copy of their own.
func (c copier) about(t *turn.Turn, h view.Handle, channelID string) {
	if h.OwnedBy(t.Speaker.ID) {
		t.Key, t.Request.Turn, t.Request.Identity = h.Key(), int(h.Turn), &h.Identity
		return
	}
	t.Key = view.SessionKey(t.Speaker.ID, channelID)
	t.Before = func(ctx context.Context) (int, error) {
		return c.copy(ctx, h, t.Key, "fork "+t.Request.Event)
	}
}

// errWithdrawn keeps from others what somebody has deleted.
var errWithdrawn = bot.Problemf(bot.NotFound, "whoever made that picture has deleted it, or one on the way to it, so I don't give it to others")

// forOthers reports whether the session of a handle still has its picture, for
// somebody else than its owner.
func forOthers(s *session.Session, h view.Handle) error {
	if err := (bot.Request{Turn: int(h.Turn), Identity: &h.Identity}).About(s); err != nil {
		return err
	}
	withdrawn, err := s.IsWithdrawn(int(h.Turn))
	if withdrawn {
		return errWithdrawn
	}
	return err
}

// copy copies a picture and the way to it into another session, and returns the
// copy's turn.
func (c copier) copy(ctx context.Context, h view.Handle, to session.Key, event string) (int, error) {
	store, from := c.conversations.Pattern.Store, h.Key()
	had, err := store.Load(ctx, from)
	if err != nil {
		return 0, err
	}
	if err := forOthers(had, h); err != nil {
		return 0, err
	}
	code, err := store.Share(ctx, from, int(h.Turn), copyLifetime)
	if err != nil {
		return 0, err
	}
	s, err := c.conversations.Open(to).Copy(ctx, bot.Request{Event: event, Allow: c.allow}, code)
	if err := errors.Join(err, store.Revoke(context.WithoutCancel(ctx), from.User, code)); err != nil {
		return 0, err
	}
	return s.Head, nil
}
