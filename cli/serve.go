package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord"
	"pentimento/metrics"
	"pentimento/session"
)

// serveCommand is `pentimento serve`.
type serveCommand struct {
	modelFlags
	plannerFlags
	storeFlags
	policyFlags
	operationFlags
	engineFlags
	cacheFlags       `embed:"" prefix:"cache-" set:"memory=256"`
	Store            string            `help:"What keeps the conversations: a file, or Redis at redis://… as for chat. What the bot itself remembers is on the same Redis, or beside the file." default:"${state}/discord.db" placeholder:"FILE|URL"`
	Seed             *uint64           `help:"Seed of new pictures; random if not given."`
	Steps            int               `help:"Denoising steps of new pictures." default:"25"`
	Guidance         float64           `help:"Classifier-free guidance scale of new pictures." default:"4.5"`
	Rename           map[string]string `help:"Other names for commands: imagine=paint,…" mapsep:"," placeholder:"COMMAND=NAME,…"`
	NoMessageContent bool              `help:"Do without the Message Content intent: the bot is then told only what mentions it, replies to it or is a direct message."`
	Parallel         int               `help:"Pictures drawn at once by the local engine." default:"1"`
	TimeLimit        time.Duration     `help:"How long the local engine may take for a picture." default:"15m"`
	PerUser          int               `help:"Pictures that a user may have waiting or being drawn." default:"5"`
	Shards           discord.Shards    `help:"Shards that this process serves, counted from 0: 2/8, or 0-3/8; all, as many as Discord recommends, if not given. Several processes need one --store on Redis." placeholder:"N/OF"`
	DiscordAPI       string            `help:"Address of Discord's REST interface." hidden:"" name:"discord-api"`
}

// policyFlags say who may do what.
type policyFlags struct {
	Guilds        []string       `help:"IDs of the servers that may use the bot; all if not given." placeholder:"ID,…"`
	Channels      []string       `help:"IDs of the channels that may use it, with their threads." placeholder:"ID,…"`
	Roles         []string       `help:"IDs of the roles that may use it." placeholder:"ID,…"`
	DirectChats   bool           `help:"Answer direct messages although --guilds or --age-restricted is given."`
	Admins        []string       `help:"IDs of the users who may use /admin, with the application's owner." placeholder:"ID,…"`
	PerUserByRole map[string]int `help:"More pictures waiting or being drawn for roles: ID=N,…" mapsep:"," placeholder:"ID=N,…"`
	PerDay        int            `help:"Pictures that a user may draw in a day; 0 for any number." default:"0"`
	PerDayByRole  map[string]int `help:"More pictures for roles: ID=N,…" mapsep:"," placeholder:"ID=N,…"`
	BlockedWords  []string       `help:"Words that are refused in prompts, however they are spelled." placeholder:"WORD,…"`
	Spoiler       bool           `help:"Hide pictures until they are clicked."`
	SafetyChecker string         `help:"Folder with Stable Diffusion's safety checker as ONNX: pictures that it finds unsafe are not shown." placeholder:"DIR"`
	HideUnsafe    bool           `help:"Hide pictures that the safety checker finds unsafe until they are clicked, instead of not showing them."`
	AgeRestricted bool           `help:"Work only in channels that are marked as age-restricted."`
}

func (f policyFlags) policy() discord.Policy {
	return discord.Policy{
		Guilds: f.Guilds, Channels: f.Channels, Roles: f.Roles, DirectChats: f.DirectChats, Admins: f.Admins,
		PerDay: f.PerDay, PerDayByRole: f.PerDayByRole, WaitingByRole: f.PerUserByRole, BlockedWords: f.BlockedWords, Spoiler: f.Spoiler, HideUnsafe: f.HideUnsafe, AgeRestricted: f.AgeRestricted,
	}
}

// mostPerUser is the most that any user may have in the queue.
func (c *serveCommand) mostPerUser() int {
	most := max(1, c.PerUser)
	for _, n := range c.PerUserByRole {
		most = max(most, n)
	}
	return most
}

// tokenVariable holds the bot's token. It is no flag and no setting: command
// lines and files are read by others.
const tokenVariable = "DISCORD_TOKEN"

// errNoToken says how to give the token.
var errNoToken = errors.New("the variable DISCORD_TOKEN is not set: put the bot's token there (docs/discord-setup.md says where to find it)")

// token reads the bot's token.
func token(w *world) (string, error) {
	t := strings.TrimPrefix(strings.TrimSpace(w.getenv(tokenVariable)), "Bot ")
	if t == "" {
		return "", errNoToken
	}
	if strings.ContainsAny(t, " \t\r\n\"'") {
		return "", errors.New("DISCORD_TOKEN has spaces or quotes in it: copy the token alone")
	}
	return t, nil
}

// Run serves Discord until the process is told to stop.
func (c *serveCommand) Run(w *world) (err error) {
	secret, err := token(w)
	if err != nil {
		return err
	}
	defaults := bot.Options{Seed: c.Seed, Steps: c.Steps, Guidance: c.Guidance}
	for name, value := range map[string]string{"steps": fmt.Sprint(c.Steps), "guidance": fmt.Sprint(c.Guidance)} {
		if err := defaults.Set(name, value); err != nil {
			return err
		}
	}
	if c.Shards != (discord.Shards{}) && !onRedis(c.Store) {
		return errors.New("--shards divides the bot over several processes: give all of them the same --store redis://…")
	}
	store, err := c.openStore(w, c.Store)
	if err != nil {
		return err
	}
	defer closeInto(&err, store)
	operations := metrics.New()
	studio, err := c.openStudio(w, askerOf(secret)+c.Shards.String(), operations)
	if err != nil {
		return err
	}
	defer closeInto(&err, studio)
	operations.Queue(studio.queue.Stats)
	store = session.AlsoForget(store, studio.cache)
	planner, err := c.planner(w)
	if err != nil {
		return err
	}

	checker, err := c.openChecker()
	if err != nil {
		return err
	}
	defer closeInto(&err, checker)
	remembered, err := openMemory(w, c.Store)
	if err != nil {
		return err
	}

	ctx, stop := signal.NotifyContext(w.ctx, os.Interrupt)
	defer stop()
	invited := false
	b, err := discord.New(discord.Options{
		Token: secret, Engine: studio.engine, Planner: planner, Store: store, Memory: remembered,
		Queue: studio.queue, Shared: studio.shared, PerUser: max(1, c.PerUser), Observer: operations,
		Clock: systemClock(), Defaults: defaults,
		Policy: c.policy(), Rename: c.Rename, NoMessageContent: c.NoMessageContent, Log: w.log, Base: c.DiscordAPI,
		Shards: c.Shards, Checker: checker.Checker,
		Ready: func(invite string) {
			if !invited {
				invited = true
				w.log.Info("serving", "model", studio.model.Name(), "digest", studio.model.Digest(), "engine", c.Engine)
				// Without a reader of this line the bot is as good.
				_, _ = fmt.Fprintf(w.out, "Connected to Discord. Add the bot to a server, or to your account:\n%s\n", invite)
			}
		},
	})
	if err != nil {
		return errors.Join(err, remembered.Close())
	}
	defer closeInto(&err, b)
	stopTelling, err := c.serve(w, operations, metrics.Check{Name: "discord", Run: b.Check}, storeCheck(store), queueCheck(studio.queue))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stopTelling()) }()
	return b.Run(ctx)
}
