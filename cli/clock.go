package cli

import (
	"math/rand/v2"
	"time"

	"pentimento/bot"
)

// systemClock is the time of the machine, and seeds at random: 32 bits, since
// a seed is shown and typed again.
func systemClock() bot.Clock {
	return bot.Clock{Now: time.Now, Seed: func() uint64 { return uint64(rand.Uint32()) }}
}
