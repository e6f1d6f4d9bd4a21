package terminal

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/bot/gate/gatetest"
	"pentimento/bot/terminal/graphics"
	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/jobs"
	"pentimento/jobs/drawer"
	"pentimento/models/pocket/pockettest"
	"pentimento/session"
)

// Whatever is asked in a conversation whose checker refuses everything, by every
// command that there is, no picture is shown or saved. A new command is asked too,
// as the one that leaks shows.
func TestTrust01OneGateAtTheTerminal(t *testing.T) {
	model := pockettest.Open(t)
	queue := jobs.NewLocal(t.Context(), jobs.Options{}, jobs.Worker{Name: "worker", Engine: drawer.New(editor.New(model)), Drain: time.Millisecond})
	t.Cleanup(func() {
		if err := queue.Close(); err != nil {
			t.Error(err)
		}
	})
	store := session.NewMemory()
	talk := bot.Conversation{
		Key: session.Key{User: "ann", Place: "terminal"}, Store: store, Planner: bot.Grammar{Planner: dialogue.New()}, Model: bot.ModelOf(model), Queue: queue,
		Clock: bot.Clock{Now: time.Now, Seed: func() uint64 { return 5 }}, Options: bot.Options{Steps: 4, Guidance: 4.5},
	}
	before, _ := chatted(t, talk, bot.Commands(), "a woman's face with blond hair", "make her hair red", "/share", "/export")
	code := regexp.MustCompile(`/fork (\S+)`).FindStringSubmatch(before)
	file := regexp.MustCompile(`\S+recipe\.json`).FindString(before)
	if code == nil || file == "" {
		t.Fatalf("the chat said\n%s", before)
	}
	visit := func(check gate.Checker, commands []bot.Command) map[string]int {
		sent := map[string]int{}
		c := talk
		c.Gate = gate.New(gate.Options{Checker: check})
		for _, command := range commands {
			if command.Name == "forget" || command.Name == "quit" {
				continue
			}
			_, n := chatted(t, c, commands, typed(command, code[1], file))
			sent[command.Name] += n
		}
		return sent
	}
	sent := visit(gatetest.Strict(false), bot.Commands())
	for _, name := range []string{"imagine", "edit", "weight", "goto", "attention", "animate", "sheet", "fork", "export", "import"} {
		if sent[name] == 0 {
			t.Errorf("%s shows no picture that may be shown", name)
		}
	}
	for name, n := range visit(gatetest.Strict(true), bot.Commands()) {
		if n > 0 {
			t.Errorf("%s shows %d pictures that may not be shown", name, n)
		}
	}
	if sent := visit(gatetest.Strict(true), append(bot.Commands(), gatetest.Leak())); sent["leak"] == 0 {
		t.Error("a command that shows a picture past the gate is not found")
	}
}

// typed is the command as somebody types it.
func typed(c bot.Command, code, file string) string {
	parts := []string{"/" + c.Name}
	for _, a := range c.Arguments {
		if !a.Required {
			continue
		}
		switch a.Kind {
		case bot.Word:
			parts = append(parts, "hair")
		case bot.Number:
			parts = append(parts, "1.5")
		case bot.Count, bot.TurnID:
			parts = append(parts, "1")
		case bot.Code:
			if c.Name == "unshare" { // it is still needed
				code = "none"
			}
			parts = append(parts, code)
		case bot.Path:
			parts = append(parts, file)
		default:
			text := "glasses"
			if c.Name == "imagine" {
				text = "a woman's face with blond hair"
			}
			if a.Name == "to" {
				text = `"long hair"`
			}
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}

// chatted is what a chat says to the lines, and how many pictures it shows or
// saves.
func chatted(t *testing.T, talk bot.Conversation, commands []bot.Command, lines ...string) (text string, pictures int) {
	t.Helper()
	var out strings.Builder
	screen := graphics.Detect(func(name string) string { return map[string]string{"TERM": "xterm-kitty"}[name] })
	if screen == nil {
		t.Fatal("no terminal shows pictures")
	}
	c := &Chat{
		Conversation: &talk, Commands: commands, In: strings.NewReader(strings.Join(lines, "\n") + "\n"),
		Out: &out, Dir: t.TempDir(), Screen: screen,
	}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	saved, err := filepath.Glob(filepath.Join(c.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range saved {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(http.DetectContentType(data), "image/") {
			pictures++
		}
	}
	return out.String(), pictures + strings.Count(out.String(), "\x1b_G")
}
