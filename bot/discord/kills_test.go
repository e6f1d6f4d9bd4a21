package discord

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"pentimento/bot"
	boltrecords "pentimento/bot/discord/records/bolt"
	redisrecords "pentimento/bot/discord/records/redis"
	"pentimento/bot/discord/view"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	redisjobs "pentimento/jobs/redis"
	"pentimento/session/bolt"
	"pentimento/session/redis"
	"pentimento/session/redis/conn"
	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// childEnv has the test binary be a bot in a process of its own, which can be
// killed: the address of Discord, and the folder or the Redis where it keeps
// everything.
const childEnv = "DISCORD_TEST_CHILD"

// drawingTime is what a picture takes the children.
const drawingTime = 15 * time.Millisecond

// sleeper is a stub that takes its time, until ctx ends.
func sleeper(ctx context.Context) *stub {
	hold := make(chan struct{})
	go func() {
		for ctx.Err() == nil {
			time.Sleep(drawingTime)
			select {
			case hold <- struct{}{}:
			case <-ctx.Done():
			}
		}
	}()
	return &stub{hold: hold}
}

// serveForEver is a bot until it is killed; where is the address of Discord and the
// place where it keeps everything.
func serveForEver(where []string) error {
	ctx := context.Background()
	conn.LogTo(slog.New(slog.DiscardHandler))
	o := Options{
		Token: discordtest.Token, Planner: bot.Grammar{Planner: dialogue.New()}, Base: where[0], Backoff: 10 * time.Millisecond,
		Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 7 }}, Defaults: bot.Options{Steps: 4, Guidance: 4.5},
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)), PerUser: 100,
	}
	engine := sleeper(ctx)
	o.Model = engine.known()
	if err := keepAt(ctx, &o, engine, where[1]); err != nil {
		return err
	}
	b, err := New(o)
	if err != nil {
		return err
	}
	return errors.Join(b.Run(ctx), errors.New("the bot has ended"))
}

// keepAt has a bot keep everything in a folder, and draw itself; or on a Redis,
// where a worker draws.
func keepAt(ctx context.Context, o *Options, engine *stub, place string) (err error) {
	if !conn.IsAddress(place) {
		o.Queue = jobs.NewLocal(ctx, jobs.Options{PerUser: 100}, jobs.Worker{Name: "worker", Engine: drawer.New(engine)})
		if o.Records, err = boltrecords.Open(filepath.Join(place, "records"), slog.New(slog.DiscardHandler)); err != nil {
			return err
		}
		o.Store, err = bolt.Open(filepath.Join(place, "sessions"), bolt.Options{})
		return err
	}
	server, err := conn.Parse(place)
	if err != nil {
		return err
	}
	o.Shared, o.Records = true, redisrecords.New(server.ConnectOnce(), server.Prefix)
	if o.Store, err = redis.Open(ctx, redis.Options{Options: server}); err != nil {
		return err
	}
	o.Queue, err = redisjobs.New(ctx, server.Connect(), redisjobs.Options{Options: jobs.Options{PerUser: 100}})
	return err
}

// killed is a bot that is killed again and again.
type killed struct {
	*discordtest.Server
	t     *testing.T
	place string
	child *exec.Cmd
	said  bytes.Buffer
}

// start starts the bot again.
func (k *killed) start() {
	k.t.Helper()
	k.child = exec.Command(os.Args[0])
	k.child.Env = append(os.Environ(), childEnv+"="+k.URL()+" "+k.place)
	k.child.Stderr = &k.said
	if err := k.child.Start(); err != nil {
		k.t.Fatal(err)
	}
}

// kill ends the bot as kill -9 does.
func (k *killed) kill() {
	_ = k.child.Process.Kill() // it may have ended by itself, which connected notices
	_ = k.child.Wait()         // killed
	k.Drop()
}

// connected waits until the bot is.
func (k *killed) connected() {
	k.t.Helper()
	if !k.Connected(soon) {
		k.t.Fatalf("the bot is not connected; it said\n%s", k.said.String())
	}
}

// An errand is what somebody asked for before a kill.
type errand struct {
	person  *discordtest.Person
	channel *discordtest.Channel
	command *discordtest.Interaction // nil if it was said
}

// ask has a new person ask for a picture, one way or another.
func (k *killed) ask(n int) *errand {
	p := k.Person("person" + strconv.Itoa(n))
	e := &errand{person: p, channel: p.Direct()}
	switch n % 4 {
	case 0:
		p.Say(e.channel, "a river between mountains")
		p.Say(e.channel, "make it night")
	case 1:
		e.command = imagine(p, e.channel, "a river between mountains")
	case 2: // where the bot may only answer
		e.channel = p.Private()
		e.command = imagine(p, e.channel, "a river between mountains")
	case 3:
		e.command = p.Slash(e.channel, "history", nil)
	}
	return e
}

