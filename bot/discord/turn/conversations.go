package turn

import (
	"log/slog"

	"pentimento/bot"
	"pentimento/bot/discord/state"
	"pentimento/session"
)

// Conversations are kept between turns: with the options that their user set, and
// the question that was asked last.
type Conversations struct {
	// Pattern has what all conversations have in common. Its options are those of
	// users who did not set any.
	Pattern bot.Conversation
	// State keeps options and questions.
	State *state.State
	Log   *slog.Logger
}

// Open returns the conversation of a session as it was left.
func (c *Conversations) Open(key session.Key) *bot.Conversation {
	out := c.Pattern
	out.Key, out.Options, out.Pending = key, c.State.Options(key, out.Options), c.State.Question(key)
	return &out
}

// KeepQuestion remembers the question that the conversation asks now, so that the
// next process knows it too.
func (c *Conversations) KeepQuestion(before, now *bot.Conversation) {
	if now.Pending == before.Pending {
		return
	}
	if err := c.State.SetQuestion(now.Key, now.Pending); err != nil {
		c.Log.Warn("a question is not remembered", "error", err)
	}
}

// KeepOptions remembers the options that the user has set. It refuses those that would
// take everybody's time.
func (c *Conversations) KeepOptions(before, now *bot.Conversation) error {
	if now.Options == before.Options {
		return nil
	}
	if err := now.Options.AffordableAfter(before.Options); err != nil {
		return err
	}
	return c.State.SetOptions(now.Key, now.Options)
}
