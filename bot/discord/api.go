package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"
)

// api is the bot's side of Discord's REST interface, and the only place that
// calls discordgo.
//
// Every call has a discordgo session of its own: its rate limiter keeps an
// entry for each interaction for ever, and makes all users' answers wait for
// one another. The limits are kept by package limiter, below the client.
type api struct {
	token  string
	base   string // of tests; empty for Discord's own
	client *http.Client
	files  *http.Client
	app    string // the application's ID
}

// requestDeadline bounds a request with all its repetitions.
const requestDeadline = 2 * time.Minute

// newAPI returns the interface at base, "https://discord.com" if that is
// empty, reached by transport; files are fetched by connections.
func newAPI(token, base string, transport, connections http.RoundTripper) *api {
	return &api{token: token, base: base, client: &http.Client{Transport: &address{base: base, next: transport}}, files: newFiles(connections)}
}

// connections returns a transport that keeps enough connections open for a
// busy bot.
func connections() *http.Transport {
	return &http.Transport{
		Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: 128, MaxIdleConnsPerHost: 128, MaxConnsPerHost: 128,
		IdleConnTimeout: 90 * time.Second, TLSHandshakeTimeout: 10 * time.Second, ResponseHeaderTimeout: 30 * time.Second,
	}
}

// address sends requests to version 10 of the interface, which discordgo
// can only be told by a global variable, and to another host for tests.
type address struct {
	base string
	next http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (a *address) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.URL.Path = strings.Replace(r.URL.Path, "/api/v"+discordgo.APIVersion+"/", "/api/v10/", 1)
	if a.base != "" {
		scheme, host, _ := strings.Cut(a.base, "://")
		r.URL.Scheme, r.URL.Host, r.Host = scheme, host, ""
	}
	return a.next.RoundTrip(r)
}

// session is a discordgo session for one call.
func (a *api) session() *discordgo.Session {
	return &discordgo.Session{
		Token: "Bot " + a.token, Client: a.client, Ratelimiter: discordgo.NewRatelimiter(),
		UserAgent: "DiscordBot (https://github.com/pentimento, 1)",
	}
}

func (a *api) options(ctx context.Context) (context.CancelFunc, discordgo.RequestOption) {
	ctx, cancel := context.WithTimeout(ctx, requestDeadline)
	return cancel, discordgo.WithContext(ctx)
}

// upload is a file to send.
type upload struct {
	name string
	data []byte
}

// content is what a message shows: all of it, in place of what was there.
type content struct {
	text    string
	rows    []discordgo.MessageComponent
	files   []upload
	private bool // for the user alone, in answers to interactions
}

func (c content) parts() (rows []discordgo.MessageComponent, files []*discordgo.File) {
	for _, f := range c.files {
		kind := "image/png"
		switch {
		case strings.HasSuffix(f.name, ".jpg"):
			kind = "image/jpeg"
		case strings.HasSuffix(f.name, ".gif"):
			kind = "image/gif"
		case strings.HasSuffix(f.name, ".json"):
			kind = "application/json"
		}
		files = append(files, &discordgo.File{Name: f.name, ContentType: kind, Reader: bytes.NewReader(f.data)})
	}
	if rows = c.rows; rows == nil {
		rows = []discordgo.MessageComponent{}
	}
	return rows, files
}

// noMentions makes a message notify nobody, whatever its text says.
func noMentions() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// post writes an ordinary message; replyTo may be "".
func (a *api) post(ctx context.Context, channelID, replyTo string, c content) (string, error) {
	cancel, option := a.options(ctx)
	defer cancel()
	rows, files := c.parts()
	send := &discordgo.MessageSend{Content: c.text, Components: rows, Files: files, AllowedMentions: noMentions()}
	if replyTo != "" {
		softly := false
		send.Reference = &discordgo.MessageReference{MessageID: replyTo, ChannelID: channelID, FailIfNotExists: &softly}
	}
	m, err := a.session().ChannelMessageSendComplex(channelID, send, option)
	if err != nil {
		return "", explain("write a message", err)
	}
	return m.ID, nil
}