// settle waits until the messages of an errand are finished, and holds them to
// what was asked for.
func (k *killed) settle(e *errand) {
	k.t.Helper()
	finished := func() (all []discordtest.Message, ok bool) {
		for _, m := range k.Messages(e.channel) {
			if m.Author.Bot {
				all = append(all, m)
				if m.Unfinished() {
					return all, false
				}
			}
		}
		return all, true
	}
	all, ok := finished()
	for deadline := time.Now().Add(soon); !ok && time.Now().Before(deadline); all, ok = finished() {
		time.Sleep(10 * time.Millisecond)
	}
	for _, m := range all {
		if m.Unfinished() {
			k.t.Errorf("%s: %q stays as it is, with %v", e.person.Username, m.Content, m.Labels())
		}
	}
	answers := map[string]int{}
	for _, m := range all {
		if m.Reference != nil {
			answers[m.Reference.MessageID]++
		}
	}
	for said, n := range answers {
		if n > 1 {
			k.t.Errorf("%s was answered %d times to %s", e.person.Username, n, said)
		}
	}
	if e.command == nil {
		return
	}
	if answered, _ := e.command.Wait(0); answered.Acknowledged.IsZero() {
		return // Discord has told them so
	}
	if len(all) == 0 || len(all) > 2 {
		k.t.Errorf("%s was answered with %d messages", e.person.Username, len(all))
	}
}

// kills is how many kills the test makes: a few, or as many as the environment
// wants.
func kills(t *testing.T, few int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("PENTIMENTO_TEST_KILLS"))
	if err != nil {
		return few
	}
	return n
}

// The bot is killed at any moment, also while it starts or Redis is away: every
// message ends in a picture or in a sentence, and none comes twice.
func TestTrust08EveryMessageEnds(t *testing.T) {
	t.Parallel()
	t.Run("file", func(t *testing.T) {
		t.Parallel()
		killAgainAndAgain(t, t.TempDir(), func(int) func() { return func() {} })
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		server := redistest.Start(t, "--appendfsync", "no")
		startStubWorker(t, server)
		killAgainAndAgain(t, "redis://"+server.Addr, func(n int) func() {
			switch n % 8 {
			case 1, 6: // it has gone when the bot dies
				server.Kill()
				return server.Restart
			case 3: // it stands still
				server.Pause()
				return server.Resume
			}
			return func() {}
		})
	})
}

// startStubWorker starts what draws for bots on the server.
func startStubWorker(t *testing.T, server *redistest.Server) {
	t.Helper()
	options, err := conn.Parse("redis://" + server.Addr)
	if err != nil {
		t.Fatal(err)
	}
	client := options.Connect()
	queue, err := redisjobs.New(t.Context(), client, redisjobs.Options{Asker: "worker"})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	worker := jobs.Worker{Name: "worker", Source: queue, Engine: drawer.New(sleeper(ctx)), Slots: 2, Log: slog.New(slog.DiscardHandler)}
	go func() { ended <- worker.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := errors.Join(<-ended, queue.Close(), client.Close()); err != nil {
			t.Error(err)
		}
	})
}

// killAgainAndAgain has people ask and kills the bot; trouble is called shortly
// before every kill, and what it returns after that.
func killAgainAndAgain(t *testing.T, place string, trouble func(n int) (over func())) {
	k := &killed{Server: discordtest.New(discordtest.Options{AcknowledgeWithin: soon, MessageContent: true}), t: t, place: place}
	defer k.Close()
	defer func() {
		if t.Failed() {
			t.Logf("the bots said\n%s", k.said.String())
		}
	}()
	var errands []*errand
	for n := range kills(t, 24) {
		k.start()
		if n%5 == 4 { // while it starts
			time.Sleep(rand.N(60 * time.Millisecond))
		} else {
			k.connected()
			errands = append(errands, k.ask(n))
			time.Sleep(rand.N(150 * time.Millisecond))
		}
		over := trouble(n)
		time.Sleep(rand.N(30 * time.Millisecond))
		k.kill()
		over()
	}
	k.start()
	k.connected()
	for _, e := range errands {
		k.settle(e)
	}
	k.kill()
	for _, problem := range k.Problems() {
		t.Errorf("Discord would not have it: %s", problem)
	}
	wantEventsOnce(t, place, errands)
}

// wantEventsOnce looks at the sessions of those who asked: nothing became two
// turns.
func wantEventsOnce(t *testing.T, place string, errands []*errand) {
	t.Helper()
	var o Options
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := keepAt(ctx, &o, &stub{}, place); err != nil {
		t.Fatal(err)
	}
	turns := 0
	for _, e := range errands {
		s, err := o.Store.Load(ctx, view.SessionKey(e.person.ID, e.channel.ID))
		if err != nil {
			t.Fatal(err)
		}
		made := map[string]int{}
		for _, turn := range s.Turns {
			turns++
			if made[turn.Event]++; made[turn.Event] > 1 {
				t.Errorf("the event %s of %s made %d turns", turn.Event, e.person.Username, made[turn.Event])
			}
		}
	}
	t.Logf("%d errands became %d turns", len(errands), turns)
	if err := errors.Join(o.Queue.Close(), o.Store.Close(), o.Records.Close()); err != nil {
		t.Error(err)
	}
}
