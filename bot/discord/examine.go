package discord

import (
	"context"
	"strconv"

	"github.com/bwmarrin/discordgo"

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
	// Servers are those that the bot was added to, the first 200.
	Servers []Server
}

// A Server is one that the bot was added to.
type Server struct {
	// Name of the server.
	Name string
	// Missing are the permissions that the bot needs and does not have there,
	// as Discord calls them. Channels may take more away.
	Missing []string
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
	out := Account{ID: app.ID, Name: app.Name, MessageContent: app.Flags&messageContentFlags != 0}
	if out.Starts, err = a.starts(ctx); err != nil {
		return out, err
	}
	out.Servers, err = a.servers(ctx)
	return out, err
}

// servers asks where the bot is, and what it may do there.
func (a *api) servers(ctx context.Context) ([]Server, error) {
	var in []struct {
		Name        string `json:"name"`
		Permissions string `json:"permissions"`
	}
	if err := a.get(ctx, discordgo.EndpointUserGuilds("@me")+"?limit=200", &in); err != nil {
		return nil, err
	}
	out := make([]Server, len(in))
	for i, one := range in {
		had, err := strconv.ParseUint(one.Permissions, 10, 64)
		if err != nil || had&administrator != 0 {
			had = invitePermissions
		}
		out[i] = Server{Name: one.Name, Missing: missing(had)}
	}
	return out, nil
}

// missing are the names of the permissions that the bot needs and has not.
func missing(had uint64) []string {
	var out []string
	for _, p := range []struct {
		bit  uint64
		name string
	}{
		{viewChannel, "View Channels"}, {sendMessages, "Send Messages"}, {embedLinks, "Embed Links"}, {attachFiles, "Attach Files"},
		{readHistory, "Read Message History"}, {createThreads, "Create Public Threads"}, {sendInThreads, "Send Messages in Threads"},
	} {
		if had&p.bit == 0 {
			out = append(out, p.name)
		}
	}
	return out
}
