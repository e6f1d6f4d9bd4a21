package discord

import (
	"strings"
	"testing"

	"pentimento/bot/discord/view"
	"pentimento/tests/discordtest"
)

// customID is the id of the button with the label.
func customID(t *testing.T, m *discordtest.Message, label string) string {
	t.Helper()
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Label == label {
				return c.CustomID
			}
		}
	}
	t.Fatalf("there is no button %q", label)
	return ""
}

// A custom_id that is sent again, or from elsewhere, does what it did, to the
// session that it names, for its owner alone.
func TestReplayedButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob, channel, other := w.Person("ann"), w.Person("bob"), w.Channel("art"), w.Channel("other")
	w.ForbidThreads(channel)
	w.ForbidThreads(other)
	imagine(ann, channel, "a woman's face with blond hair")
	first := w.picture(channel, "", "blond")
	said := ann.Say(channel, "<@"+w.Bot().ID+"> make her hair red")
	red := w.picture(channel, said.ID, "red")
	undo := customID(t, red, "Undo")
	imagine(bob, other, "a river between mountains")
	bobs := w.picture(other, "", "river")

	for range 2 {
		i := ann.Use(channel, red, undo, 2, nil)
		w.picture(channel, i.ID, "turn 1 ")
	}
	i := ann.Use(other, bobs, undo, 2, nil) // under Bob's picture it is still Ann's
	w.picture(other, i.ID, "turn 1 ")
	for _, id := range []string{undo, customID(t, red, "Redraw"), customID(t, red, "Share")} {
		if text := w.told(bob.Use(channel, red, id, 2, nil)); !strings.Contains(text, "belong to somebody else") {
			t.Errorf("Bob sent Ann's id and was told %q", text)
		}
	}
	asked := ann.Press(channel, first, "Redraw").Reply(soon)
	if text := w.told(bob.Use(channel, asked, customID(t, asked, "Draw another"), 2, nil)); !strings.Contains(text, "belong to somebody else") {
		t.Errorf("Bob answered Ann's question and was told %q", text)
	}
	s, err := w.bot.o.Store.Load(t.Context(), view.SessionKey(bob.ID, other.ID))
	if err != nil || len(s.Turns) != 1 || s.Head != 1 {
		t.Errorf("Bob's session is %+v, %v", s, err)
	}
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

// Ann's own Cancel, sent under the message of Bob, who waits.
func TestCancelOfSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann, bob := w.Person("ann"), w.Person("bob")
	bob.Say(bob.Direct(), "a river between mountains")
	bobs := w.sees(bob.Direct(), "", "step 1 of 2")
	ann.Say(ann.Direct(), "a woman's face with blond hair")
	anns := w.sees(ann.Direct(), "", "")
	if text := w.told(ann.Use(bob.Direct(), bobs, customID(t, anns, "Cancel"), 2, nil)); !strings.Contains(text, "nothing to cancel") {
		t.Errorf("Ann was told %q", text)
	}
	close(w.engine.hold)
	w.picture(bob.Direct(), "", "river")
	w.picture(ann.Direct(), "", "blond")
}

// Whatever is said, nobody is notified and nothing is drawn as markup.
func TestMentionFloods(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	flood := "<@" + w.Bot().ID + "> " + strings.Repeat("@everyone <@123> <@&456> @here <#789> ", 40)
	ann.Say(channel, flood)
	w.sees(channel, "", "")
	w.told(imagine(ann, channel, flood))
	w.told(ann.Slash(channel, "settings", map[string]any{"name": "seed", "value": flood}))
	w.told(ann.Slash(channel, "fork", map[string]any{"code": flood}))
	w.told(ann.Slash(channel, "attention", map[string]any{"word": flood}))
	w.told(ann.Slash(channel, "weight", map[string]any{"word": flood, "factor": 2.0}))
	// The last of it all.
	said := ann.Say(ann.Direct(), "a river between mountains")
	w.picture(ann.Direct(), said.ID, "river")
	for _, m := range append(w.Messages(channel), w.Messages(w.Thread("everyone", soon))...) {
		if !m.Author.Bot {
			continue
		}
		if len(m.Pings) > 0 {
			t.Errorf("%q notifies %v", m.Content, m.Pings)
		}
		for _, raw := range []string{"@everyone", "@here", "<@1", "<@&", "<#"} {
			if strings.Contains(m.Content, raw) {
				t.Errorf("%q is shown raw in %q", raw, m.Content)
			}
		}
	}
}

// Whatever the factor is, the numbers still make a picture.
func TestFactorsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	m := w.picture(direct, "", "blond")
	for _, factor := range []any{1e300, -33.0, 32.1, 100, "NaN", "-Inf"} {
		i := ann.Slash(direct, "weight", map[string]any{"word": "hair", "factor": factor})
		w.sees(direct, i.ID, "up to 32 times as strong")
	}
	i := ann.Select(direct, m, "1e99 hair")
	w.sees(direct, i.ID, "up to 32 times as strong")
	i = ann.Slash(direct, "weight", map[string]any{"word": "hair", "factor": 32})
	strong := w.picture(direct, i.ID, "hair ×32")
	i = ann.Select(direct, strong, strong.Components[1].Components[0].Options[0].Value.(string))
	w.picture(direct, i.ID, "turn 3")
	if n := w.engine.count(); n != 3 {
		t.Errorf("%d pictures were drawn", n)
	}
}

// Nobody makes a picture take everybody's time, by whatever words.
func TestManySteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	if text := w.told(ann.Slash(direct, "settings", map[string]any{"name": "steps", "value": "1000"})); !strings.Contains(text, "up to 100 steps") {
		t.Errorf("/settings says %q", text)
	}
	ann.Say(direct, "a river between mountains")
	w.picture(direct, "", "river")
	said := ann.Say(direct, "set steps to 1000")
	w.sees(direct, said.ID, "up to 100 steps")
	said = ann.Say(direct, "set steps to 50")
	w.sees(direct, said.ID, "steps is now 50")
	if o := w.bot.state.Options(view.SessionKey(ann.ID, direct.ID), w.bot.o.Defaults); o.Steps != 50 {
		t.Errorf("the steps are %d", o.Steps)
	}
}
