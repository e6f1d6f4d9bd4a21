package discord

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"pentimento/tests/discordtest"
)

// answers are what Discord may answer to a request instead of taking it. Those that
// are repeated are met by every repetition.
func answers() map[string]discordtest.Fault {
	const attempts = 5
	often := func(f discordtest.Fault) discordtest.Fault {
		f.Times = attempts
		return f
	}
	return map[string]discordtest.Fault{
		"400 invalid form body":   discordtest.Refused(http.StatusBadRequest, 50035, "Invalid Form Body"),
		"400 an automatic filter": discordtest.Refused(http.StatusBadRequest, 200000, "Message was blocked by automatic moderation"),
		"403":                     discordtest.Refused(http.StatusForbidden, 50013, "Missing Permissions"),
		"404":                     discordtest.Refused(http.StatusNotFound, 10008, "Unknown Message"),
		"405":                     discordtest.Refused(http.StatusMethodNotAllowed, 0, "405: Method Not Allowed"),
		"413":                     discordtest.Refused(http.StatusRequestEntityTooLarge, 40005, "Request entity too large"),
		"418 a page":              {Status: http.StatusTeapot, Body: "<html>"},
		"429":                     discordtest.RateLimited(0),
		"500":                     often(discordtest.Fault{Status: http.StatusInternalServerError}),
		"502 a page":              often(discordtest.Fault{Status: http.StatusBadGateway, Body: "<html>"}),
		"503":                     often(discordtest.Unavailable()),
		"200 that is no JSON":     {Status: http.StatusOK, Body: "<html>"},
		"a broken connection":     often(discordtest.Fault{HangUp: true}),
	}
}

// endpoint is a kind of request of ours: its method, and a part of its path.
type endpoint struct{ method, path string }

// meeting is a request that is refused, and what somebody does meanwhile.
type meeting struct {
	refused endpoint
	act     string
}

// Whatever Discord answers to a request of ours, whichever it is, whoever asked
// gets a picture or a sentence, nothing stays at "one moment", and the next turn
// works.
func TestTrust07WhateverDiscordAnswers(t *testing.T) {
	requests := []endpoint{
		{"POST", "/messages"}, {"PATCH", "/messages/"}, {"POST", "/callback"}, {"PATCH", "/webhooks/"},
		{"POST", "/threads"}, {"GET", "/webhooks/"}, {"DELETE", "/messages/"}, {"GET", "/channels/"}, {"POST", "/webhooks/"},
	}
	refusing := func(t *testing.T) *world {
		return newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) {
			o.engine, o.Policy.AgeRestricted, o.PerUser = pocketStub(t), false, 100
		})
	}
	// What sends which requests is looked at once, with nothing refused.
	sent := map[meeting]bool{}
	w := refusing(t)
	for _, r := range requests {
		for _, act := range refuseEach(w, r, discordtest.Fault{}, func(string) bool { return true }) {
			sent[meeting{r, act}] = true
		}
	}
	if len(sent) < 15 {
		t.Errorf("only %d requests are sent", len(sent))
	}
	for name, fault := range answers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := refusing(t)
			for _, r := range requests {
				fault := fault
				if r.path == "/callback" && fault.Status == http.StatusOK {
					continue // that is an answer that was taken
				}
				if r.path == "/messages" && fault.Status != http.StatusServiceUnavailable {
					fault.Times = 1 // it may have been carried out, and is not repeated
				}
				refuseEach(w, r, fault, func(act string) bool { return sent[meeting{r, act}] })
			}
		})
	}
}

