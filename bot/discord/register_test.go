package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/tests/discordtest"
)

func TestCommandsAreRegisteredOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{}, nil)
	w.stop()
	w.start(w.bot.o)
	list, times := w.Commands()
	if times != 1 {
		t.Errorf("registered %d times", times)
	}
	for _, c := range list {
		if c.Type == 1 && c.Name != "admin" && len(c.Localizations) < 4 {
			t.Errorf("/%s is named in %d other languages", c.Name, len(c.Localizations))
		}
		if len(c.Contexts) != 3 || len(c.Integrations) != 2 {
			t.Errorf("%s works in contexts %v, integrations %v", c.Name, c.Contexts, c.Integrations)
		}
	}
	w.stop()
	o := w.bot.o
	o.Rename = map[string]string{"imagine": "paint"}
	w.start(o)
	if _, times := w.Commands(); times != 2 {
		t.Errorf("after renaming, registered %d times", times)
	}
}

func TestRenames(t *testing.T) {
	for _, bad := range []map[string]string{{"nothing": "x"}, {"imagine": "Big Name"}, {"imagine": "edit"}, {"imagine": "x", "edit": "x"}} {
		if err := checkRenames(bot.Commands(), bad); err == nil {
			t.Errorf("%v is taken", bad)
		}
	}
	if err := checkRenames(bot.Commands(), map[string]string{"imagine": "malen"}); err != nil {
		t.Error(err)
	}
}

// What is registered with Discord is what it was: clients keep the commands, and
// a bot registers them anew whenever a byte of them differs.
func TestRegisteredCommands(t *testing.T) {
	want, err := os.ReadFile("testdata/commands.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(registered(bot.Commands(), nil), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if got = append(got, '\n'); !bytes.Equal(got, want) {
		t.Errorf("the commands differ from testdata/commands.json; they are\n%s", got)
	}
}

// Where there are several models, a new picture's is one of those that Discord offers;
// where there are more than Discord takes, they are offered while somebody types.
func TestModelOption(t *testing.T) {
	option := func(models ...string) *discordgo.ApplicationCommandOption {
		options := registered(bot.Commands(models...), nil)[0].Options
		if last := options[len(options)-1]; last.Name == "model" {
			return last
		}
		return nil
	}
	if option("pocket") != nil {
		t.Error("one model can be chosen from")
	}
	two := option("pocket", "sd")
	if two == nil || two.Required || two.Autocomplete || len(two.Choices) != 2 || two.Choices[1].Value != "sd" {
		t.Errorf("the option is %+v", two)
	}
	var many []string
	for n := range mostChoices + 1 {
		many = append(many, fmt.Sprint("model", n))
	}
	if all := option(many...); all == nil || !all.Autocomplete || len(all.Choices) > 0 {
		t.Errorf("the option of many models is %+v", all)
	}
}

// A command of the table is registered, answered and listed by /help, whatever it
// is; what only a terminal has is not.
func TestCommandOfTheTable(t *testing.T) {
	t.Parallel()
	echo := bot.Command{
		Name: "echo", Help: "Say it again", Example: "/echo hello", Ask: "say what to say",
		Arguments: []bot.Argument{
			{Name: "words", Help: "What is said", Kind: bot.Text, Required: true, Longest: 5},
			{Name: "times", Help: "How often", Kind: bot.Count},
			{Name: "file", Help: "To be played", Kind: bot.Path, Terminal: true},
		},
		Do: func(_ context.Context, _ *bot.Conversation, in bot.Input) (*bot.Answer, error) {
			return &bot.Answer{Show: bot.ShowText, Text: strings.Repeat(in.Text("words")+"!", in.Count("times"))}, nil
		},
	}
	hidden := echo
	hidden.Name, hidden.Terminal = "hidden", true
	w := newWorld(t, discordtest.Options{}, func(o *setup) { o.Commands = append(bot.Commands(), echo, hidden) })
	list, _ := w.Commands()
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	if !slices.Contains(names, "echo") || slices.Contains(names, "hidden") || slices.Contains(names, "quit") {
		t.Errorf("registered are %v", names)
	}
	ann := w.Person("ann")
	direct := ann.Direct()
	i := ann.Slash(direct, "echo", map[string]any{"words": "hello world", "times": 2})
	w.sees(direct, i.ID, "hell…!hell…!")
	if text := w.told(ann.Slash(direct, "echo", map[string]any{"words": "hello", "times": -1})); !strings.Contains(text, "number of turns") {
		t.Errorf("of a count below one, Ann was told %q", text)
	}
	text := w.told(ann.Slash(direct, "help", nil))
	if !strings.Contains(text, "`/echo` Say it again") || strings.Contains(text, "hidden") || strings.Contains(text, "quit") {
		t.Errorf("/help says %q", text)
	}
}
