package discord

import (
	"slices"
	"sync"

	"pentimento/bot/discord/object"
)

// An identity is who the bot is, and who runs it.
type identity struct {
	mu     sync.Mutex
	user   string
	admins []string
}

// learn notes what Discord says of the bot; others may administer it too.
func (i *identity) learn(about object.Application, others []string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.user = about.ID
	i.admins = slices.Clone(others)
	if about.Owner.ID != "" {
		i.admins = append(i.admins, about.Owner.ID)
	}
	if about.Team != nil {
		i.admins = append(i.admins, about.Team.OwnerID)
	}
}

// set notes the bot's user ID.
func (i *identity) set(user string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.user = user
}

// self is the bot's user ID.
func (i *identity) self() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.user
}

// operators are the users who run the bot.
func (i *identity) operators() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.admins
}
