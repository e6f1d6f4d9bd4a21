package cli

import (
	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/records/redis"
	"pentimento/bot/discord/state"
)

// openRecords opens what the bot remembers beside the conversations that are
// kept in the place: on the same Redis, or in a file beside theirs.
func openRecords(p *Process, place string) (state.Records, error) {
	if !onRedis(place) {
		return bolt.Open(place + ".bot")
	}
	server, err := redisAt(p, place)
	if err != nil {
		return nil, err
	}
	return redis.New(server.ConnectOnce(), server.Prefix), nil
}
