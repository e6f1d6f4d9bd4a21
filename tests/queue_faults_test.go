package tests

import (
	"bytes"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pentimento/session"
	"pentimento/session/bolt"
	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// studio is a bot on a fake Discord whose pictures are drawn by workers, by way
// of a Redis.
type studio struct {
	program
	t       *testing.T
	redis   *redistest.Server
	discord *discordtest.Server
	bot     *exec.Cmd
	metrics string // address
	ann     *discordtest.Person
	channel *discordtest.Channel
}

// newStudio starts the bot; there is no worker yet.
func newStudio(t *testing.T) *studio {
	s := &studio{program: newProgram(t), t: t, redis: redistest.Start(t), discord: newDiscord(t, discordtest.Options{MessageContent: true})}
	s.metrics = freeAddress(t)
	s.ann = s.discord.Person("ann")
	s.channel = s.ann.Direct()
	s.start()
	return s
}

// start starts the bot, also again.
func (s *studio) start() {
	s.t.Helper()
	s.bot = s.serve(s.t, s.discord, "--engine", "queue", "--redis", "redis://"+s.redis.Addr, "--metrics", s.metrics, "--log-level", "info")
}

// worker starts a worker that gives back at once what it draws when it is told
// to end.
func (s *studio) worker() *worker {
	s.t.Helper()
	return s.startWorker(s.t, s.redis, "--drain", "1ms")
}

// freeAddress is an address at which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

// begin says something and waits until one of the workers draws it.
func (s *studio) begin(text string, workers ...*worker) (said *discordtest.Message, drawer *worker) {
	s.t.Helper()
	said = s.ann.Say(s.channel, text)
	return said, s.awaitDrawing(said.ID, workers...)
}

// awaitDrawing waits until one of the workers draws the turn, and returns it.
func (s *studio) awaitDrawing(turn string, workers ...*worker) *worker {
	s.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		for _, w := range workers {
			if strings.Contains(w.log.String(), "msg=drawing worker="+w.name()+" turn="+turn) {
				return w
			}
		}
	}
	for _, w := range workers {
		s.t.Logf("a worker:\n%s", w.log.String())
	}
	s.t.Fatalf("nobody drew the turn %s", turn)
	return nil
}

// name is what the worker calls itself in its log.
func (w *worker) name() string {
	_, name, _ := strings.Cut(w.log.String(), "msg=ready worker=")
	name, _, _ = strings.Cut(name, " ")
	return name
}

// end waits until the process has ended without an error.
func (w *worker) end(t *testing.T) {
	t.Helper()
	<-w.logged
	if err := w.cmd.Wait(); err != nil {
		t.Errorf("the worker ended with %v", err)
	}
}

// kill is kill -9.
func kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
}

