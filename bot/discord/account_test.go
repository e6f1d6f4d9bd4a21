package discord

import (
	"strings"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/view"
	"pentimento/tests/discordtest"
)

func TestForgetLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond")
	w.told(ann.Slash(direct, "settings", map[string]any{"name": "steps", "value": "9"}))
	asked := ann.Slash(direct, "forget", nil).Reply(soon)
	w.told(ann.Press(direct, asked, "Delete it all"))
	w.sees(direct, "", "I know nothing about you")
	keys, err := w.bot.o.Store.List(t.Context(), ann.ID)
	if err != nil || len(keys) != 0 {
		t.Errorf("%v is left (%v)", keys, err)
	}
	if o := w.bot.state.Options(view.SessionKey(ann.ID, direct.ID), bot.Options{}); o != (bot.Options{}) {
		t.Errorf("settings are left: %v", o)
	}
	ann.Select(direct, first, "1.5 hair")
	w.sees(direct, first.ID, "not kept any more")
}

// Who forgets while a message of theirs is still to be answered leaves nothing either:
// a turn that has not begun is not one that goes on afterwards.
func TestForgetWaitsForWhatBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	elsewhere := ann.Private()
	asked := ann.Slash(elsewhere, "forget", nil).Reply(soon)
	w.Inject(discordtest.Fault{Method: "POST", Path: "/channels/" + direct.ID + "/messages", Delay: time.Second})
	said := ann.Say(direct, "a woman's face with blond hair")
	waiting := func() map[string]state.OpenMessage {
		open, err := w.bot.state.Unfinished(func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		return open
	}
	for deadline := time.Now().Add(soon); len(waiting()) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the message is not noted")
		}
	}
	w.told(ann.Press(elsewhere, asked, "Delete it all"))
	w.sees(elsewhere, "", "I know nothing about you")
	if open := waiting(); len(open) != 0 {
		t.Errorf("%v is left", open)
	}
	if keys, err := w.bot.o.Store.List(t.Context(), ann.ID); err != nil || len(keys) != 0 {
		t.Errorf("%v is left (%v)", keys, err)
	}
	w.sees(direct, said.ID, "ancelled")
}

func TestAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	owner, ann := w.Owner(), w.Person("ann")
	direct := ann.Direct()
	block := func(p *discordtest.Person, what string) string {
		return w.told(p.Slash(p.Direct(), "admin", map[string]any{what: map[string]any{"user": ann.ID}}))
	}
	if text := block(ann, "unblock"); !strings.Contains(text, "Only those") {
		t.Errorf("Ann was told %q", text)
	}
	block(owner, "block")
	if text := w.told(ann.Slash(direct, "help", nil)); !strings.Contains(text, "may not") {
		t.Errorf("blocked, Ann was told %q", text)
	}
	block(owner, "unblock")
	w.told(owner.Slash(owner.Direct(), "admin", map[string]any{"drain": map[string]any{}}))
	said := ann.Say(direct, "a river between mountains")
	w.sees(direct, said.ID, "no new pictures")
	if text := w.told(owner.Slash(owner.Direct(), "admin", map[string]any{"stats": map[string]any{}})); !strings.Contains(text, "waiting") {
		t.Errorf("the statistics are %q", text)
	}
}
