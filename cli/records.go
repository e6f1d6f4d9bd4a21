package cli

import (
	"errors"
	"fmt"

	"pentimento/bot/discord/records"
	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/discord/records/redis"
	"pentimento/bot/discord/state"
)

// openRecords opens what the bot remembers beside the conversations that are
// kept in the place: on the same Redis, or in a file beside theirs.
func openRecords(p *Process, place string) (state.Records, error) {
	if !onRedis(place) {
		r, err := bolt.Open(botFile(place), p.log)
		if errors.Is(err, records.ErrDamaged) {
			return nil, fmt.Errorf("%w. \"pentimento sessions salvage %s NEW\" copies what can be read of it and of the conversations; "+
				"\"pentimento sessions begin-anew %s\" puts it aside, and says what is lost", err, place, place)
		}
		if err != nil {
			return nil, err
		}
		return r, nil
	}
	server, err := redisAt(p, place)
	if err != nil {
		return nil, err
	}
	return redis.New(server.ConnectOnce(), server.Prefix), nil
}
