package discord

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pentimento/bot/discord/view"
	"pentimento/tests/discordtest"
)

func TestRedrawAsksFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond hair")
	asked := ann.Press(direct, first, "Redraw")
	question := asked.Reply(soon)
	if question == nil || question.Flags&discordtest.Ephemeral == 0 || w.engine.count() != 1 {
		t.Fatalf("redraw did not ask: %+v", question)
	}
	ann.Press(direct, question, "Draw another")
	w.picture(direct, question.ID, "turn 2")

	// With a seed that is set, too, it is another one.
	w.told(ann.Slash(direct, "settings", map[string]any{"name": "seed", "value": "5"}))
	i := imagine(ann, direct, "a river between mountains")
	river := w.picture(direct, i.ID, "seed 5")
	question = ann.Press(direct, river, "Redraw").Reply(soon)
	ann.Press(direct, question, "Draw another")
	w.picture(direct, question.ID, "seed 7")
	i = imagine(ann, direct, "a boat on a lake")
	w.picture(direct, i.ID, "seed 5")
}

// What a picture does not show is said under it, with buttons that do something
// about it.
func TestDoubtsHaveButtons(t *testing.T) {
	t.Parallel()
	nothing := 0.
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{change: &nothing} })
	ann := w.Person("ann")
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, "", "blond hair")
	if slices.Contains(first.Labels(), "stronger") {
		t.Errorf("a first picture has the buttons %q", first.Labels())
	}
	ann.Say(direct, "make her hair red")
	edit := w.picture(direct, "", "I see no difference where it should be")
	stronger := ann.Press(direct, edit, "stronger")
	w.picture(direct, stronger.ID, "red ×1.5")
	again := ann.Press(direct, edit, "redraw with another seed")
	if m := w.picture(direct, again.ID, "seed 7"); !strings.Contains(m.Content, "a woman's face with red hair") || strings.Contains(m.Content, "I see no") {
		t.Errorf("drawn again it says %q", m.Content)
	}
}

// The buttons of a page of variations mean those variations for ever: after a restart,
// after another one was taken, and after something else was said. They are their owner's.
func TestVariationsHaveButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	channel := w.Channel("art")
	w.ForbidThreads(channel)
	imagine(ann, channel, "a woman's face with blond hair")
	w.picture(channel, "", "blond")
	edit := ann.Slash(channel, "edit", map[string]any{"request": "make her hair red"})
	w.picture(channel, edit.ID, "turn 2 from 1")
	asked := ann.Slash(channel, "variations", map[string]any{"count": 3})
	page := w.sees(channel, asked.ID, "Say a number")
	if !slices.Equal(page.Labels(), []string{"as it is", "freer", "stronger"}) || len(page.Attachments) != 1 {
		t.Fatalf("the page has the buttons %q and %d files", page.Labels(), len(page.Attachments))
	}
	if text := w.told(bob.Use(channel, page, customID(t, page, "freer"), 2, nil)); !strings.Contains(text, "belong to somebody else") {
		t.Errorf("a foreign button was answered with %q", text)
	}
	freer := ann.Press(channel, page, "freer")
	w.picture(channel, freer.ID, "turn 3 from 1")
	stronger := ann.Press(channel, page, "stronger")
	w.picture(channel, stronger.ID, "turn 4 from 1")

	other := ann.Slash(channel, "edit", map[string]any{"request": "add glasses"})
	w.picture(channel, other.ID, "turn 5 from 4")
	w.stop()
	w.start(w.bot.o)
	late := ann.Press(channel, page, "freer")
	w.picture(channel, late.ID, "turn 6 from 1")
	back := ann.Press(channel, page, "as it is")
	w.picture(channel, back.ID, "turn 2 from 1")
	s, err := w.bot.o.Store.Load(t.Context(), view.SessionKey(ann.ID, channel.ID))
	if err != nil || s.Head != 2 || len(s.Turns) != 6 {
		t.Fatalf("turn %d of %d, %v", s.Head, len(s.Turns), err)
	}
	one, two, again := s.Turns[2].Recipe, s.Turns[3].Recipe, s.Turns[5].Recipe
	if one.Windows.Cross.To != 0 || two.Windows.Cross.To == 0 || len(two.Weights) != 1 || !reflect.DeepEqual(again, one) {
		t.Errorf("taken were %+v, %+v and %+v", one, two, again)
	}
}

