package main

import (
	"context"
	"math/rand/v2"
	"time"

	"pentimento/tests/discordtest"
)

// longestOutage is how long Redis may be away: restarts of up to that long refuse
// nobody.
const longestOutage = 10 * time.Second

// breakThings breaks one thing after the other until ctx ends, and mends all.
func (s *studio) breakThings(ctx context.Context) {
	for ctx.Err() == nil {
		pause(ctx, rand.N(3*time.Second))
		if ctx.Err() != nil {
			return
		}
		s.breakOne()
	}
}

// breakOne breaks something that is chosen at random, and mends it.
func (s *studio) breakOne() {
	switch rand.IntN(9) {
	case 0:
		s.fault("bot killed")
		s.killBot()
	case 1:
		s.fault("bot killed twice, also while it starts")
		s.wentDown()
		kill(s.bot)
		s.startBot()
		time.Sleep(rand.N(7 * time.Second))
		s.killBot()
	case 2:
		s.fault("worker killed")
		n := rand.IntN(len(s.workers))
		kill(s.workers[n])
		s.startWorker(n)
	case 3:
		s.fault("Redis restarted")
		s.redis.Kill()
		s.away()
		s.redis.Restart()
	case 4:
		s.fault("Redis stood still")
		s.redis.Pause()
		s.away()
		s.redis.Resume()
	case 5:
		s.fault("bot killed with Redis away")
		s.redis.Kill()
		time.Sleep(rand.N(500 * time.Millisecond))
		s.wentDown()
		kill(s.bot)
		time.Sleep(rand.N(time.Second))
		s.redis.Restart()
		s.startBot()
		s.cameUp()
	case 6:
		s.fault("connection to Discord cut")
		s.discord.Drop()
	case 7:
		s.fault("Discord's answers damaged")
		s.discord.Heal() // what nobody has met does not add up
		for _, method := range []string{"PATCH", "POST"} {
			s.discord.Inject(discordtest.Fault{Method: method, Path: "/messages", HangUp: true})
			s.discord.Inject(discordtest.Fault{Method: method, Path: "/messages", Status: 200, Body: `{"id":`})
		}
	case 8:
		s.fault("Discord refused requests")
		s.discord.Heal()
		s.discord.Inject(discordtest.Unavailable())
		s.discord.Inject(discordtest.RateLimited(time.Second))
		s.discord.Inject(discordtest.Fault{Status: 500, Times: 2})
	}
}

// away waits while Redis is away: mostly for a moment, sometimes for as long as may
// be.
func (s *studio) away() {
	if rand.IntN(3) == 0 {
		time.Sleep(longestOutage/2 + rand.N(longestOutage/2))
		return
	}
	time.Sleep(rand.N(longestOutage / 5))
}

// killBot kills the bot, and starts it again.
func (s *studio) killBot() {
	s.wentDown()
	kill(s.bot)
	s.startBot()
	s.cameUp()
}
