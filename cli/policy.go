package cli

import "pentimento/bot/discord/policy"

// policyFlags say who may do what.
type policyFlags struct {
	Guilds        []string       `help:"IDs of the servers that may use the bot; all if not given." placeholder:"ID,…"`
	Channels      []string       `help:"IDs of the channels in which it may be used, with their threads." placeholder:"ID,…"`
	Roles         []string       `help:"IDs of the roles that may use it in servers." placeholder:"ID,…"`
	DirectChats   bool           `help:"Answer direct messages, of everybody, although --guilds, --channels, --roles or --age-restricted is given."`
	Admins        []string       `help:"IDs of the users who may use /admin, with the application's owner." placeholder:"ID,…"`
	PerUserByRole map[string]int `help:"More pictures waiting or being drawn for roles: ID=N,…" mapsep:"," placeholder:"ID=N,…"`
	PerDayByRole  map[string]int `help:"More pictures for roles: ID=N,…" mapsep:"," placeholder:"ID=N,…"`
	quotaFlags
	checkerFlags
	AgeRestricted bool `help:"Work only in channels that are marked as age-restricted."`
}

// quotaFlags say what may be drawn, and how much.
type quotaFlags struct {
	PerDay       int      `help:"Pictures that a user may draw in a day; 0 for any number." default:"0"`
	BlockedWords []string `help:"Words that are refused in prompts, however they are spelled." placeholder:"WORD,…"`
}

func (f policyFlags) policy() policy.Policy {
	return policy.Policy{
		Guilds: f.Guilds, Channels: f.Channels, Roles: f.Roles, DirectChats: f.DirectChats, Admins: f.Admins,
		PerDay: f.PerDay, PerDayByRole: f.PerDayByRole, WaitingByRole: f.PerUserByRole, BlockedWords: f.BlockedWords, Spoiler: f.Spoiler, HideUnsafe: f.HideUnsafe, AgeRestricted: f.AgeRestricted,
	}
}
