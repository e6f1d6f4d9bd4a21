// Package discord is the bot: the conversation as people on Discord hold it.
//
// Start with [Bot.Run]. The way of a request: receive.go decodes an event;
// admission.go refuses people and places that the bot does not serve; router.go
// calls the handler that routes.go names; the handler (conversing.go, sharing.go,
// settings.go, forget.go, help.go, admin.go) finds out what is asked, of which
// picture of whom, and returns a turn; acknowledge.go answers Discord at once;
// and package turn carries the turn out, in one message that lives from its place
// in the queue to the picture. Messages go the same way by messages.go, if
// addressing.go says that they are for the bot. docs/design.md lists the steps.
//
// The handlers know requests and turns, and not how anything looks or is sent:
// package view has what messages look like, policy who may do what, state what
// the bot remembers, rest the requests to Discord, and object Discord's objects.
// Packages gateway and limiter keep the connection and the rate limits.
package discord

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/gateway"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
	"pentimento/bot/gate"
)

// Bot is the bot. Make one with [New] and let it [Bot.Run].
type Bot struct {
	o        Options
	api      *rest.Client
	state    *state.State
	identity *identity
	places   *places
	runner   *turn.Runner
	router   *router
	listener *listener
	shards   *connections
	seen     *recent
	arrivals turn.Arrivals
	work     sync.WaitGroup
	// busy counts what work waits for: a group that is waited for takes nothing new.
	busy atomic.Int64
}

// New returns a bot; it is not connected yet. Close it in the end.
func New(o Options) (*Bot, error) {
	o = o.complete()
	if err := checkRenames(o.Commands, o.Rename); err != nil {
		return nil, err
	}
	remembered, err := state.Open(o.Records, o.Log)
	if err != nil {
		return nil, err
	}
	api := rest.New(o.Token, o.Base, o.Log)
	if o.Backoff > 0 {
		api.RepeatAfter(o.Backoff)
	}
	style := view.Style{Signer: view.NewSigner(remembered.SigningKey()), Renamed: o.Rename}
	b := &Bot{
		o: o, api: api, state: remembered, identity: &identity{},
		places: &places{api: api, log: o.Log, known: map[string]object.Channel{}},
		runner: newRunner(o, remembered, style),
		shards: &connections{up: map[int]bool{}}, seen: newRecent(8192),
	}
	b.addHandlers(style)
	return b, nil
}

// newRunner returns what carries out the bot's turns.
func newRunner(o Options, remembered *state.State, style view.Style) *turn.Runner {
	pictures := gate.New(gate.Options{Checker: o.Checker, HideAll: o.Policy.Spoiler, HideUnsafe: o.Policy.HideUnsafe, Log: o.Log})
	pattern := bot.Conversation{
		Store: o.Store, Planner: o.Planner, Model: o.Model, Others: o.Others, Queue: o.Queue, Clock: o.Clock, Options: o.Defaults, Gate: pictures,
	}
	return &turn.Runner{
		Conversations: &turn.Conversations{Pattern: pattern, State: remembered, Log: o.Log},
		Quota:         turn.Quota{Policy: o.Policy, State: remembered, Now: o.Clock.Now}, PerUser: o.PerUser,
		Desk: turn.NewDesk(), Running: turn.NewRunning(o.Shared), State: remembered, Shards: o.Shards.String(),
		Style: style, Backoff: o.Backoff, Report: turn.NewReport(o.Observer, o.Clock.Now, o.Log), Log: o.Log,
	}
}

