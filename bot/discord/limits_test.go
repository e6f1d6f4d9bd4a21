package discord

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pentimento/bot/discord/policy"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

func TestManyRequestsOfOneUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine = &stub{hold: make(chan struct{})}
		o.PerUser = 3
	})
	ann, bob := w.Person("ann"), w.Person("bob")
	direct := ann.Direct()
	for range 100 {
		ann.Say(direct, "a woman's face with blond hair")
	}
	refused := 0
	deadline := time.Now().Add(soon)
	for refused < 97 && time.Now().Before(deadline) {
		refused = 0
		for _, m := range w.Messages(direct) {
			if strings.Contains(m.Content, "waiting or being drawn already") {
				refused++
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	if refused != 97 {
		t.Errorf("%d of 100 were refused", refused)
	}
	if n := strings.Count(w.log.String(), "more pictures than a user may have waiting"); n != 1 {
		t.Errorf("that was logged %d times", n)
	}
	other := bob.Direct()
	bob.Say(other, "a river between mountains")
	w.sees(other, "", "one picture before yours")
	close(w.engine.hold)
	w.picture(other, "", "river")
}

func TestRolesMayHaveMoreWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine = &stub{hold: make(chan struct{})}
		o.PerUser, o.Policy.WaitingByRole = 1, map[string]int{"88": 2}
	})
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	bob.Roles = []string{"77", "88"}
	for _, p := range []*discordtest.Person{ann, bob} {
		for range 3 {
			w.told(imagine(p, channel, "a river between mountains"))
		}
	}
	w.sees(channel, "", "You have one picture waiting")
	w.sees(channel, "", "You have 2 pictures waiting")
	close(w.engine.hold)
	deadline := time.Now().Add(soon)
	for w.engine.count() < 3 && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	w.stop()
	channel, other := w.Channel("art"), w.Channel("talk")
	ann := w.Person("ann")
	o := w.bot.o
	o.Store = session.NewMemory()
	o.Records = newRecords(t, filepath.Join(t.TempDir(), "state"))
	o.Policy = policy.Policy{Channels: []string{channel.ID}, Roles: []string{"77"}, PerDay: 1, PerDayByRole: map[string]int{"88": 2}, BlockedWords: []string{"nude"}}
	w.start(o)
	if text := w.told(imagine(ann, other, "a river")); !strings.Contains(text, "channel") {
		t.Errorf("in another channel: %q", text)
	}
	if text := w.told(imagine(ann, channel, "a river")); !strings.Contains(text, "role") {
		t.Errorf("without the role: %q", text)
	}
	ann.Roles = []string{"77", "88"}
	if text := w.told(imagine(ann, channel, "a ñůdе woman")); !strings.Contains(text, "blocked") {
		t.Errorf("with a blocked word: %q", text)
	}
	mention := ann.Say(channel, "<@"+w.Bot().ID+"> a nude woman")
	if text := w.told(ann.Slash(channel, "swap", map[string]any{"from": "dress", "to": "n.u.d.e"})); !strings.Contains(text, "blocked") {
		t.Errorf("with a blocked word: %q", text)
	}
	w.sees(channel, mention.ID, "blocked")
	for _, m := range w.Messages(channel) {
		if m.Author.Bot && strings.Contains(m.Content, "woman") {
			t.Errorf("the bot says %q", m.Content)
		}
	}
	for _, prompt := range []string{"a river between mountains", "a boat on a lake"} {
		imagine(ann, channel, prompt)
		w.picture(w.Thread(prompt, soon), "", prompt)
	}
	imagine(ann, channel, "a house in a forest")
	w.sees(w.Thread("a house", soon), "", "drawn 2 pictures today")
	if n := w.engine.count(); n != 2 {
		t.Errorf("%d pictures were drawn", n)
	}
}
