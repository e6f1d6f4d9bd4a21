package cli

import (
	"fmt"
	"os"
	"os/signal"
	"time"

	"golang.org/x/term"

	"pentimento/bot"
	"pentimento/bot/terminal"
	"pentimento/bot/terminal/graphics"
	"pentimento/editor"
	"pentimento/session"
)

// localUser owns the sessions of this machine's terminals.
const localUser = "local"

// chatCommand is `pentimento chat`.
type chatCommand struct {
	modelFlags
	plannerFlags
	storeFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=112"`
	Out        string            `help:"Folder for the pictures." default:"pictures" placeholder:"DIR"`
	Seed       *uint64           `help:"Seed of new pictures; random if not given."`
	Steps      int               `help:"Denoising steps of new pictures." default:"25"`
	Guidance   float64           `help:"Classifier-free guidance scale of new pictures." default:"4.5"`
	Preset     string            `help:"Use this preset for every edit instead of the one that fits: appearance, texture, shape, global, addition, removal, re-weight, literature or cl."`
	Set        map[string]string `help:"Override hyper-parameters: cross=…, self=…, value=…, k=…" mapsep:"," placeholder:"NAME=VALUE,…"`
	JSON       bool              `help:"Print one JSON object per turn." name:"json"`
	Resume     bool              `help:"Go on with the last conversation."`
	Store      string            `help:"What keeps the conversations: a file, or Redis at redis://[user@]host[:port][/database] (rediss:// for TLS, redis+sentinel://host,…/master, redis+cluster://host,…) with the password from PENTIMENTO_REDIS_PASSWORD." default:"${state}/sessions.db" placeholder:"FILE|URL"`
}

// Run holds the conversation.
func (c *chatCommand) Run(w *world) (err error) {
	options, err := c.options()
	if err != nil {
		return err
	}
	store, err := c.openStore(w, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	key, err := c.key(w, store)
	if err != nil {
		return err
	}
	model, err := c.open(w)
	if err != nil {
		return err
	}
	defer closeInto(&err, model)
	cache, err := c.openCache(w, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, cache)
	planner, err := c.planner(w)
	if err != nil {
		return err
	}

	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	defer signal.Stop(interrupts)
	chat := &terminal.Chat{
		Conversation: bot.New(editor.NewCached(model, cache.Cache), planner, session.AlsoForget(store, cache), key, options, systemClock()),
		In:           w.in, Out: w.out, Dir: c.Out, JSON: c.JSON, Interrupts: interrupts,
	}
	if err := c.dress(w, chat, model.Name(), model.Device()); err != nil {
		return err
	}
	return chat.Run(w.ctx)
}

// dress gives a chat at a terminal what a pipe does without: a prompt, a
// progress line, pictures inline and a greeting.
func (c *chatCommand) dress(w *world, chat *terminal.Chat, model, device string) error {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		chat.Status = w.errors
	}
	if c.JSON || !term.IsTerminal(int(w.out.Fd())) {
		return nil
	}
	chat.Screen = graphics.Detect(w.getenv)
	if !term.IsTerminal(int(w.in.Fd())) {
		return nil
	}
	chat.Prompt = "\n› "
	_, err := fmt.Fprintf(w.out, "Pentimento · %s model on the %s · pictures go to %s\n"+
		"Say what you would like to see, then what to change. /help lists commands, /quit leaves.\n", model, device, c.Out)
	return err
}

// options are the conversation's hyper-parameters from the flags.
func (c *chatCommand) options() (bot.Options, error) {
	o := bot.Options{Seed: c.Seed, Steps: c.Steps, Guidance: c.Guidance}
	settings := map[string]string{"steps": fmt.Sprint(c.Steps), "guidance": fmt.Sprint(c.Guidance)}
	if c.Preset != "" {
		settings["preset"] = c.Preset
	}
	for name, value := range c.Set {
		settings[name] = value
	}
	for name, value := range settings {
		if err := o.Set(name, value); err != nil {
			return o, err
		}
	}
	return o, nil
}

// key names the conversation: a new one, or with --resume the last.
func (c *chatCommand) key(w *world, store session.Store) (session.Key, error) {
	if !c.Resume {
		return session.Key{User: localUser, Place: "terminal/" + time.Now().UTC().Format("2006-01-02T15:04:05.000000000")}, nil
	}
	keys, err := store.List(w.ctx, localUser)
	if err != nil {
		return session.Key{}, err
	}
	if len(keys) == 0 {
		return session.Key{}, fmt.Errorf("there is no conversation to resume in %s", c.Store)
	}
	return keys[len(keys)-1], nil // they are ordered by place, which begins with the time
}

// closeInto closes what a command opened; the error counts if there is no
// other.
func closeInto(err *error, c interface{ Close() error }) {
	if closing := c.Close(); *err == nil {
		*err = closing
	}
}