// edit replaces a message of the bot.
func (a *api) edit(ctx context.Context, channelID, messageID string, c content) error {
	bucket := discordgo.EndpointChannelMessage(channelID, "")
	_, err := a.patch(ctx, discordgo.EndpointChannelMessage(channelID, messageID), bucket, c)
	return explain("change a message", err)
}

// change is the body of an edit. It lists all attachments that the message is
// to have, the new ones too, as version 10 of the interface wants it; of
// discordgo's attachments it would send more than a request may hold.
type change struct {
	Content     string                            `json:"content"`
	Components  []discordgo.MessageComponent      `json:"components"`
	Attachments []listed                          `json:"attachments"`
	Mentions    *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
}

// listed is an attachment that comes with the request: its ID is the number of
// its file.
type listed struct {
	ID       string `json:"id"`
	Filename string `json:"filename"`
}

// patch replaces a message and returns its ID.
func (a *api) patch(ctx context.Context, url, bucket string, c content) (string, error) {
	cancel, option := a.options(ctx)
	defer cancel()
	rows, files := c.parts()
	body := change{Content: c.text, Components: rows, Attachments: []listed{}, Mentions: noMentions()}
	for n, f := range files {
		body.Attachments = append(body.Attachments, listed{strconv.Itoa(n), f.Name})
	}
	answer, err := a.sendChange(url, bucket, body, files, option)
	if err != nil {
		return "", err
	}
	var m message
	if err := json.Unmarshal(answer, &m); err != nil {
		return "", fmt.Errorf("read Discord's answer: %w", err)
	}
	return m.ID, nil
}

func (a *api) sendChange(url, bucket string, body change, files []*discordgo.File, option discordgo.RequestOption) ([]byte, error) {
	if len(files) == 0 {
		return a.session().RequestWithBucketID(http.MethodPatch, url, body, bucket, option)
	}
	kind, data, err := discordgo.MultipartBodyWithJSON(body, files)
	if err != nil {
		return nil, err
	}
	return a.session().RequestRaw(http.MethodPatch, url, kind, data, bucket, 0, option)
}

// remove deletes a message of the bot.
func (a *api) remove(ctx context.Context, channelID, messageID string) error {
	cancel, option := a.options(ctx)
	defer cancel()
	return explain("delete a message", a.session().ChannelMessageDelete(channelID, messageID, option))
}

// fetch returns a message, read by the bot's own eyes.
func (a *api) fetch(ctx context.Context, channelID, messageID string) (*message, error) {
	m := new(message)
	return m, a.get(ctx, discordgo.EndpointChannelMessage(channelID, messageID), m)
}

// channel returns a channel.
func (a *api) channel(ctx context.Context, id string) (channel, error) {
	var c channel
	return c, a.get(ctx, discordgo.EndpointChannel(id), &c)
}

