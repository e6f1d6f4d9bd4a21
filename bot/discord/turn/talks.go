package turn

import (
	"log/slog"

	"pentimento/bot"
	"pentimento/bot/discord/state"
	"pentimento/session"
)

// Talks are the conversations as they are kept: with the options that their user
// set, and the question that was asked last.
type Talks struct {
	// Pattern has what all conversations have in common, with the options of
	// somebody who set none.
	Pattern bot.Conversation
	// State keeps options and questions.
	State *state.State
	Log   *slog.Logger
}

// Open is the conversation of a session.
func (k *Talks) Open(key session.Key) *bot.Conversation {
	c := k.Pattern
	c.Key, c.Options, c.Pending = key, k.State.Options(key, c.Options), k.State.Question(key)
	return &c
}

// KeepQuestion remembers what the conversation asks, also for the next process,
// if that is another question than before.
func (k *Talks) KeepQuestion(before, c *bot.Conversation) {
	if c.Pending == before.Pending {
		return
	}
	if err := k.State.SetQuestion(c.Key, c.Pending); err != nil {
		k.Log.Warn("a question is not remembered", "error", err)
	}
}

// MaxSteps keeps one user's picture from taking everybody's time.
const MaxSteps = 100

// KeepOptions remembers what the user set, unless it would have a picture take
// everybody's time.
func (k *Talks) KeepOptions(before, c *bot.Conversation) error {
	if c.Options == before.Options {
		return nil
	}
	if c.Options.Steps > max(before.Options.Steps, MaxSteps) {
		return bot.Problemf(bot.Refused, "I draw with up to %d steps here", MaxSteps)
	}
	return k.State.SetOptions(c.Key, c.Options)
}
