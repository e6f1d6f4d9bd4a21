package tests

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord"
	"pentimento/bot/discord/records/bolt"
	"pentimento/bot/terminal"
	"pentimento/dialogue"
	"pentimento/jobs"
	"pentimento/session"
	"pentimento/tests/discordtest"
	"pentimento/tests/ttytest"
)

// A command that is added to the table, and nowhere else, is in the terminal's
// help and completion, and Discord has it registered.
func TestOneTableOfCommands(t *testing.T) {
	commands := append(bot.Commands(), bot.Command{
		Name: "dream", Help: "Sleep on it", Ask: "say of what", Example: "/dream of sheep",
		Arguments: []bot.Argument{{Name: "subject", Help: "What it is about", Kind: bot.Text, Required: true}},
		Do: func(_ context.Context, _ *bot.Conversation, in bot.Input) (*bot.Answer, error) {
			return &bot.Answer{Show: bot.ShowText, Text: "zzz " + in.Text("subject")}, nil
		},
	})
	shown := typed(t, commands, "/help\r", "/dre\tof sheep\r", "/quit\r")
	for _, want := range []string{"/dream subject", "Sleep on it", "zzz of sheep"} {
		if !strings.Contains(shown, want) {
			t.Errorf("the terminal does not show %q:\n%s", want, shown)
		}
	}
	if names := registered(t, commands); !slices.Contains(names, "dream") {
		t.Errorf("Discord has %v", names)
	}
}

// typed is what a chat shows of what is typed at its terminal.
func typed(t *testing.T, commands []bot.Command, keys ...string) string {
	t.Helper()
	person, program := ttytest.Open(t)
	chat := &terminal.Chat{
		Conversation: &bot.Conversation{Store: session.NewMemory(), Key: session.Key{User: "ann", Place: "terminal"}},
		Commands:     commands, Console: terminal.NewConsole(program, program), Prompt: "› ", Out: program, Dir: t.TempDir(),
	}
	var shown lockedText
	go func() { _, _ = io.Copy(&shown, person) }()
	ended := make(chan error, 1)
	go func() { ended <- chat.Run(t.Context()) }()
	for n, line := range keys {
		// Between lines the terminal is not the console's, and Tab completes nothing.
		for strings.Count(shown.String(), "› ") <= n {
			time.Sleep(time.Millisecond)
		}
		if _, err := io.WriteString(person, line); err != nil {
			t.Fatal(err)
		}
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	return shown.String()
}

// registered are the names of the commands that a bot registers with Discord.
func registered(t *testing.T, commands []bot.Command) []string {
	t.Helper()
	server := discordtest.New(discordtest.Options{MessageContent: true})
	defer server.Close()
	records, err := bolt.Open(filepath.Join(t.TempDir(), "bot"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	b, err := discord.New(discord.Options{
		Token: discordtest.Token, Planner: bot.Grammar{Planner: dialogue.New()}, Store: session.NewMemory(),
		Records: records, Queue: jobs.NewMemory(jobs.Options{}), Base: server.URL(), Commands: commands,
		Clock: bot.Clock{Now: time.Now}, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	connected := server.Connected(time.Minute)
	stop()
	if err := <-ended; err != nil || !connected {
		t.Fatalf("the bot is connected: %v, and ended with %v", connected, err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	list, _ := server.Commands()
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	return names
}

// lockedText is text that is written and read at once.
type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
