package main

import (
	"context"
	"math/rand/v2"
	"strings"
	"time"

	"pentimento/tests/discordtest"
)

// patience is how long a talker waits for an answer before saying the next thing.
const patience = 45 * time.Second

// A line is something to say, and what the message of its picture shows.
type line struct{ said, shows string }

// lines go round: each edits the picture of the one before.
func lines() []line {
	return []line{
		{"/imagine", "a woman's face with blond hair"},
		{"make her hair red", "→ red"},
		{"make her hair black", "→ black"},
		{"make her hair blond", "→ blond"},
	}
}

// hearing is how long a bot that lives may take until it has said something, Redis
// being away as long as it may be.
const hearing = longestOutage + 5*time.Second

// A talker is somebody who talks to the bot, and remembers what came of it.
type talker struct {
	*studio
	person  *discordtest.Person
	channel *discordtest.Channel
	asked   []string          // messages
	shown   map[string]string // what was said, by the message whose picture was shown
	seen    map[string]bool   // messages whose answer was counted
	texts   map[string]line
	said    map[string]time.Time
}

func newTalker(s *studio, n int) *talker {
	p := s.discord.Person("person" + string(rune('a'+n)))
	return &talker{studio: s, person: p, channel: p.Direct(), shown: map[string]string{}, seen: map[string]bool{}, texts: map[string]line{}, said: map[string]time.Time{}}
}

// talk goes on until ctx ends. It says a thing again that came to nothing.
func (t *talker) talk(ctx context.Context) {
	script := lines()
	for n := 0; ctx.Err() == nil; {
		next := script[n%len(script)]
		text := next.said
		if text == "/imagine" {
			text = "start over with " + next.shows
			if n == 0 {
				text = next.shows
			}
		}
		m := t.person.Say(t.channel, text)
		t.asked, t.texts[m.ID] = append(t.asked, m.ID), line{text, next.shows}
		t.add("said")
		t.said[m.ID] = time.Now()
		if t.answered(m.ID, time.Now().Add(patience)) {
			n++
		}
		pause(ctx, rand.N(500*time.Millisecond))
	}
}

// pause waits a while.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// answers are the messages that answer one.
func (t *talker) answers(id string) (out []discordtest.Message) {
	for _, m := range t.discord.Messages(t.channel) {
		if m.Author.Bot && m.Reference != nil && m.Reference.MessageID == id {
			out = append(out, m)
		}
	}
	return out
}

// answered waits for the answer to a message, and reports whether that leads on.
func (t *talker) answered(id string, deadline time.Time) bool {
	for ; time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		all := t.answers(id)
		if len(all) == 0 || all[0].Unfinished() {
			continue
		}
		return t.judge(id, all[0])
	}
	return false
}

// judge counts an answer, and reports whether it leads on: it is a picture, or says
// that the picture is there, which was drawn meanwhile.
func (t *talker) judge(id string, m discordtest.Message) bool {
	if t.seen[id] {
		return len(m.Attachments) > 0
	}
	t.seen[id] = true
	text := t.texts[id]
	if len(m.Attachments) == 0 {
		switch {
		case strings.Contains(m.Content, "restarted"):
			t.add("told of a restart")
		case strings.Contains(m.Content, "ry again"), strings.Contains(m.Content, "minute"):
			t.found("refused", "%q: %s", text.said, m.Content)
		default:
			t.add("answered in words")
			return strings.Contains(m.Content, "says so already")
		}
		return false
	}
	t.add("pictures")
	t.shown[id] = text.said
	data, err := t.discord.Download(m.Attachments[0])
	switch {
	case err != nil:
		t.found("wrong", "%q: %v", text.said, err)
	case !strings.Contains(m.Content, text.shows):
		t.found("wrong", "%q: %s", text.said, m.Content)
	case !t.same(m.Content[:strings.Index(m.Content, " · ")], data):
		t.found("different", "%q: another picture than before: %s", text.said, m.Content)
	}
	return true
}

// settle waits until all that was said has its answer, and counts what has none or
// too many.
func (t *talker) settle(deadline time.Time) {
	for _, id := range t.asked {
		for len(t.answers(id)) > 0 && t.answers(id)[0].Unfinished() && time.Now().Before(deadline) {
			time.Sleep(100 * time.Millisecond)
		}
		all := t.answers(id)
		if len(all) == 0 {
			if !t.down(t.said[id], t.said[id].Add(hearing)) {
				t.found("lost", "%q was heard and not answered", t.texts[id].said)
			}
			t.add("not heard") // the bot was down, or killed before it had said anything
			continue
		}
		if all[0].Unfinished() {
			t.found("unfinished", "%q: %s", t.texts[id].said, all[0].Content)
			continue
		}
		t.judge(id, all[0])
		if len(all) > 1 {
			t.found("doubled", "%q was answered %d times", t.texts[id].said, len(all))
		}
	}
}
