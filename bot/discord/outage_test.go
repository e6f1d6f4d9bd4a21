package discord

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/state"
	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// outage is how long Redis is away: longer than an interaction waits for its first
// answer, and than a request to Redis does.
const outage = 4 * time.Second

// Redis is away for a while, and everybody waits: what is said is answered in the
// order in which it was said, what is pressed is answered at once, and nobody is
// sent away.
func TestTrust09EverybodyWaitsForRedis(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func(*redistest.Server) (over func()){
		"restart": func(s *redistest.Server) func() { s.Kill(); return s.Restart },
		"pause":   func(s *redistest.Server) func() { s.Pause(); return s.Resume },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			startStubWorker(t, server)
			w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) {
				if err := keepAt(t.Context(), &o.Options, o.engine, "redis://"+server.Addr); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					if err := errors.Join(o.Queue.Close(), o.Store.Close()); err != nil {
						t.Error(err)
					}
				})
			})
			ann, bob := w.Person("ann"), w.Person("bob")
			said := ann.Say(ann.Direct(), "a woman's face with blond hair")
			first := w.picture(ann.Direct(), said.ID, "turn 1")

			over := trouble(server)
			time.AfterFunc(outage, over)
			red := ann.Say(ann.Direct(), "make her hair red")
			black := ann.Say(ann.Direct(), "make her hair black")
			interactions := map[string]*discordtest.Interaction{
				"/imagine":  imagine(bob, bob.Direct(), "a river between mountains"),
				"/settings": ann.Slash(ann.Direct(), "settings", map[string]any{"name": "steps", "value": "7"}),
				"Attention": ann.Press(ann.Direct(), first, "Attention"),
				"/help":     bob.Slash(bob.Direct(), "help", nil),
			}
			for name, i := range interactions {
				if answered, ok := i.Wait(soon); !ok || answered.Acknowledged.Sub(answered.Sent) > 3*time.Second {
					t.Errorf("%s was not answered in time", name)
				}
				if text := i.Text(soon); text == "" || strings.Contains(text, "minute") {
					t.Errorf("%s was answered with %q", name, text)
				}
			}
			w.picture(bob.Direct(), "", "river")
			w.picture(ann.Direct(), red.ID, "turn 2 from 1")
			w.picture(ann.Direct(), black.ID, "red → black")
			if strings.Contains(w.log.String(), "outcome=failed") {
				t.Error("somebody was sent away")
			}
		})
	}
}

// A message that cannot be completed when the bot starts is completed later, and
// also by the next process, if this one ends before.
func TestTrust08TidyingGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	w.stop()
	direct := w.Person("ann").Direct()
	m, err := w.bot.api.Post(t.Context(), direct.ID, "", "", object.Content{Text: "step 1 of 20"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.bot.state.Open(m.ID, state.OpenMessage{Channel: direct.ID, Said: "a river"}); err != nil {
		t.Fatal(err)
	}
	w.Inject(discordtest.Fault{Method: "PATCH", Path: m.ID, Status: 500})
	w.start(w.bot.o)
	if !w.AwaitFaults(soon) {
		t.Fatal("it was not tried")
	}
	w.stop()
	w.Inject(discordtest.Fault{Method: "PATCH", Path: m.ID, Status: 500, Times: 2})
	w.start(w.bot.o)
	w.sees(direct, "", "restarted before this was drawn")
	for deadline := time.Now().Add(soon); ; time.Sleep(10 * time.Millisecond) {
		left, err := w.bot.state.Unfinished(func(string) bool { return true })
		if err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d messages wait still, %v", len(left), err)
		}
	}
}
