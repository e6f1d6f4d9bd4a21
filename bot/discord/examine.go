package discord

import (
	"context"

	"pentimento/bot/discord/limiter"
)

// Account is what Discord says about a bot.
type Account struct {
	// ID of the application, and its name.
	ID, Name string
	// MessageContent tells whether the Message Content intent is switched on.
	MessageContent bool
	// Starts is how often the bot may still connect anew today.
	Starts int
}

// Examine asks Discord about the bot with the token; base is that of
// [Options].
func Examine(ctx context.Context, token, base string) (Account, error) {
	connections := connections()
	defer connections.CloseIdleConnections()
	a := newAPI(token, base, &limiter.Transport{Next: connections}, connections)
	app, err := a.about(ctx)
	if err != nil {
		return Account{}, err
	}
	starts, err := a.starts(ctx)
	return Account{ID: app.ID, Name: app.Name, MessageContent: app.Flags&messageContentFlags != 0, Starts: starts}, err
}
