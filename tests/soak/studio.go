package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"pentimento/session"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// settleFor is how long everything may take to be answered once nothing is broken
// any more.
const settleFor = 3 * time.Minute

// studio is a bot with its Discord, its Redis and two workers.
type studio struct {
	*counts
	host    *host
	binary  string
	dir     string
	redis   *redistest.Server
	discord *discordtest.Server

	mu      sync.Mutex
	bot     *exec.Cmd
	workers [2]*exec.Cmd
	downs   [][2]time.Time    // when the bot was not connected, or about to be killed
	digests map[string]string // of the pictures, by all that was said on the way to them
}

// newStudio starts everything.
func newStudio(h *host, c *counts, binary string) (*studio, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	s := &studio{
		counts: c, host: h, binary: binary, dir: h.TempDir(), redis: redistest.Start(h),
		discord: discordtest.New(discordtest.Options{MessageContent: true}), digests: map[string]string{},
	}
	h.Cleanup(s.discord.Close)
	h.Cleanup(s.stop)
	s.startBot()
	for n := range s.workers {
		s.startWorker(n)
	}
	if !s.discord.Connected(time.Minute) {
		return nil, fmt.Errorf("the bot does not connect; its log is %s", filepath.Join(s.dir, "bot.log"))
	}
	return s, nil
}

// run starts a command of the program, which writes to a log of that name.
func (s *studio) run(name string, args ...string) *exec.Cmd {
	log, err := os.OpenFile(filepath.Join(s.dir, name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.host.Fatal(err)
	}
	defer func() { _ = log.Close() }() // the process has its own
	cmd := exec.Command(s.binary, args...)
	cmd.Env = append(os.Environ(), "DISCORD_TOKEN="+discordtest.Token)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.host.Fatal(err)
	}
	return cmd
}

// startBot starts the bot, as whoever looks after it does when it has ended.
func (s *studio) startBot() {
	address := "redis://" + s.redis.Addr
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bot = s.run("bot", "serve", "--discord-api", s.discord.URL(), "--engine", "queue", "--redis", address, "--store", address,
		"--steps", "4", "--seed", "1", "--log-level", "info", "--per-user", "20")
}

func (s *studio) startWorker(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.workers[n] = s.run(fmt.Sprint("worker", n), "worker", "--redis", "redis://"+s.redis.Addr, "--log-level", "info",
		"--cache", filepath.Join(os.TempDir(), "pentimento-test-cache"))
}

// kill is kill -9.
func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Kill() // it may have ended by itself
	_ = cmd.Wait()         // killed
}

// stop ends all processes.
func (s *studio) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, cmd := range append(s.workers[:], s.bot) {
		if cmd != nil {
			kill(cmd)
		}
	}
}

// soak has people talk while things are broken, and looks at what became of it.
func (s *studio) soak(ctx context.Context, lasts time.Duration, people int) {
	breaking, stop := context.WithTimeout(ctx, lasts)
	defer stop()
	talkers := make([]*talker, people)
	var all sync.WaitGroup
	for n := range talkers {
		talkers[n] = newTalker(s, n)
		all.Go(func() { talkers[n].talk(breaking) })
	}
	s.breakThings(breaking)
	all.Wait()
	if !s.discord.Connected(time.Minute) { // it has ended by itself, and is started again as a service would be
		s.add("bots that had ended")
		s.killBot()
	}
	s.discord.Heal()
	deadline := time.Now().Add(settleFor)
	for _, t := range talkers {
		t.settle(deadline)
	}
	s.audit(ctx, talkers)
	for _, problem := range s.discord.Problems() {
		s.found("wrong", "Discord would not have it: %s", problem)
	}
}

// down reports whether the bot was down at some time between the two.
func (s *studio) down(from, until time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.downs {
		if d[0].Before(until) && (d[1].IsZero() || d[1].After(from)) {
			return true
		}
	}
	return false
}

// wentDown notes that the bot was killed, and cameUp that it is connected again.
func (s *studio) wentDown() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.downs = append(s.downs, [2]time.Time{time.Now()})
}

func (s *studio) cameUp() {
	if !s.discord.Connected(time.Minute) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.downs {
		if s.downs[i][1].IsZero() {
			s.downs[i][1] = time.Now()
		}
	}
}

// audit compares what was shown with what is kept.
func (s *studio) audit(ctx context.Context, talkers []*talker) {
	options, err := conn.Parse("redis://" + s.redis.Addr)
	if err != nil {
		s.host.Fatal(err)
	}
	store, err := redis.Open(ctx, redis.Options{Options: options})
	if err != nil {
		s.host.Fatal(err)
	}
	defer func() { _ = store.Close() }() // nothing was written
	for _, t := range talkers {
		kept, err := store.Load(ctx, session.Key{User: t.person.ID, Place: "discord/" + t.channel.ID})
		if err != nil {
			s.found("lost", "the conversation of %s: %v", t.person.Username, err)
			continue
		}
		made := map[string]int{}
		for _, turn := range kept.Turns {
			if made[turn.Event]++; made[turn.Event] == 2 {
				s.found("doubled", "%q of %s made two turns", turn.Utterance, t.person.Username)
			}
		}
		for event, text := range t.shown {
			if made[event] == 0 {
				s.found("lost", "the picture of %q that %s was shown", text, t.person.Username)
			}
		}
	}
}

// same reports whether a picture is what others got who said the same.
func (s *studio) same(way string, picture []byte) bool {
	digest := fmt.Sprintf("%x", sha256.Sum256(picture))
	s.mu.Lock()
	defer s.mu.Unlock()
	if had, known := s.digests[way]; known {
		return had == digest
	}
	s.digests[way] = digest
	return true
}