// refuseEach has somebody do what sends requests, each with the fault in the way of
// such a request, and returns what met it.
func refuseEach(w *world, refused endpoint, fault discordtest.Fault, wanted func(act string) bool) (met []string) {
	w.t.Helper()
	fault.Method, fault.Path = refused.method, refused.path
	ann, foreign, channel := w.Person("ann"), w.Channel("foreign"), w.Channel("art")
	w.ForbidMessages(foreign)
	direct := ann.Direct()
	ann.Say(direct, "a woman's face with blond hair")
	shown := w.picture(direct, "", "blond")
	imagine(ann, foreign, "a woman's face with blond hair")
	answered := w.picture(foreign, "", "blond")
	said := func(m *discordtest.Message) (string, *discordtest.Interaction) { return m.ID, nil }
	used := func(i *discordtest.Interaction) (string, *discordtest.Interaction) { return i.ID, i }
	acts := []struct {
		name string
		do   func() (event string, i *discordtest.Interaction)
	}{
		{"says something", func() (string, *discordtest.Interaction) { return said(ann.Say(direct, "make her hair red")) }},
		{"says nothing", func() (string, *discordtest.Interaction) { return said(ann.Say(direct, " ")) }},
		{"imagines", func() (string, *discordtest.Interaction) {
			return used(imagine(ann, channel, "a river between mountains"))
		}},
		{"imagines among others", func() (string, *discordtest.Interaction) {
			return used(imagine(ann, foreign, "a river between mountains"))
		}},
		{"weighs among others", func() (string, *discordtest.Interaction) { return used(ann.Select(foreign, answered, "1.5 hair")) }},
		{"weighs", func() (string, *discordtest.Interaction) { return used(ann.Select(direct, shown, "1.5 hair")) }},
		{"presses Attention", func() (string, *discordtest.Interaction) { return used(ann.Press(direct, shown, "Attention")) }},
		{"shares", func() (string, *discordtest.Interaction) { return used(ann.Slash(direct, "share", nil)) }},
		{"looks back", func() (string, *discordtest.Interaction) { return used(ann.Slash(direct, "history", nil)) }},
		{"exports", func() (string, *discordtest.Interaction) { return used(ann.Slash(direct, "export", nil)) }},
		{"asks for settings", func() (string, *discordtest.Interaction) { return used(ann.Slash(direct, "settings", nil)) }},
		{"needs help", func() (string, *discordtest.Interaction) { return used(ann.Slash(direct, "help", nil)) }},
		{"edits a message", func() (string, *discordtest.Interaction) { return used(ann.OnMessage(direct, editMessage, shown)) }},
		{"deletes a message", func() (string, *discordtest.Interaction) { return used(ann.OnMessage(direct, deleteMessage, shown)) }},
	}
	for _, act := range acts {
		if !wanted(act.name) {
			continue
		}
		what := fmt.Sprintf("%s %s of one who %s", refused.method, refused.path, act.name)
		before := map[string]bool{}
		stuck := map[string]bool{}
		for _, m := range w.AllMessages() {
			before[m.ID], stuck[m.ID] = true, isOpen(m)
		}
		w.Inject(fault)
		id, i := act.do()
		w.settled(id)
		if left := w.Heal(); left > 0 {
			continue
		}
		met = append(met, act.name)
		told := false
		if i != nil {
			const modal = 9
			answer, ok := i.Wait(0)
			told = ok && answer.Answer == modal
		}
		for _, m := range w.AllMessages() {
			if !m.Author.Bot {
				continue
			}
			told = told || !before[m.ID] && !strings.HasPrefix(m.Content, "**ann**:")
			if isOpen(m) && !stuck[m.ID] {
				w.t.Errorf("%s: %q stays", what, m.Content)
			}
		}
		if !told {
			w.t.Errorf("%s: nothing was said", what)
		}
		next := imagine(ann, direct, "a woman's face with blond hair")
		w.picture(direct, next.ID, "blond")
	}
	return met
}

// isOpen reports whether a message is one of a turn that has not ended.
func isOpen(m discordtest.Message) bool {
	return strings.Contains(m.Content, "one moment") || strings.Contains(m.Content, "` step ") || m.Flags&discordtest.Loading != 0
}

// settled waits until what was asked for with the event has come and is done.
func (w *world) settled(event string) {
	w.t.Helper()
	for deadline := time.Now().Add(soon); !w.bot.seen.has(event); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("the bot was not told")
		}
	}
	time.Sleep(5 * time.Millisecond) // it is taken up at once when it is seen
	w.idle()
}

// idle waits until all that the bot has taken up is done.
func (w *world) idle() {
	w.t.Helper()
	for deadline := time.Now().Add(5 * soon); w.bot.busy.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			w.t.Fatal("the bot does not come to an end of what it does")
		}
	}
}

// has reports whether the ID was added.
func (r *recent) has(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[id]
}
