package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/terminal"
	"pentimento/bot/terminal/graphics"
	"pentimento/jobs"
	"pentimento/models"
	"pentimento/session"
)

// unhurried is how long a picture may take for somebody who waits for it and can
// press Ctrl-C.
const unhurried = 24 * time.Hour

// chatCommand is `pentimento chat`.
type chatCommand struct {
	offerFlags
	plannerFlags
	storeFlags
	cacheFlags `embed:"" prefix:"cache-" set:"memory=112"`
	Out        string `help:"Folder for the pictures." default:"pictures" placeholder:"DIR"`
	drawingFlags
	Preset string            `help:"Use this preset for every edit instead of the one that fits: ${presets}."`
	Set    map[string]string `help:"Override hyper-parameters: scheduler=…, start=…, cross=…, self=…, value=…, k=…" mapsep:"," placeholder:"NAME=VALUE,…"`
	JSON   bool              `help:"Print one JSON object per turn." name:"json"`
	Open   string            `help:"Begin with this picture: a PNG, JPEG, GIF or WebP of your own." placeholder:"FILE"`
	As     string            `help:"With --open: what the picture shows; without it you are asked." placeholder:"WORDS"`
	Resume bool              `help:"Go on with the last conversation, or with an older one whose number or words follow."`
	Store  string            `help:"What keeps the conversations: a file, or Redis at redis://[user@]host[:port][/database] (rediss:// for TLS, redis+sentinel://host,…/master, redis+cluster://host,…) with the password from PENTIMENTO_REDIS_PASSWORD." default:"${state}/sessions.db" placeholder:"FILE|URL"`

	Conversation []string `arg:"" optional:"" help:"With --resume: which one, by its number or words of its line in the list."`
}

// Run holds the conversation.
func (c *chatCommand) Run(ctx context.Context, p *Process) (err error) {
	if _, err := c.options(models.Usual{}); err != nil {
		return err // before the model is opened
	}
	if len(c.Conversation) > 0 && !c.Resume {
		return fmt.Errorf("%q is no part of the command: start pentimento chat and say it there, or go on with an older conversation by --resume %[1]s", strings.Join(c.Conversation, " "))
	}
	first, err := c.firstLine()
	if err != nil {
		return err
	}
	face := c.face(p)
	store, note, err := c.openConversations(ctx, p, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	key, past, err := c.key(ctx, p, store)
	if err != nil {
		return errors.Join(err, noted(note))
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

	known, options, err := studio.offer.known(c.options)
	if err != nil {
		return err
	}
	interrupts, stop := p.Listen(os.Interrupt)
	defer stop()
	chat := &terminal.Chat{
		Conversation: &bot.Conversation{
			Key: key, Store: session.AlsoForget(store, studio.queue, studio.cache), Planner: planner,
			Model: known[0], Others: known[1:], Queue: studio.queue, Clock: systemClock(), Options: options,
		},
		Commands: bot.Commands(studio.offer.names()...), In: p.In, Out: p.Out, Dir: terminal.InHome(c.Out, p.Getenv("HOME")), Home: p.Getenv("HOME"),
		First: first, JSON: c.JSON, Log: p.log, Interrupts: interrupts,
	}
	face.put(chat)
	if chat.Prompt == "" {
		if note != "" {
			_, err = fmt.Fprintln(p.Errors, note)
		}
	} else {
		greeting := strings.TrimSpace(c.greeting(chat, studio.offer[0].model) + "\n" + note)
		chat.Opening = func(ctx context.Context, chat *terminal.Chat) error {
			return chat.Open(ctx, greeting, past)
		}
	}
	if err != nil {
		return err
	}
	return chat.Run(ctx)
}

// firstLine opens the picture that the flags name; empty for none.
func (c *chatCommand) firstLine() (string, error) {
	switch line, ok := terminal.OpenLine(c.Open, c.As); {
	case c.Open == "" && c.As != "":
		return "", errors.New("--as says what the picture of --open shows: name that too")
	case c.Open == "":
		return "", nil
	case !ok:
		return "", fmt.Errorf("--open %s: rename it, its name has both kinds of quotes", c.Open)
	default:
		return line, nil
	}
}

// noted is a note as an error; nil for none.
func noted(note string) error {
	if note == "" {
		return nil
	}
	return errors.New(note)
}

// A face is what a chat at a terminal has and a pipe does without.
type face struct {
	status  io.Writer
	screen  *graphics.Screen
	console *terminal.Console
	width   func() int
	prompt  string
}

// face looks at the terminal. Where lines can be edited, what the program logs is
// written above the line that is typed.
func (c *chatCommand) face(p *Process) face {
	var f face
	out, ok := p.Out.(terminal.Terminal)
	watched := isTerminal(p.Errors)
	if watched {
		f.status = p.Errors
	}
	if c.JSON || !ok || !isTerminal(p.Out) {
		return f
	}
	f.screen, f.width = graphics.Detect(p.Getenv), terminal.WidthOf(out)
	in, ok := p.In.(terminal.Terminal)
	if !ok || !isTerminal(p.In) {
		return f
	}
	f.prompt = "› "
	if p.Getenv("TERM") != "dumb" {
		f.console = terminal.NewConsole(in, p.Out)
		if watched {
			p.Errors = f.console
		}
	}
	return f
}

// put gives a chat the face.
func (f face) put(chat *terminal.Chat) {
	chat.Status, chat.Screen, chat.Console, chat.Width, chat.Prompt = f.status, f.screen, f.console, f.width, f.prompt
}

// greeting says what draws, what it can draw, and what to type.
func (c *chatCommand) greeting(chat *terminal.Chat, model *models.Model) string {
	const words = 4 // of each kind
	device := model.Device()
	switch model.Precision() {
	case models.FP16:
		device += " in half precision"
	case models.Int8:
		device += " in eight bits"
	}
	return fmt.Sprintf("Pentimento · %s model on the %s · pictures go to %s\n%s\n%s Such as: %s\n/help lists commands, /quit leaves.",
		model.Name(), device, c.Out, chat.Conversation.Repertoire(words), terminal.Begin, terminal.FirstWords)
}

// options are the conversation's hyper-parameters from the flags.
func (c *chatCommand) options(usual models.Usual) (bot.Options, error) {
	o, err := c.drawingFlags.options(usual)
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

// key names the conversation: a new one, or with --resume an older one of those
// in past.
func (c *chatCommand) key(ctx context.Context, p *Process, store session.Store) (key session.Key, past []terminal.Past, err error) {
	person, err := p.person()
	if err != nil {
		return session.Key{}, nil, err
	}
	if !c.Resume {
		return session.Key{User: person, Place: "terminal/" + time.Now().UTC().Format("2006-01-02T15:04:05.000000000")}, nil, nil
	}
	past, damaged, err := terminal.ListPast(ctx, store, person)
	if err != nil {
		return session.Key{}, nil, err
	}
	if damaged != nil {
		damaged = withSalvage(damaged, c.Store)
		if len(past) == 0 {
			return session.Key{}, nil, damaged
		}
		p.log.Warn("a conversation cannot be gone on with", "reason", damaged)
	}
	if len(past) == 0 {
		return session.Key{}, nil, fmt.Errorf("there is no conversation to resume in %s", c.Store)
	}
	one, err := terminal.FindPast(past, strings.Join(c.Conversation, " "))
	return one.Key, past, err
}
