package redis

import (
	"embed"

	goredis "github.com/redis/go-redis/v9"
)

//go:embed scripts/*.lua
var sources embed.FS

// scripts are the changes that happen as one.
type scripts struct {
	submit, take, beat, finish, putback, cancel, settle, look, lose, outstanding, forget, stats, retryDead, vacate *goredis.Script
}

// Submit alone takes room from a full Redis; the others make room, or write a
// few bytes on the way there, and may go beyond maxmemory.
const (
	needsRoom = "#!lua\n"
	makesRoom = "#!lua flags=allow-oom\n"
)

func loadScripts() (*scripts, error) {
	var s scripts
	for _, script := range []struct {
		name  string
		flags string
		to    **goredis.Script
	}{
		{"submit", needsRoom, &s.submit},
		{"take", makesRoom, &s.take},
		{"beat", makesRoom, &s.beat},
		{"finish", makesRoom, &s.finish},
		{"putback", makesRoom, &s.putback},
		{"cancel", makesRoom, &s.cancel},
		{"settle", makesRoom, &s.settle},
		{"look", makesRoom, &s.look},
		{"lose", makesRoom, &s.lose},
		{"outstanding", makesRoom, &s.outstanding},
		{"forget", makesRoom, &s.forget},
		{"stats", makesRoom, &s.stats},
		{"retrydead", needsRoom, &s.retryDead},
		{"vacate", makesRoom, &s.vacate},
	} {
		source, err := load(script.name)
		if err != nil {
			return nil, err
		}
		*script.to = goredis.NewScript(script.flags + source)
	}
	return &s, nil
}

// load returns a script after what all of them share.
func load(name string) (string, error) {
	prelude, err := sources.ReadFile("scripts/prelude.lua")
	if err != nil {
		return "", err
	}
	body, err := sources.ReadFile("scripts/" + name + ".lua")
	if err != nil {
		return "", err
	}
	return string(prelude) + string(body), nil
}
