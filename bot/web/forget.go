package web

import (
	"context"

	"pentimento/bot"
	"pentimento/session"
)

// forgetting is the command of the table that deletes everything, with what is here of
// its user: turns that are being drawn end first.
func (s *Server) forgetting(user string, do func(context.Context, *bot.Conversation, bot.Request) (*bot.Answer, error)) func(context.Context, *bot.Conversation, bot.Request) (*bot.Answer, error) {
	return func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		for _, room := range s.rooms.of(user) {
			room.stopOthers(r.Event)
		}
		answer, err := do(ctx, c, r)
		s.shelf.forget(session.Key{User: user})
		for _, room := range s.rooms.of(user) {
			room.clear()
		}
		return answer, err
	}
}

// delete removes a conversation.
func (s *Server) deleteConversation(ctx context.Context, key session.Key) error {
	for _, room := range s.rooms.of(key.User) {
		if room.key == key {
			s.rooms.drop(room)
		}
	}
	s.shelf.forget(key)
	return s.o.Pattern.Store.Delete(ctx, key)
}
