// Package discord is the bot: the conversation as people on Discord hold it.
//
// Start with [Bot.Run]. The way of a request through the package: events.go
// decodes what Discord tells, interactions.go (commands, buttons, modals) and
// messages.go (free text) find out what is asked, of which picture of whom;
// every answer that needs drawing becomes a turn (turn.go), one ordinary
// message that lives from its place in the queue to the picture, across a
// restart of the bot (resume.go). views.go is
// what messages look like, ids.go the signed state that buttons carry,
// policy.go who may do what. api.go alone calls discordgo; packages gateway
// and limiter keep the connection and the rate limits.
package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/gateway"
	"pentimento/bot/discord/limiter"
	"pentimento/jobs"
	"pentimento/session"
)

// Options are what a bot is made of.
type Options struct {
	// Token is the bot's, from the environment.
	Token string
	// Model is the one that draws, Planner understands, Store keeps the sessions.
	Model   bot.Model
	Planner bot.Planner
	Store   session.Store
	// Queue is where pictures wait to be drawn, and those who draw take them
	// from.
	Queue jobs.Queue
	// Shared says that those who draw are other processes: what is in the queue
	// when Run ends goes on being drawn, and the next Run answers with it.
	Shared bool
	// PerUser is how many turns a user may have waiting or being drawn; 5 if
	// zero.
	PerUser int
	// Shards are those that this process serves; the zero value is all.
	Shards Shards
	// Memory keeps what the bot remembers beside the sessions. [Bot.Close]
	// closes it; if New fails it is the caller's.
	Memory Memory
	// Observer is told what turns take; nil for nobody.
	Observer Observer
	// Clock is the world's time and chance.
	Clock bot.Clock
	// Defaults are the hyper-parameters of somebody who set none.
	Defaults bot.Options
	// Policy is who may do what.
	Policy Policy
	// Checker looks at every picture before it is shown; nil for nobody.
	Checker Checker
	// Rename gives commands other names.
	Rename map[string]string
	// NoMessageContent does without the Message Content intent.
	NoMessageContent bool
	// Log is where to log.
	Log *slog.Logger
	// Base is the address of the REST interface; https://discord.com if empty.
	Base string
	// Backoff and Deadline are those of gateway.Client. IdentifyEvery is the time
	// between two shards that identify themselves; 5 s, as Discord wants it, if
	// zero.
	Backoff, Deadline, IdentifyEvery time.Duration
	// Ready is called with the invite link whenever a connection stands; nil
	// for nobody.
	Ready func(invite string)
}

// Bot is the bot. Make one with [New] and let it [Bot.Run].
type Bot struct {
	o      Options
	log    *slog.Logger
	api    *api
	state  *state
	signer signer
	seen   *recent
	line   *line

	refusals refusals
	verdicts verdicts

	work sync.WaitGroup

	connections *http.Transport
	// speaking ends when nothing can be told any more.
	speaking context.Context

	mu       sync.Mutex
	self     string // the bot's user ID
	admins   []string
	turns    map[string]*turn // by message
	draining bool
	warned   map[string]bool // channels in which the missing intent was explained
	places   map[string]channel
	began    time.Time
	shards   map[int]bool // the shards that are connected
}

