package discord

import (
	"strings"
	"testing"

	"pentimento/tests/discordtest"
)

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	said := ann.Say(direct, "a woman's face with blond hair")
	first := w.picture(direct, said.ID, "blond hair")
	if got := strings.Join(first.Labels(), " "); got != "Attention Share Redraw" {
		t.Errorf("the buttons are %q", got)
	}
	said = ann.Say(direct, "make her hair red")
	w.picture(direct, said.ID, "blond → red")
	said = ann.Say(direct, "xyzzy plugh")
	if q := w.sees(direct, said.ID, ""); len(q.Attachments) > 0 {
		t.Error("gibberish was answered with a picture")
	}
}

func TestWithoutMessageContentItExplains(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	first := w.picture(thread, "", "blond")
	said := ann.Say(thread, "make her hair red")
	w.sees(thread, said.ID, "Message Content intent")
	said = ann.Say(thread, "make her hair red!")
	reply := ann.Reply(thread, first, "make her hair red")
	w.picture(thread, reply.ID, "blond → red")
	mention := ann.Say(thread, "<@"+w.Bot().ID+"> make her hair black")
	w.picture(thread, mention.ID, "red → black")
	n := 0
	for _, m := range w.Messages(thread) {
		if strings.Contains(m.Content, "Message Content intent") {
			n++
		}
	}
	if n != 1 {
		t.Errorf("explained %d times (first at %s)", n, said.ID)
	}
}

func TestStrangersAreLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann, bob, channel := w.Person("ann"), w.Person("bob"), w.Channel("art")
	imagine(ann, channel, "a woman's face with blond hair")
	thread := w.Thread("blond", soon)
	w.picture(thread, "", "blond")
	bob.Say(thread, "nice!")
	bob.Say(channel, "what is this?")
	said := ann.Say(thread, "make her hair red")
	w.picture(thread, said.ID, "red")
	for _, m := range append(w.Messages(thread), w.Messages(channel)...) {
		if m.Reference != nil && m.Author.Bot && m.Reference.MessageID != said.ID {
			t.Errorf("somebody who did not ask was answered: %q", m.Content)
		}
	}
}

func TestPromptsAreShownAsTheyWereSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	ann, channel := w.Person("ann"), w.Channel("art")
	w.ForbidThreads(channel)
	const evil = "@everyone <@123> <@&456> **bold** `code` ||spoiler|| [a](https://evil.example) discord.gg/evil \u202e a river"
	imagine(ann, channel, evil)
	m := w.picture(channel, "", "river")
	for _, one := range w.Messages(channel) {
		if one.Author.Bot && len(one.Pings) > 0 {
			t.Errorf("%q notifies %v", one.Content, one.Pings)
		}
	}
	for _, raw := range []string{"@everyone", "<@123>", "<@&456>", "https://evil", "||spoiler||", "discord.gg", "\u202e"} {
		if strings.Contains(m.Content, raw) {
			t.Errorf("%q is shown raw in %q", raw, m.Content)
		}
	}
}

func TestFilesAreNotRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, nil)
	ann := w.Person("ann")
	direct := ann.Direct()
	file := discordtest.Attachment{ID: "9", Filename: "notes.txt", Size: 10, URL: "http://127.0.0.1:1/never"}
	said := ann.Upload(direct, "", file)
	w.sees(direct, said.ID, "can't open that")
	said = ann.Upload(direct, "a river between mountains", file)
	w.picture(direct, said.ID, "river")
	file.Filename, file.ContentType = "bomb.png", "text/plain" // what Discord says counts
	said = ann.Upload(direct, "", file)
	w.sees(direct, said.ID, "can't open that")
	file.ContentType = "image/png"
	said = ann.Upload(direct, "", file)
	w.sees(direct, said.ID, "went wrong on my side") // not Discord's address
}
