package discord

import (
	"strings"
	"testing"

	"pentimento/bot"
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
