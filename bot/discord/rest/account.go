package rest

import (
	"context"
	"errors"
	"log/slog"
	"strconv"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot/discord/object"
)

// Register replaces all commands of the application.
func (c *Client) Register(ctx context.Context, app string, commands []*discordgo.ApplicationCommand) error {
	cancel, option := within(ctx)
	defer cancel()
	_, err := c.session().ApplicationCommandBulkOverwrite(app, "", commands, option)
	return explain("register the commands", err)
}

// Application asks who the bot is.
func (c *Client) Application(ctx context.Context) (object.Application, error) {
	var app object.Application
	err := c.get(ctx, discordgo.EndpointAPI+"applications/@me", &app)
	return app, err
}

// gateway is where and how often a bot may connect.
type gateway struct {
	URL    string `json:"url"`
	Shards int    `json:"shards"`
	Limit  struct {
		Remaining int `json:"remaining"`
	} `json:"session_start_limit"`
}

// Gateway asks where the gateway is, and for how many shards.
func (c *Client) Gateway(ctx context.Context) (url string, shards int, err error) {
	var in gateway
	err = c.get(ctx, discordgo.EndpointGatewayBot, &in)
	if err == nil && in.URL == "" {
		err = errors.New("find the gateway: Discord gave no address")
	}
	return in.URL, in.Shards, err
}

// An Account is what Discord says about a bot.
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

// messageContentFlags are the application's flags for the Message Content
// intent: granted to a verified bot, or switched on for a small one.
const messageContentFlags = 1<<18 | 1<<19

// Examine asks Discord about the bot with the token; base is as in [New].
func Examine(ctx context.Context, token, base string) (Account, error) {
	c := New(token, base, slog.New(slog.DiscardHandler))
	defer c.Close()
	app, err := c.Application(ctx)
	if err != nil {
		return Account{}, err
	}
	out := Account{ID: app.ID, Name: app.Name, MessageContent: app.Flags&messageContentFlags != 0}
	var in gateway
	if err := c.get(ctx, discordgo.EndpointGatewayBot, &in); err != nil {
		return out, err
	}
	out.Starts = in.Limit.Remaining
	out.Servers, err = c.servers(ctx)
	return out, err
}

// servers asks where the bot is, and what it may do there.
func (c *Client) servers(ctx context.Context) ([]Server, error) {
	var in []struct {
		Name        string `json:"name"`
		Permissions string `json:"permissions"`
	}
	if err := c.get(ctx, discordgo.EndpointUserGuilds("@me")+"?limit=200", &in); err != nil {
		return nil, err
	}
	out := make([]Server, len(in))
	for i, one := range in {
		had, err := strconv.ParseUint(one.Permissions, 10, 64)
		if err != nil || had&object.Administrator != 0 {
			had = object.InvitePermissions
		}
		out[i] = Server{Name: one.Name, Missing: missing(had)}
	}
	return out, nil
}

// missing are the names of the permissions that the bot needs and does not have.
func missing(had uint64) []string {
	var out []string
	for _, p := range []struct {
		bit  uint64
		name string
	}{
		{object.ViewChannel, "View Channels"}, {object.SendMessages, "Send Messages"}, {object.EmbedLinks, "Embed Links"},
		{object.AttachFiles, "Attach Files"}, {object.ReadHistory, "Read Message History"},
		{object.CreateThreads, "Create Public Threads"}, {object.SendInThreads, "Send Messages in Threads"},
	} {
		if had&p.bit == 0 {
			out = append(out, p.name)
		}
	}
	return out
}
