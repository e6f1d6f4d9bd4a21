package discord

import (
	"strings"
	"testing"

	"pentimento/bot/discord/view"
	"pentimento/session"
	"pentimento/tests/discordtest"
)

// After /forget the numbers of turns begin again. Whatever is done with an old
// message is not done to a new picture of the same number, and is answered.
func TestTrust06OldButtonsAfterForget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.engine, o.PerUser = pocketStub(t), 100 })
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	draw := func() (first, second *discordtest.Message) {
		i := imagine(ann, channel, "a woman's face with blond hair")
		first = w.picture(channel, i.ID, "blond")
		said := ann.Reply(channel, first, "make her hair red")
		return first, w.picture(channel, said.ID, "red")
	}
	first, old := draw()
	said := ann.Reply(channel, old, "change her hair")
	question := w.sees(channel, said.ID, "What should the hair be")
	forget := ann.Slash(channel, "forget", nil).Reply(soon)
	i := ann.Press(channel, forget, "Delete it all")
	w.settled(i.ID)
	_, newer := draw()
	key := view.SessionKey(ann.ID, channel.ID)
	before, err := w.bot.o.Store.Load(t.Context(), key)
	if err != nil || len(before.Turns) != 2 || before.Head != 2 {
		t.Fatalf("the new session is %+v, %v", before, err)
	}
	drawn := w.engine.count()
	const gone = "not kept any more"
	use := func(m *discordtest.Message, c discordtest.Component) {
		t.Helper()
		var values []string
		if c.Type == 3 {
			values = []string{c.Options[0].Value.(string)}
		}
		i := ann.Use(channel, m, c.CustomID, c.Type, values)
		w.settled(i.ID)
		if text := i.Text(soon); strings.Contains(text, "Draw it again with another seed") {
			asked := i.Reply(soon)
			i = ann.Press(channel, asked, "Draw another")
			w.settled(i.ID)
		}
		if text := i.Text(soon); !strings.Contains(text, gone) && w.Message(channel, i.ID, 0, func(m *discordtest.Message) bool { return strings.Contains(m.Content, gone) }) == nil {
			t.Errorf("%s%s was answered with %q", c.Label, c.Placeholder, text)
		}
	}
	for _, m := range []*discordtest.Message{first, old, question} {
		for _, row := range m.Components {
			for _, c := range row.Components {
				if !c.Disabled {
					use(m, c)
				}
			}
		}
	}
	for _, who := range []*discordtest.Person{ann, bob} {
		said := who.Reply(channel, old, "make her hair green")
		w.sees(channel, said.ID, gone)
		if text := w.told(who.OnMessage(channel, recipeMessage, old)); !strings.Contains(text, gone) {
			t.Errorf("%s was given the recipe: %q", who.Username, text)
		}
		asked := who.OnMessage(channel, editMessage, old)
		w.settled(asked.ID)
		i := who.Submit(channel, asked, "make her hair green")
		w.sees(channel, i.ID, gone)
	}
	after, err := w.bot.o.Store.Load(t.Context(), key)
	if err != nil || len(after.Turns) != 2 || after.Head != 2 || w.engine.count() != drawn {
		t.Errorf("the new session is %+v, and %d pictures were drawn, %v", after, w.engine.count()-drawn, err)
	}
	i = ann.Press(channel, newer, "Undo")
	w.picture(channel, i.ID, "turn 1 ")
}

// Turns from before they had identities are spoken of as before.
func TestTrust06TurnsWithoutIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	_, err := w.bot.o.Store.Update(t.Context(), view.SessionKey(ann.ID, direct.ID), func(s *session.Session) error {
		for id := range 2 {
			turn := session.Turn{Parent: id, Utterance: "a cat", Edit: "a cat"}
			turn.Recipe.Prompt = "a cat"
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	i := ann.Slash(direct, "goto", map[string]any{"turn": 2})
	m := w.picture(direct, i.ID, "turn 2")
	i = ann.Press(direct, m, "Undo")
	w.picture(direct, i.ID, "turn 1 ")
}
