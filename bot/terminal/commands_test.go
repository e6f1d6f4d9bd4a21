package terminal

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pentimento/bot"
	"pentimento/recipe"
	"pentimento/session"
)

func TestComplete(t *testing.T) {
	s := new(session.Session)
	for _, prompt := range []string{"a woman's face with blond hair", "a black hat on a hairy man"} {
		if _, err := s.Add(session.Turn{Recipe: recipe.Turn{Prompt: prompt}}); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		before, after string
		choices       []string
	}{
		{"/ima", "/imagine ", nil},
		{"/re", "/re", []string{"/refine", "/revert", "/redo", "/region"}},
		{"/rev", "/revert ", nil},
		{"/nothing", "/nothing", nil},
		{"/nothing like", "/nothing like", nil},
		{"/attention bl", "/attention black ", nil},
		{"/attention ha", "/attention ha", []string{"hat", "hairy"}},
		{"/weight black 1", "/weight black 1", nil},
		{"/goto ", "/goto ", []string{"2: a black hat on a hairy man", "1: a woman's face with blond hair"}},
		{"/settings gui", "/settings guidance ", nil},
		{"/settings preset=tex", "/settings preset=texture ", nil},
		{"/settings steps ", "/settings steps auto ", nil},
		{"/forget ", "/forget everything ", nil},
		{"/import testd", "/import testd", nil},
		{"/import graph", "/import graphics/", nil},
		{"make the BL", "make the black ", nil},
		{"", "", []string{"black", "hat", "hairy", "man"}},
	} {
		start, candidates := (&Chat{Commands: bot.Commands()}).completions(s, test.before)
		after, choices := extend(test.before, start, candidates)
		if after != test.after || !slices.Equal(choices, test.choices) {
			t.Errorf("%q becomes %q or %q, want %q or %q", test.before, after, choices, test.after, test.choices)
		}
	}
}

// A path is completed with its spaces, in a quote or not, and from the home folder.
// A file whose name could steer the terminal is not offered.
func TestCompletePaths(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"my pictures/a red cat.png", "my pictures/a red dog.json", "\x1b[2J.png", ".hidden"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(home, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(home, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &Chat{Commands: bot.Commands(), Home: home}
	for _, test := range []struct {
		before, after string
		choices       []string
	}{
		{"/import ~/", "/import ~/my pictures/", nil},
		{"/import ~/my pictures/", "/import ~/my pictures/a red ", nil},
		{"/imp ~/my pictures/a red ", "/imp ~/my pictures/a red ", []string{"a red cat.png", "a red dog.json"}},
		{`/import "~/my pictures/a red c`, `/import "~/my pictures/a red cat.png `, nil},
		{"/export " + home + "/my p", "/export " + home + "/my pictures/", nil},
		{"/import ~/.h", "/import ~/.hidden ", nil},
	} {
		start, candidates := c.completions(new(session.Session), test.before)
		after, choices := extend(test.before, start, candidates)
		if after != test.after || !slices.Equal(choices, test.choices) {
			t.Errorf("%q becomes %q or %q, want %q or %q", test.before, after, choices, test.after, test.choices)
		}
	}
}

func TestColumns(t *testing.T) {
	if got, want := columns([]string{"/revert", "/redo", "/goto"}, 20), "/revert  /redo\n/goto"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := columns([]string{"much longer than that"}, 5); got != "much longer than that" {
		t.Errorf("got %q", got)
	}
}

// A command that is in the table is in the help, is completed, and is carried
// out.
func TestMadeUpCommand(t *testing.T) {
	commands := append(bot.Commands(), bot.Command{
		Name: "dream", Help: "Sleep on it", Ask: "say of what", Example: "/dream of sheep",
		Arguments: []bot.Argument{{Name: "subject", Kind: bot.Text, Required: true}, {Name: "nights", Kind: bot.Count}},
		Do: func(_ context.Context, _ *bot.Conversation, in bot.Input) (*bot.Answer, error) {
			return &bot.Answer{Show: bot.ShowText, Text: strings.Repeat(in.Text("subject")+" ", in.Count("nights"))}, nil
		},
	})
	var out bytes.Buffer
	c := &Chat{Commands: commands, In: strings.NewReader("/help\n/dream electric sheep 2\n/dream\n/dream sheep x\n"), Out: &out, Dir: t.TempDir()}
	if err := c.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"/dream subject [n]", "Sleep on it", "electric sheep electric sheep",
		"! Say of what: /dream of sheep\n", `! "x" is not a number of turns`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	start, candidates := c.completions(new(session.Session), "/dr")
	if got, _ := extend("/dr", start, candidates); got != "/dream " {
		t.Errorf("/dr becomes %q", got)
	}
}
