package discord

import (
	"log/slog"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/policy"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/bot/gate"
	"pentimento/jobs"
	"pentimento/session"
)

// Options are what a bot is made of.
type Options struct {
	// Token is the bot's, from the environment.
	Token string
	// Model is the one that draws, Planner understands, Store keeps the sessions.
	// Others are further models that may be chosen.
	Model   bot.Model
	Others  []bot.Model
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
	// Records keep what the bot remembers beside the sessions. [Bot.Close]
	// closes them; if New fails they are the caller's.
	Records state.Records
	// Observer is told what turns take; it may be nil.
	Observer turn.Observer
	// Clock is the world's time and chance.
	Clock bot.Clock
	// Defaults are the hyper-parameters of users who did not set any.
	Defaults bot.Options
	// Policy is who may do what.
	Policy policy.Policy
	// Checker looks at every picture before it is shown; it may be nil.
	Checker gate.Checker
	// Commands are those that people can give; the table of package bot if nil.
	Commands []bot.Command
	// Rename gives commands other names.
	Rename map[string]string
	// NoMessageContent does without the Message Content intent.
	NoMessageContent bool
	// Log is where to log.
	Log *slog.Logger
	// Base is the address of the REST interface; https://discord.com if empty.
	Base string
	// Backoff and Deadline are those of gateway.Client; Backoff is also how long is
	// waited before a request is repeated that Discord cannot take. IdentifyEvery is the time
	// between two shards that identify themselves; 5 s, as Discord wants it, if
	// zero.
	Backoff, Deadline, IdentifyEvery time.Duration
	// Ready is called with the invite link whenever a connection stands; it may
	// be nil.
	Ready func(invite string)
}

// complete fills in what was left out.
func (o Options) complete() Options {
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
		o.Observer = turn.Nobody{}
	}
	if o.Commands == nil {
		names := []string{o.Model.Name}
		for _, m := range o.Others {
			names = append(names, m.Name)
		}
		o.Commands = bot.Commands(names...)
	}
	o.Policy = o.Policy.Prepared()
	return o
}