// A conversation in which a worker and the bot are killed, Redis stands still,
// and both are told to end, each while a picture is drawn. Every request
// becomes one picture in one message and one turn.
func TestQueueFaults(t *testing.T) {
	t.Parallel() // most of the time it waits
	s := newStudio(t)
	d := s.discord
	one := s.worker()
	said, _ := s.begin("a woman's face with blond hair", one)
	drawn(t, d, s.channel, said.ID, "turn 1")

	// Cancel ends the drawing, and nothing is kept.
	said, _ = s.begin("make her hair green", one)
	answer := d.Message(s.channel, said.ID, patience, func(m *discordtest.Message) bool { return m.Author.Bot })
	answered(t, s.ann.Press(s.channel, answer, "Cancel"))
	if d.Message(s.channel, said.ID, patience, func(m *discordtest.Message) bool { return strings.Contains(m.Content, "Nothing was changed") }) == nil {
		t.Error("the cancel was not confirmed")
	}
	said = s.ann.Say(s.channel, "make her hair red")
	drawn(t, d, s.channel, said.ID, "turn 2 from 1")
	if log := one.log.String(); !strings.Contains(log, "stopped: cancelled") {
		t.Errorf("the worker was not stopped:\n%s", log)
	}

	// A worker is killed: another one draws the picture.
	other := s.worker()
	said, doomed := s.begin("make her hair black", one, other)
	kill(t, doomed.cmd)
	killed := time.Now()
	living := one
	if doomed == one {
		living = other
	}
	s.awaitDrawing(said.ID, living)
	if took := time.Since(killed); took > recoverFor {
		t.Errorf("the picture was begun again %v after its worker was killed, want %v", took, recoverFor)
	} else {
		t.Logf("recovered from a killed worker after %v", took)
	}
	drawn(t, d, s.channel, said.ID, "turn 3 from 2")

	// The bot is killed: its message gets the picture when it is back.
	said, _ = s.begin("make her hair blond", living)
	kill(t, s.bot)
	s.start()
	drawn(t, d, s.channel, said.ID, "turn 4 from 3")

	// Redis stands still.
	said, _ = s.begin("add glasses", living)
	s.redis.Pause()
	time.Sleep(10 * time.Second)
	s.redis.Resume()
	drawn(t, d, s.channel, said.ID, "turn 5 from 4")

	// Bot and worker are told to end, and come back.
	s.wantWell()
	said, _ = s.begin("without the glasses", living)
	if err := living.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	stop(t, s.bot)
	if m := d.Message(s.channel, said.ID, time.Second, func(m *discordtest.Message) bool { return m.Author.Bot }); m == nil || !strings.Contains(m.Content, "goes on being drawn") {
		t.Errorf("the message of the turn says %+v", m)
	}
	if log := s.bot.Stderr.(*bytes.Buffer).String(); !strings.Contains(log, "turn="+said.ID) || strings.Contains(log, "glasses") {
		t.Errorf("the bot's log:\n%s", log)
	}
	living.end(t)
	if log := living.log.String(); !strings.Contains(log, "given back unfinished") || strings.Contains(log, "glasses") {
		t.Errorf("the worker's log:\n%s", log)
	}
	s.worker()
	s.start()
	drawn(t, d, s.channel, said.ID, "turn 6 from 5")

	stop(t, s.bot)
	s.wantTurns(6)
}

// wantWell checks what operators see of the bot.
func (s *studio) wantWell() {
	s.t.Helper()
	for path, want := range map[string]string{
		"readyz":  "discord: ok\nstore: ok\nqueue: ok\n",
		"metrics": `pentimento_turns_total{outcome="answered"}`,
	} {
		if said := get(s.t, "http://"+s.metrics+"/"+path); !strings.Contains(said, want) {
			s.t.Errorf("%s says\n%s", path, said)
		}
	}
	out, err := s.runWith(discordtest.Token, "doctor", "--engine", "queue", "--redis", "redis://"+s.redis.Addr,
		"--discord-api", s.discord.URL(), "--store", filepath.Join(s.t.TempDir(), "store"))
	if err != nil || !strings.Contains(out, "✓ queue") || !strings.Contains(out, "✓ workers") {
		s.t.Errorf("the doctor says %v\n%s", err, out)
	}
}

// wantTurns checks that there are so many turns, as many messages with a
// picture, and nothing left in the queue.
func (s *studio) wantTurns(want int) {
	s.t.Helper()
	store, err := bolt.Open(filepath.Join(s.dir, "discord.db"), bolt.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	kept, err := store.Load(s.t.Context(), session.Key{User: s.ann.ID, Place: "discord/" + s.channel.ID})
	if err != nil || len(kept.Turns) != want {
		s.t.Errorf("%d turns were kept, %v; want %d", len(kept.Turns), err, want)
	}
	if err := store.Close(); err != nil {
		s.t.Error(err)
	}
	pictures := 0
	for _, m := range s.discord.Messages(s.channel) {
		if len(m.Attachments) > 0 {
			pictures++
		}
	}
	if pictures != want {
		s.t.Errorf("%d messages have a picture, want %d", pictures, want)
	}
	stats, err := openQueue(s.t, s.redis).Stats(s.t.Context())
	if err != nil || stats.Waiting+stats.Running+stats.DeadLetters > 0 {
		s.t.Errorf("in the queue is %+v, %v", stats, err)
	}
}