// New returns a bot; it is not connected yet. Close it in the end.
func New(o Options) (*Bot, error) {
	if err := checkRenames(o.Rename); err != nil {
		return nil, err
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.PerUser == 0 {
		o.PerUser = 5
	}
	if o.IdentifyEvery == 0 {
		o.IdentifyEvery = identifyEvery
	}
	if o.Observer == nil {
		o.Observer = nobody{}
	}
	st := &state{memory: o.Memory, log: o.Log}
	key, err := st.signingKey()
	if err != nil {
		return nil, err
	}
	connections := connections()
	transport := &limiter.Transport{Next: connections, Log: o.Log}
	return &Bot{
		o: o, log: o.Log, api: newAPI(o.Token, o.Base, transport, connections), state: st, signer: signer{key}, seen: newRecent(8192), line: newLine(),
		turns: map[string]*turn{}, warned: map[string]bool{},
		places: map[string]channel{}, began: o.Clock.Now(), connections: connections, shards: map[int]bool{},
	}, nil
}

// Close releases what the bot remembers.
func (b *Bot) Close() error {
	b.connections.CloseIdleConnections()
	return b.state.close()
}

// Drain is how long turns that are being drawn may go on after Run's context
// has ended.
const Drain = 20 * time.Second

// lastWords is how long the messages of what was not drawn may take.
const lastWords = 5 * time.Second

// Run answers what the last Run left in the queue, then connects and answers
// until ctx ends. Then what is in a shared queue is left there; otherwise
// running turns have [Drain] to finish, and the messages of the others say that
// they were not drawn. The error is nil after that, or says what to fix.
func (b *Bot) Run(ctx context.Context) error {
	app, url, shards, err := b.prepare(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	// Turns outlive the connection by the time that they may take to finish.
	working, stop := context.WithCancelCause(context.WithoutCancel(ctx))
	defer stop(nil)
	var hush context.CancelFunc
	b.speaking, hush = context.WithCancel(context.WithoutCancel(ctx))
	defer hush()
	if err := b.resume(ctx, working); err != nil {
		return err
	}
	connected, disconnect := context.WithCancel(ctx)
	defer disconnect()
	mine := b.o.Shards.of(shards)
	failures := make(chan error, mine.Of)
	gate := &identifyGate{every: b.o.IdentifyEvery}
	for n := mine.First; n <= mine.Last; n++ {
		client := b.shard(working, app.ID, url, n, mine.Of, gate)
		go func() { failures <- client.Run(connected) }()
	}
	for n := mine.First; n <= mine.Last; n++ {
		if failure := <-failures; failure != nil {
			err = errors.Join(err, failure)
			disconnect()
		}
	}
	b.finish(stop, hush)
	return err
}

// prepare does what comes before the connection, and asks where to connect to.
func (b *Bot) prepare(ctx context.Context) (app application, url string, shards int, err error) {
	if app, err = b.start(ctx); err != nil {
		return app, "", 0, err
	}
	url, shards, err = b.api.gatewayBot(ctx)
	return app, url, shards, err
}

// start asks who the bot is and registers its commands if they have changed.
func (b *Bot) start(ctx context.Context) (application, error) {
	app, err := b.api.about(ctx)
	if err != nil {
		return app, err
	}
	b.api.app = app.ID
	b.mu.Lock()
	b.self = app.ID
	b.admins = append([]string(nil), b.o.Policy.Admins...)
	if app.Owner.ID != "" {
		b.admins = append(b.admins, app.Owner.ID)
	}
	if app.Team != nil {
		b.admins = append(b.admins, app.Team.OwnerID)
	}
	b.mu.Unlock()
	return app, b.register(ctx)
}

// register registers the commands if they differ from those that were
// registered last.
func (b *Bot) register(ctx context.Context) error {
	list := commands(b.o.Rename)
	sum, err := digest(list)
	if err != nil {
		return err
	}
	sum = b.api.app + " " + sum
	if string(b.state.get(bucketMeta, "commands")) == sum {
		return nil
	}
	if err := b.api.register(ctx, list); err != nil {
		return err
	}
	b.log.Info("registered the commands", "commands", len(list))
	return b.state.put(bucketMeta, "commands", []byte(sum))
}

// handle acts on an event without holding up the next.
func (b *Bot) handle(ctx context.Context, app string, shard int, e gateway.Event) {
	switch e.Type {
	case "READY":
		b.ready(app, e.Data)
		b.connected(shard, true)
	case "RESUMED":
		b.connected(shard, true)
	case "CHANNEL_UPDATE":
		b.channelChanged(e.Data)
	case "INTERACTION_CREATE":
		var i interaction
		if err := json.Unmarshal(e.Data, &i); err != nil {
			b.log.Warn("an interaction that cannot be read", "error", err)
			return
		}
		if b.seen.add(i.ID) {
			b.work.Go(func() { b.guard(func() { b.interact(ctx, &i) }) })
		}
	case "MESSAGE_CREATE":
		var m message
		if err := json.Unmarshal(e.Data, &m); err != nil {
			b.log.Warn("a message that cannot be read", "error", err)
			return
		}
		if b.seen.add(m.ID) {
			b.work.Go(func() { b.guard(func() { b.hear(ctx, &m) }) })
		}
	}
}

// guard keeps a fault in one request from ending all others.
func (b *Bot) guard(do func()) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("a request ended in a fault", "fault", r, "stack", string(debug.Stack()))
		}
	}()
	do()
}

// ready notes who the bot is.
func (b *Bot) ready(app string, data json.RawMessage) {
	var in struct {
		User   user `json:"user"`
		Guilds []struct {
			ID string `json:"id"`
		} `json:"guilds"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		b.log.Warn("READY cannot be read", "error", err)
		return
	}
	b.mu.Lock()
	b.self = in.User.ID
	b.mu.Unlock()
	b.log.Info("connected to Discord", "as", in.User.Username, "servers", len(in.Guilds))
	if b.o.Ready != nil {
		b.o.Ready(Invite(app))
	}
}

// Invite is the link that adds the bot to a server, or to somebody's account.
func Invite(app string) string {
	return fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=%s&scope=bot+applications.commands&permissions=%d", app, uint64(invitePermissions))
}

// finish lets turns end, or leaves them in the queue.
func (b *Bot) finish(stop context.CancelCauseFunc, hush context.CancelFunc) {
	b.mu.Lock()
	b.draining = true
	for _, t := range b.turns {
		switch {
		case b.lasting(t):
			t.cancel(jobs.ErrDetached)
		case !t.drawing:
			t.cancel(errStopping)
		}
	}
	b.mu.Unlock()
	drained := time.AfterFunc(Drain, func() { stop(errStopping) })
	defer drained.Stop()
	told := time.AfterFunc(Drain+lastWords, hush)
	defer told.Stop()
	b.work.Wait()
}

// recent remembers the last events, so that one that is delivered twice is
// acted on once.
type recent struct {
	mu    sync.Mutex
	known map[string]bool
	ring  []string
	next  int
}

func newRecent(size int) *recent {
	return &recent{known: make(map[string]bool, size), ring: make([]string, size)}
}

// add reports whether the ID is new.
func (r *recent) add(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known[id] {
		return false
	}
	delete(r.known, r.ring[r.next])
	r.ring[r.next] = id
	r.known[id] = true
	r.next = (r.next + 1) % len(r.ring)
	return true
}
