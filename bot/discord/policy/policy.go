// Package policy says who may do what, and which pictures are shown.
//
// Start with [Policy.Admits].
package policy

import (
	"slices"

	"pentimento/bot"
	"pentimento/bot/blocklist"
)

// Policy is who may do what. The zero value allows everybody everything.
type Policy struct {
	// Guilds, Channels and Roles that may use the bot; empty allows all. If one of
	// them is not, or with AgeRestricted, chats outside servers are refused: they
	// have none of the three. DirectChats admits everybody in direct chats with the
	// bot all the same.
	Guilds, Channels, Roles []string
	DirectChats             bool
	// Admins may use /admin, with the owner of the application.
	Admins []string
	// PerDay is how many pictures a user may draw in a day (UTC); 0 for any
	// number. PerDayByRole gives roles more.
	PerDay       int
	PerDayByRole map[string]int
	// WaitingByRole gives roles more pictures that may wait or be drawn at a
	// time than users without them have.
	WaitingByRole map[string]int
	// BlockedWords are refused in prompts, also when they are disguised.
	BlockedWords []string
	// Spoiler hides pictures until they are clicked.
	Spoiler bool
	// HideUnsafe hides only the pictures that the safety checker finds unsafe.
	// Without it they are not shown at all.
	HideUnsafe bool
	// AgeRestricted allows only channels that are marked so.
	AgeRestricted bool

	blocked *blocklist.List // nil until it is prepared
}

// A Place is where somebody asks for something.
type Place struct {
	// Guild is the server, empty for a chat outside of one; Channel is in it, and in
	// Parent if it is a thread.
	Guild, Channel, Parent string
	// Private says that the chat is one of others, in which the bot is not.
	Private bool
	// Roles are those of the user in the server.
	Roles []string
	// NSFW says that the channel is marked as age-restricted.
	NSFW bool
}

// Admits returns a refusal, a [*bot.Problem], if the user may not use the bot in
// that place.
func (p Policy) Admits(at Place) error {
	if at.Guild == "" {
		if p.restricted() && (at.Private || !p.DirectChats) {
			return bot.Problemf(bot.Refused, "I don't work outside of servers; use me where I am set up")
		}
		return nil
	}
	if len(p.Guilds) > 0 && !slices.Contains(p.Guilds, at.Guild) {
		return bot.Problemf(bot.Refused, "I am not set up for this server")
	}
	if len(p.Channels) > 0 && !slices.Contains(p.Channels, at.Channel) && !slices.Contains(p.Channels, at.Parent) {
		return bot.Problemf(bot.Refused, "I am not set up for this channel")
	}
	if len(p.Roles) > 0 && !slices.ContainsFunc(at.Roles, func(r string) bool { return slices.Contains(p.Roles, r) }) {
		return bot.Problemf(bot.Refused, "You need another role to use me here")
	}
	if p.AgeRestricted && !at.NSFW {
		return bot.Problemf(bot.Refused, "I only work in age-restricted channels here")
	}
	return nil
}

// restricted reports whether the bot is for some servers, channels or roles only.
func (p Policy) restricted() bool {
	return len(p.Guilds)+len(p.Channels)+len(p.Roles) > 0 || p.AgeRestricted
}

// PicturesPerDay is how many pictures somebody with the roles may draw; 0 for any
// number.
func (p Policy) PicturesPerDay(roles []string) int {
	if p.PerDay == 0 {
		return 0
	}
	most := p.PerDay
	for _, r := range roles {
		most = max(most, p.PerDayByRole[r])
	}
	return most
}

// MayWait is how many pictures somebody with the roles may have waiting or being
// drawn; others is how many it is without a role.
func (p Policy) MayWait(others int, roles []string) int {
	most := others
	for _, r := range roles {
		most = max(most, p.WaitingByRole[r])
	}
	return most
}

// Allows returns a refusal, a [*bot.Problem], if the prompt has a blocked word.
func (p Policy) Allows(prompt string) error {
	if p.blocked == nil {
		p = p.Prepared()
	}
	return p.blocked.Allows(prompt)
}

// Prepared is the policy with its blocked words read, which [Policy.Allows] does
// each time otherwise.
func (p Policy) Prepared() Policy {
	p.blocked = blocklist.New(p.BlockedWords)
	return p
}