func TestCancelTellsTheTruth(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = &stub{hold: make(chan struct{})} })
	ann, bob := w.Person("ann"), w.Person("bob")
	direct, other := ann.Direct(), bob.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	running := w.sees(direct, "", "step 1 of 2")
	bob.Say(other, "a river between mountains")
	w.sees(other, "", "one picture before yours")
	ann.Press(direct, running, "Cancel")
	cancelled := w.sees(direct, "", "Cancelled. Nothing was changed.")
	if len(cancelled.Labels()) != 0 {
		t.Errorf("what is cancelled has the buttons %q", cancelled.Labels())
	}
	close(w.engine.hold)
	w.picture(other, "", "river")
	if text := w.told(ann.Press(direct, running, "Cancel")); !strings.Contains(text, "nothing to cancel") {
		t.Errorf("a second cancel was told %q", text)
	}
	if n := w.engine.count(); n != 1 {
		t.Errorf("%d pictures were drawn", n)
	}
}

func TestForgedAndForeignButtons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, bob := w.Person("ann"), w.Person("bob")
	channel := w.Channel("art")
	w.ForbidThreads(channel)
	imagine(ann, channel, "a woman's face with blond hair")
	first := w.picture(channel, "", "blond")
	undo := ""
	for _, row := range first.Components {
		undo = row.Components[0].CustomID
		break
	}
	forged := []string{"", "undo", strings.Repeat("A", 46), undo[:len(undo)-2] + "AA", "A" + undo[1:], undo + "AAAA"}
	for _, id := range forged {
		if text := w.told(ann.Use(channel, first, id, 2, nil)); !strings.Contains(text, "don't know that button") {
			t.Errorf("the forged id %q was answered with %q", id, text)
		}
	}
	if text := w.told(bob.Use(channel, first, undo, 2, nil)); !strings.Contains(text, "belong to somebody else") {
		t.Errorf("a foreign button was answered with %q", text)
	}
	if n := w.engine.count(); n != 1 {
		t.Errorf("%d pictures were drawn", n)
	}
	if n := strings.Count(w.log.String(), "a forged button"); n != 1 {
		t.Errorf("forged buttons were logged %d times", n)
	}
}

func TestModalAutocompletionAndRecipe(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) {
		o.engine, o.Rename = pocketStub(t), map[string]string{"imagine": "paint"}
	})
	ann, channel := w.Person("ann"), w.Channel("art")
	w.ForbidThreads(channel)
	ann.Slash(channel, "paint", map[string]any{"prompt": "a woman's face with blond hair"})
	first := w.picture(channel, "", "blond")
	choices := ann.Autocomplete(channel, "weight", "word", "ha").Choices(soon)
	if len(choices) != 1 || choices[0].Name != "hair" {
		t.Errorf("offered %v", choices)
	}
	asked := ann.OnMessage(channel, "Edit this picture", first)
	if _, ok := asked.Wait(soon); !ok {
		t.Fatal("no modal")
	}
	ann.Submit(channel, asked, "make her hair red")
	second := w.picture(channel, first.ID, "blond → red")
	if text := w.told(ann.OnMessage(channel, "Recipe", second)); !strings.Contains(text, "seed 7") {
		t.Errorf("the recipe is %q", text)
	}
	if choices := ann.Autocomplete(channel, "goto", "turn", "").Choices(soon); len(choices) != 2 {
		t.Errorf("offered %v", choices)
	}
	for _, name := range []string{"help", "export", "settings"} {
		if w.told(ann.Slash(channel, name, nil)) == "" {
			t.Errorf("/%s was not answered", name)
		}
	}
}

// Where a prompt is too long, what can be left out is on buttons, and the one that is
// pressed has the picture drawn without it.
func TestRoomIsMadeByAButton(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann := w.Person("ann")
	direct := ann.Direct()
	i := imagine(ann, direct, "a woman with long curly brown hair, glasses, earrings, a red hat, freckles, a smile and blue eyes wearing a green sweater on a yellow background")
	first := w.picture(direct, i.ID, "turn 1")
	if !strings.Contains(first.Content, "a red hat, freckles, a smile and blue eyes wearing a green sweater on yellow background") {
		t.Errorf("the first picture is %q", first.Content)
	}
	said := ann.Say(direct, "add a big boat and some clouds")
	question := w.sees(direct, said.ID, "What should I leave out instead?")
	if got := question.Labels(); len(got) < 2 || !strings.HasPrefix(got[0], `leave out "`) || got[len(got)-1] != "keep the picture as it is" {
		t.Fatalf("%q offers %q", question.Content, got)
	}
	if n := w.engine.count(); n != 1 {
		t.Fatalf("%d pictures are drawn before the answer", n)
	}
	ann.Press(direct, question, question.Labels()[0])
	second := w.picture(direct, question.ID, "turn 2 from 1")
	if !strings.Contains(second.Content, "boat") {
		t.Errorf("the picture is %q", second.Content)
	}
}
