package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"pentimento/bot/discord"
	"pentimento/metrics"
	"pentimento/models"
	"pentimento/session"
)

// serveCommand is `pentimento serve`.
type serveCommand struct {
	hostFlags
	plannerFlags
	storeFlags
	policyFlags
	operationFlags
	Store            string            `help:"What keeps the conversations: a file, or Redis at redis://… as for chat. What the bot itself remembers is on the same Redis, or beside the file." default:"${state}/discord.db" placeholder:"FILE|URL"`
	Rename           map[string]string `help:"Other names for commands: imagine=paint,…" mapsep:"," placeholder:"COMMAND=NAME,…"`
	NoMessageContent bool              `help:"Do without the Message Content intent: the bot is then told only what mentions it, replies to it or is a direct message."`
	Shards           discord.Shards    `help:"Shards that this process serves, counted from 0: 2/8, or 0-3/8; all, as many as Discord recommends, if not given. Several processes need one --store on Redis." placeholder:"N/OF"`
	DiscordAPI       string            `help:"Address of Discord's REST interface." hidden:"" name:"discord-api"`
}

// mostPerUser is the most that any user may have in the queue.
func (c *serveCommand) mostPerUser() int {
	most := max(1, c.PerUser)
	for _, n := range c.PerUserByRole {
		most = max(most, n)
	}
	return most
}

// Run serves Discord until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context, p *Process) (err error) {
	secret, err := token(p)
	if err != nil {
		return err
	}
	if _, err := c.options(models.Usual{}); err != nil {
		return err // before anything is opened
	}
	if c.Shards != (discord.Shards{}) && !onRedis(c.Store) {
		return errors.New("--shards divides the bot over several processes: give all of them the same --store redis://…")
	}
	store, err := c.openStore(ctx, p, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	operations := metrics.New()
	studio, err := c.openStudio(ctx, p, askerOf(secret)+c.Shards.String(), c.Store, c.mostPerUser(), operations)
	if err != nil {
		return err
	}
	defer closeInto(&err, studio)
	operations.Queue(studio.queue.Stats)
	store = session.AlsoForget(store, studio.cache)
	planner, err := c.planner(p)
	if err != nil {
		return err
	}

	known, defaults, err := studio.offer.known(c.options)
	if err != nil {
		return err
	}
	checker, err := c.openChecker(c.modelRunFlags)
	if err != nil {
		return err
	}
	defer closeInto(&err, checker)
	remembered, err := openRecords(p, c.Store)
	if err != nil {
		return err
	}

	ctx, stop := p.until(ctx, os.Interrupt)
	defer stop()
	ctx, release, err := c.takeLease(ctx, p, askerOf(secret))
	if err != nil {
		return errors.Join(err, remembered.Close())
	}
	defer func() { err = errors.Join(err, release()) }()
	invited := false
	b, err := discord.New(discord.Options{
		Token: secret, Model: known[0], Others: known[1:], Planner: planner, Store: store, Records: remembered,
		Queue: studio.queue, Shared: studio.shared, PerUser: max(1, c.PerUser), Observer: operations,
		Clock: systemClock(), Defaults: defaults,
		Policy: c.policy(), Rename: c.Rename, NoMessageContent: c.NoMessageContent, Log: p.log, Base: c.DiscordAPI,
		Shards: c.Shards, Checker: checker.Checker,
		Ready: func(invite string) {
			if !invited {
				invited = true
				p.log.Info("serving", "model", strings.Join(studio.offer.names(), ","), "digest", known[0].Digest, "engine", c.Engine)
				// The bot works as well if nobody can read this line.
				_, _ = fmt.Fprintf(p.Out, "Connected to Discord. Add the bot to a server, or to your account:\n%s\n", invite)
			}
		},
	})
	if err != nil {
		return errors.Join(err, remembered.Close())
	}
	defer closeInto(&err, b)
	stopTelling, err := c.serve(ctx, p, operations, metrics.Check{Name: "discord", Run: b.Check}, storeCheck(store), queueCheck(studio.queue))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTelling()) }()
	return b.Run(ctx)
}
