package cli

import (
	"pentimento/bot/discord"
	"pentimento/bot/discord/memory"
)

// openMemory opens what the bot remembers beside the conversations that are
// kept in the place: on the same Redis, or in a file beside theirs.
func openMemory(p *Process, place string) (discord.Memory, error) {
	if !onRedis(place) {
		return memory.OpenFile(place + ".bot")
	}
	client, o, err := (&redisFlags{Redis: place}).connect(p)
	if err != nil {
		return nil, err
	}
	return memory.NewRedis(client, o.Prefix), nil
}
