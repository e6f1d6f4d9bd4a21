package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// hostile is text that would clear the screen, set the title of the window, begin a
// line of its own, and turn around what follows.
const hostile = "red \x1b[2J\x1b]0;title\x07 hat\u009b31m\u202e\r\x7f"

// Whoever wrote a prompt, an edit, what was said, or the name of a model: nothing
// that a chat prints of it steers the terminal. Every command is tried, as text and
// as JSON.
func TestTrust11_WhatOthersWroteSteersNoTerminal(t *testing.T) {
	for _, asJSON := range []bool{false, true} {
		held := make(chan bool)
		close(held)
		queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: drawer.New(brush{held}), Drain: time.Millisecond})
		store := session.NewMemory()
		file := filepath.Join(t.TempDir(), "hostile.json")
		lines := hostileLines(t, file)
		lines = append(lines, "/fork "+shareHostile(t, store), "/history", "/share", "/redo", "/goto 1", "/undo")
		var out bytes.Buffer
		chat := &Chat{
			Conversation: &bot.Conversation{
				Key: session.Key{User: "ann", Place: "here"}, Store: store, Planner: bot.Grammar{Planner: dialogue.New()},
				Queue: queue, Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 1 }}, Options: bot.Options{Steps: 2},
				Model: bot.Model{Digest: hostile, Name: hostile, Find: func(string, string) (recipe.Span, error) { return recipe.Span{Start: 0, End: 1}, nil }},
			},
			Commands: bot.Commands(), In: strings.NewReader(strings.Join(lines, "\n")), Out: &out, JSON: asJSON, Dir: t.TempDir(),
		}
		if err := chat.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if past, _, err := ListPast(t.Context(), store, "ann"); err != nil {
			t.Error(err)
		} else if _, err := FindPast(past, hostile); err == nil || len(past) != 1 {
			t.Errorf("%d conversations, %v", len(past), err)
		} else {
			out.WriteString(err.Error())
		}
		if err := queue.Close(); err != nil {
			t.Error(err)
		}
		if text := out.String(); strings.Count(text, "2J") < 20 || strings.Count(text, "title") < 20 {
			t.Errorf("the text of others is hardly printed:\n%s", text)
		}
		for line := range strings.Lines(out.String()) {
			for _, r := range strings.TrimSuffix(line, "\n") {
				if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
					t.Errorf("there is a %U in %q", r, line)
				}
			}
		}
	}
}

// hostileLines says every command, and other things, with hostile text. The file is
// one to import.
func hostileLines(t *testing.T, file string) []string {
	t.Helper()
	other := hostileDocument()
	other.Model, other.Recipe.Settings.Model = hostile, "another"
	for path, document := range map[string]recipefile.Document{file: hostileDocument(), file + "2": other} {
		data, err := document.JSON()
		if err == nil {
			err = os.WriteFile(path, data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	lines := []string{"/import " + file, "/import " + file + "2", "/import " + hostile, "/history", "/" + hostile, hostile, "make the hat blue"}
	for _, command := range bot.Commands() {
		if command.Name != "forget" && command.Name != "quit" {
			lines = append(lines, "/"+command.Name, "/"+command.Name+" "+hostile, command.Example)
		}
	}
	return lines
}

// hostileDocument is a recipe of two turns, whose every text is hostile.
func hostileDocument() recipefile.Document {
	return recipefile.Document{
		Format: recipefile.Format, Version: recipefile.Version, Model: hostile,
		Recipe: recipe.Recipe{
			Version: recipe.Version, Settings: recipe.Settings{Model: hostile, Scheduler: "ddim", Steps: 2, Guidance: 1},
			Turns: []recipe.Turn{{Prompt: hostile, Preset: hostile}, {Prompt: hostile + " blue", Preset: hostile}},
		},
		Said: []recipefile.Said{{Utterance: hostile}, {Utterance: hostile, Edit: hostile}},
	}
}

// shareHostile shares hostile turns of somebody else's.
func shareHostile(t *testing.T, store session.Store) (code string) {
	t.Helper()
	document, key := hostileDocument(), session.Key{User: "eve", Place: "there"}
	branch := document.Branch()
	_, err := store.Update(t.Context(), key, func(s *session.Session) error {
		_, err := s.Graft(branch, "")
		return err
	})
	if err == nil {
		code, err = store.Share(t.Context(), key, 2, time.Hour)
	}
	if err != nil {
		t.Fatal(err)
	}
	return code
}