// addHandlers has requests and messages handled as [handlers.routes] says.
func (b *Bot) addHandlers(style view.Style) {
	o, running, report := b.o, b.runner.Running, b.runner.Report
	admission := &admission{policy: o.Policy, state: b.state, places: b.places, log: o.Log}
	acknowledger := &acknowledger{policy: o.Policy, running: running, report: report, state: b.state, note: b.runner.Note, log: o.Log}
	copies := copier{conversations: b.runner.Conversations, allow: o.Policy.Allows}
	eraser := eraser{running: running, queue: o.Queue, store: o.Store, state: b.state}
	h := handlers{
		conversing: conversing{table: o.Commands, style: style, store: o.Store, copies: copies, running: running},
		sharing:    sharing{table: o.Commands, style: style, conversations: b.runner.Conversations, runner: b.runner, report: report, log: o.Log},
		settings:   settings{conversations: b.runner.Conversations},
		forgetting: forgetting{eraser: eraser, style: style, report: report, log: o.Log},
		help:       help{table: o.Commands, style: style},
		operators:  operators{identity: b.identity, eraser: eraser, state: b.state, quota: b.runner.Quota, began: o.Clock.Now(), log: o.Log},
	}
	b.router = newRouter(o.Commands, b.api, admission, acknowledger, b.runner)
	h.routes(b.router)
	edit, _ := bot.Named(o.Commands, "edit")
	b.listener = &listener{
		addressing: addressing{identity: b.identity, api: b.api, state: b.state, store: o.Store, running: running, log: o.Log},
		edit:       edit, style: style, admission: admission, acknowledger: acknowledger, copies: copies, runner: b.runner,
		api: b.api, log: o.Log, warned: map[string]bool{},
	}
}

// Close releases what the bot remembers.
func (b *Bot) Close() error {
	b.api.Close()
	return b.state.Close()
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
	app, err := b.start(ctx)
	var url string
	var shards int
	if err == nil {
		url, shards, err = b.api.Gateway(ctx)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	// What is said outlives the connection by the time that turns may take to
	// finish.
	speaking, hush := context.WithCancel(context.WithoutCancel(ctx))
	defer hush()
	left, loose, err := b.runner.Resume(ctx, b.api, b.o.Shards.cares)
	if err != nil {
		return err
	}
	b.runner.Again = func(name string, m state.OpenMessage) {
		b.do(func() { b.runner.Tidy(ctx, b.api, name, m) })
	}
	for name, m := range loose {
		b.runner.Again(name, m)
	}
	for _, t := range left {
		b.do(func() { b.runner.Run(speaking, t) })
	}
	err = b.connect(ctx, speaking, app, url, shards)
	b.finish(hush)
	return err
}

// start asks who the bot is and registers its commands if they have changed.
func (b *Bot) start(ctx context.Context) (app string, err error) {
	about, err := b.api.Application(ctx)
	if err != nil {
		return "", err
	}
	b.identity.learn(about, b.o.Policy.Admins)
	return about.ID, register(ctx, b.api, b.state, about.ID, registered(b.o.Commands, b.o.Rename), b.o.Log)
}

// connect keeps the bot's shards connected until ctx ends or one of them cannot
// be. What comes is acted on within speaking.
func (b *Bot) connect(ctx, speaking context.Context, app, url string, shards int) (err error) {
	connected, disconnect := context.WithCancel(ctx)
	defer disconnect()
	mine := b.o.Shards.of(shards)
	failures := make(chan error, mine.Of)
	gate := &identifyGate{every: b.o.IdentifyEvery}
	for n := mine.First; n <= mine.Last; n++ {
		client := b.shard(n, mine.Of, url, gate)
		client.Handle = func(e gateway.Event) { b.receive(speaking, app, n, e) }
		go func() { failures <- client.Run(connected) }()
	}
	for n := mine.First; n <= mine.Last; n++ {
		if failure := <-failures; failure != nil {
			err = errors.Join(err, failure)
			disconnect()
		}
	}
	return err
}

// finish lets turns end, or leaves them in the queue.
func (b *Bot) finish(hush context.CancelFunc) {
	b.runner.Running.Stop()
	drained := time.AfterFunc(Drain, b.runner.Running.Abort)
	defer drained.Stop()
	told := time.AfterFunc(Drain+lastWords, hush)
	defer told.Stop()
	b.work.Wait()
}

// Check reports whether the bot is connected to Discord.
func (b *Bot) Check(context.Context) error { return b.shards.check() }
