package cli

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"pentimento/bot"
	"pentimento/bot/terminal"
	"pentimento/bot/terminal/graphics"
	"pentimento/jobs"
	"pentimento/session"
)

// unhurried is how long a picture may take for somebody who waits for it and can
// press Ctrl-C.
const unhurried = 24 * time.Hour

// localUser owns the sessions of this machine's terminals.
const localUser = "local"

// chatCommand is `pentimento chat`.
type chatCommand struct {
	modelFlags
	plannerFlags
	storeFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=112"`
	Out        string `help:"Folder for the pictures." default:"pictures" placeholder:"DIR"`
	drawingFlags
	Preset string            `help:"Use this preset for every edit instead of the one that fits: ${presets}."`
	Set    map[string]string `help:"Override hyper-parameters: cross=…, self=…, value=…, k=…" mapsep:"," placeholder:"NAME=VALUE,…"`
	JSON   bool              `help:"Print one JSON object per turn." name:"json"`
	Resume bool              `help:"Go on with the last conversation."`
	Store  string            `help:"What keeps the conversations: a file, or Redis at redis://[user@]host[:port][/database] (rediss:// for TLS, redis+sentinel://host,…/master, redis+cluster://host,…) with the password from PENTIMENTO_REDIS_PASSWORD." default:"${state}/sessions.db" placeholder:"FILE|URL"`
}

// Run holds the conversation.
func (c *chatCommand) Run(ctx context.Context, p *Process) (err error) {
	options, err := c.options()
	if err != nil {
		return err
	}
	store, err := c.openStore(ctx, p, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	key, err := c.key(ctx, store)
	if err != nil {
		return err
	}
	cache, err := c.openCache(ctx, p, c.Store)
	if err != nil {
		return err
	}
	studio, err := c.runStudio(ctx, p, cache, jobs.Options{}, jobs.Worker{TimeLimit: unhurried})
	if err != nil {
		return err
	}
	defer closeInto(&err, studio)
	planner, err := c.planner(p)
	if err != nil {
		return err
	}

	interrupts, stop := p.Listen(os.Interrupt)
	defer stop()
	chat := &terminal.Chat{
		Conversation: &bot.Conversation{
			Key: key, Store: session.AlsoForget(store, studio.queue, studio.cache), Planner: planner,
			Model: bot.ModelOf(studio.model), Queue: studio.queue, Clock: systemClock(), Options: options,
		},
		Commands: bot.Commands(), In: p.In, Out: p.Out, Dir: c.Out, JSON: c.JSON, Log: p.log, Interrupts: interrupts,
	}
	if err := c.dress(p, chat, studio.model.Name(), studio.model.Device()); err != nil {
		return err
	}
	return chat.Run(ctx)
}

// dress gives a chat at a terminal what a pipe does without: a prompt, a
// progress line, pictures inline and a greeting.
func (c *chatCommand) dress(p *Process, chat *terminal.Chat, model, device string) error {
	if isTerminal(p.Errors) {
		chat.Status = p.Errors
	}
	if c.JSON || !isTerminal(p.Out) {
		return nil
	}
	chat.Screen = graphics.Detect(p.Getenv)
	if !isTerminal(p.In) {
		return nil
	}
	chat.Prompt = "\n› "
	if in, ok := p.In.(terminal.Terminal); ok && p.Getenv("TERM") != "dumb" {
		chat.Console = terminal.NewConsole(in, p.Out)
	}
	_, err := fmt.Fprintf(p.Out, "Pentimento · %s model on the %s · pictures go to %s\n"+
		"Say what you would like to see, then what to change. /help lists commands, /quit leaves.\n", model, device, c.Out)
	return err
}

// options are the conversation's hyper-parameters from the flags.
func (c *chatCommand) options() (bot.Options, error) {
	o, err := c.drawingFlags.options()
	if err == nil && c.Preset != "" {
		err = o.Set("preset", c.Preset)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Set)) {
		if err == nil {
			err = o.Set(name, c.Set[name])
		}
	}
	return o, err
}

// key names the conversation: a new one, or with --resume the last.
func (c *chatCommand) key(ctx context.Context, store session.Store) (session.Key, error) {
	if !c.Resume {
		return session.Key{User: localUser, Place: "terminal/" + time.Now().UTC().Format("2006-01-02T15:04:05.000000000")}, nil
	}
	keys, err := store.List(ctx, localUser)
	if err != nil {
		return session.Key{}, err
	}
	if len(keys) == 0 {
		return session.Key{}, fmt.Errorf("there is no conversation to resume in %s", c.Store)
	}
	return keys[len(keys)-1], nil // they are ordered by place, which begins with the time
}