// get reads an object.
func (a *api) get(ctx context.Context, url string, into any) error {
	cancel, option := a.options(ctx)
	defer cancel()
	data, err := a.session().RequestWithBucketID(http.MethodGet, url, nil, url, option)
	if err != nil {
		return explain("ask Discord", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("read Discord's answer: %w", err)
	}
	return nil
}

// openThread opens a thread at a message.
func (a *api) openThread(ctx context.Context, channelID, messageID, name string) (string, error) {
	cancel, option := a.options(ctx)
	defer cancel()
	thread, err := a.session().MessageThreadStartComplex(channelID, messageID, &discordgo.ThreadStart{Name: name, AutoArchiveDuration: 1440}, option)
	if err != nil {
		return "", explain("open a thread", err)
	}
	return thread.ID, nil
}

// respond gives the first answer to an interaction.
func (a *api) respond(ctx context.Context, i *interaction, r *discordgo.InteractionResponse) error {
	cancel, option := a.options(ctx)
	defer cancel()
	return explain("answer an interaction", a.session().InteractionRespond(&discordgo.Interaction{ID: i.ID, Token: i.Token}, r, option))
}

// original returns the ID of the message that the first answer made.
func (a *api) original(ctx context.Context, i *interaction) (string, error) {
	var m message
	err := a.get(ctx, discordgo.EndpointWebhookMessage(a.app, i.Token, "@original"), &m)
	return m.ID, err
}

// editOriginal replaces the message that the first answer made, and returns its
// ID.
func (a *api) editOriginal(ctx context.Context, i *interaction, c content) (string, error) {
	url := discordgo.EndpointWebhookMessage(a.app, i.Token, "@original")
	id, err := a.patch(ctx, url, discordgo.EndpointWebhookToken("", ""), c)
	return id, explain("change an answer", err)
}

// register replaces all of the bot's commands.
func (a *api) register(ctx context.Context, commands []*discordgo.ApplicationCommand) error {
	cancel, option := a.options(ctx)
	defer cancel()
	_, err := a.session().ApplicationCommandBulkOverwrite(a.app, "", commands, option)
	return explain("register the commands", err)
}

// application is what the bot is told about itself.
type application struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Flags int    `json:"flags"`
	Owner user   `json:"owner"`
	Team  *struct {
		OwnerID string `json:"owner_user_id"`
	} `json:"team"`
}

// The application's flags for the Message Content intent: granted to a
// verified bot, or switched on for a small one.
const messageContentFlags = 1<<18 | 1<<19

// about asks who the bot is.
func (a *api) about(ctx context.Context) (application, error) {
	var app application
	err := a.get(ctx, discordgo.EndpointAPI+"applications/@me", &app)
	return app, err
}

// gatewayBot asks where the gateway is, and for how many shards.
func (a *api) gatewayBot(ctx context.Context) (url string, shards int, err error) {
	var in struct {
		URL    string `json:"url"`
		Shards int    `json:"shards"`
	}
	err = a.get(ctx, discordgo.EndpointGatewayBot, &in)
	if err == nil && in.URL == "" {
		err = errors.New("find the gateway: Discord gave no address")
	}
	return in.URL, in.Shards, err
}

// starts is how often the bot may still identify itself today.
func (a *api) starts(ctx context.Context) (int, error) {
	var in struct {
		Limit struct {
			Remaining int `json:"remaining"`
		} `json:"session_start_limit"`
	}
	err := a.get(ctx, discordgo.EndpointGatewayBot, &in)
	return in.Limit.Remaining, err
}

// What Discord may answer that the bot acts on.
var (
	errToken      = errors.New("the token is not known to Discord: copy it again from the Bot page of the developer portal into DISCORD_TOKEN")
	errGone       = errors.New("it is gone, or was answered already")
	errPermission = errors.New("the bot is not allowed to do that here")
)

// explain names an error; discordgo's texts hold whole requests.
func explain(what string, err error) error {
	if err == nil {
		return nil
	}
	var rest *discordgo.RESTError
	if !errors.As(err, &rest) || rest.Response == nil {
		return fmt.Errorf("%s: %w", what, withoutURL(err))
	}
	detail := rest.Response.Status
	if rest.Message != nil && rest.Message.Message != "" {
		detail = fmt.Sprintf("%s (%d)", rest.Message.Message, rest.Message.Code)
	}
	switch rest.Response.StatusCode {
	case http.StatusUnauthorized:
		return fmt.Errorf("%s: %w", what, errToken)
	case http.StatusForbidden:
		return fmt.Errorf("%s: %w: %s", what, errPermission, detail)
	case http.StatusNotFound:
		return fmt.Errorf("%s: %w: %s", what, errGone, detail)
	}
	return fmt.Errorf("%s: %s", what, detail)
}

// withoutURL drops the address from an error of the client: those of webhooks
// hold tokens.
func withoutURL(err error) error {
	type hasURL interface{ Unwrap() error }
	var wrapped hasURL
	if strings.Contains(err.Error(), "http") && errors.As(err, &wrapped) {
		return wrapped.Unwrap()
	}
	return err
}
