package discord

import (
	"strings"
	"testing"

	"pentimento/tests/discordtest"
)

// What was shared can be taken back by whoever shared it, and by nobody else.
func TestTrust12Unshare(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.engine = pocketStub(t) })
	ann, bob := w.Person("ann"), w.Person("bob")
	direct := ann.Direct()
	i := imagine(ann, direct, "a river between mountains")
	w.picture(direct, i.ID, "river")
	i = ann.Slash(direct, "share", nil)
	_, rest, _ := strings.Cut(w.picture(direct, i.ID, "code:").Content, "code:")
	code := strings.TrimRight(rest, "`")
	i = bob.Slash(bob.Direct(), "unshare", map[string]any{"code": code})
	w.sees(bob.Direct(), i.ID, "Nothing is shared under that code")
	i = bob.Slash(bob.Direct(), "fork", map[string]any{"code": code})
	w.picture(bob.Direct(), i.ID, "river")
	i = ann.Slash(direct, "unshare", map[string]any{"code": "`" + code + "`"})
	w.sees(direct, i.ID, "leads nowhere now")
	i = bob.Slash(bob.Direct(), "fork", map[string]any{"code": code})
	w.sees(bob.Direct(), i.ID, "Nothing is shared under that code")
}

// Whoever is mentioned is shown by name, and nothing as a number.
func TestTrust12MentionsAreNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	said := ann.Say(channel, "<@"+w.Bot().ID+"> a picture of <@"+bob.ID+"> and a cat")
	m := w.sees(channel, said.ID, "")
	i := imagine(ann, channel, "a picture of <@!"+bob.ID+"> in <#123> with <a:party_hat:456> by </paint:78>")
	second := w.picture(channel, i.ID, "picture of")
	for _, m := range append(w.Messages(channel), *m, *second) {
		if m.Author.Bot && (strings.Contains(m.Content, bob.ID) || strings.Contains(m.Content, "123") || strings.Contains(m.Content, "456")) {
			t.Errorf("shown as %q", m.Content)
		}
	}
	if !strings.Contains(second.Content, "party\\_hat by /paint") {
		t.Errorf("shown as %q", second.Content)
	}
}

// What somebody deleted is not given to others: neither its recipe, nor by way of
// what was made of it. It is still its user's own.
func TestTrust12DeletedPicturesAreNotGivenAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) { o.engine = pocketStub(t) })
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	w.ForbidThreads(channel)
	i := imagine(ann, channel, "a woman's face with blond hair")
	first := w.picture(channel, i.ID, "blond")
	said := ann.Reply(channel, first, "make her hair red")
	red := w.picture(channel, said.ID, "red")
	if n := len(w.files(bob.OnMessage(channel, recipeMessage, red))); n != 2 {
		t.Fatalf("Bob was given %d files", n)
	}
	w.told(ann.OnMessage(channel, deleteMessage, first))
	const deleted = "has deleted it"
	for _, m := range []*discordtest.Message{first, red} {
		if text := w.told(bob.OnMessage(channel, recipeMessage, m)); !strings.Contains(text, deleted) {
			t.Errorf("Bob was told %q", text)
		}
	}
	said = bob.Reply(channel, red, "make her hair green")
	w.sees(channel, said.ID, deleted)
	if n := len(w.files(ann.OnMessage(channel, recipeMessage, red))); n != 2 {
		t.Errorf("Ann was given %d files", n)
	}
	said = ann.Reply(channel, red, "make her hair black")
	w.picture(channel, said.ID, "black")
}
