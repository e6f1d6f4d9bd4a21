package config

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// program stands for the real command line.
type program struct {
	LogLevel string `default:"warn"`
	Chat     struct {
		Steps int               `default:"25" env:"TEST_STEPS"`
		Seed  *uint64           ``
		Set   map[string]string `mapsep:","`
	} `cmd:""`
	Models struct {
		Check struct {
			Device string `default:"auto"`
		} `cmd:""`
	} `cmd:""`
}

func parse(t *testing.T, settings string, args ...string) (*program, error) {
	t.Helper()
	resolver, err := Reader(os.Getenv)(strings.NewReader(settings))
	if err != nil {
		return nil, err
	}
	var p program
	parser, err := kong.New(&p, kong.Resolvers(resolver), kong.Exit(func(int) { t.Error("the parser wanted to leave") }))
	if err != nil {
		t.Fatal(err)
	}
	_, err = parser.Parse(args)
	return &p, err
}

func TestSettings(t *testing.T) {
	const settings = `
log-level: info
steps: 10
chat:
  seed: 7
  set: {cross: 0.4, k: 0}
models:
  check:
    device: cpu
`
	p, err := parse(t, "\ufeff"+settings, "chat") // as some editors write it
	if err != nil {
		t.Fatal(err)
	}
	if p.LogLevel != "info" || p.Chat.Steps != 10 || p.Chat.Seed == nil || *p.Chat.Seed != 7 || p.Chat.Set["cross"] != "0.4" || p.Chat.Set["k"] != "0" {
		t.Errorf("got %+v", p)
	}
	if p, err = parse(t, settings, "chat", "--steps", "3"); err != nil || p.Chat.Steps != 3 {
		t.Errorf("the command line gave %d steps (%v), want 3", p.Chat.Steps, err)
	}
	if p, err = parse(t, settings, "models", "check"); err != nil || p.Models.Check.Device != "cpu" {
		t.Errorf("the command's own setting gave %q (%v)", p.Models.Check.Device, err)
	}
	if p, err = parse(t, "", "chat"); err != nil || p.Chat.Steps != 25 {
		t.Errorf("an empty file gave %d steps (%v), want the default", p.Chat.Steps, err)
	}
	t.Setenv("TEST_STEPS", "12")
	if p, err = parse(t, settings, "chat"); err != nil || p.Chat.Steps != 12 {
		t.Errorf("the environment gave %d steps (%v), want 12", p.Chat.Steps, err)
	}
	if p, err = parse(t, settings, "chat", "--steps", "3"); err != nil || p.Chat.Steps != 3 {
		t.Errorf("the command line gave %d steps (%v), want 3", p.Chat.Steps, err)
	}
}

func TestSettingsThatAreRefused(t *testing.T) {
	tests := []struct{ name, settings, want string }{
		{"unknown key", "stps: 5", "no setting stps"},
		{"unknown key of a command", "chat: {stps: 5}", "no setting chat.stps"},
		{"another command's key", "chat: {device: cpu}", "no setting chat.device"},
		{"a command that is no map", "chat: 5", "chat must hold settings"},
		{"not YAML", "a: [", "read the settings"},
		{"not a map", "- a", "read the settings"},
		{"too large", "a: " + strings.Repeat("x", maxBytes), "larger than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := parse(t, test.settings, "chat"); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
	if _, err := parse(t, "discord-token: abc", "chat"); !errors.Is(err, ErrSecret) {
		t.Errorf("a token in the file gave %v", err)
	}
}
