package discord

import (
	"net/http"
	"strings"
	"testing"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/bot/gate/gatetest"
	"pentimento/editor"
	"pentimento/models/pocket/pockettest"
	"pentimento/tests/discordtest"
)

// Whatever is asked of a bot whose checker refuses everything, by every command,
// button, select and message command that there is, no picture is sent. A new
// command is asked too, as the one that leaks shows.
func TestTrust01OneGateOnDiscord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, discordtest.Options{MessageContent: true}, func(o *setup) {
		model := pockettest.Open(t)
		o.engine = &stub{model: model}
		o.Queue = newQueue(t, editor.New(model), 1)
		o.PerUser = 100
	})
	visit := newVisit(w)
	if n := visit.pictures(); n < 5 {
		t.Errorf("without a checker %d pictures are sent: there is little to hold back", n)
	}
	reopen := func(check gate.Checker, commands []bot.Command) {
		w.stop()
		o := w.bot.o
		o.Checker, o.Commands = check, commands
		w.start(o)
	}
	reopen(gatetest.Strict(false), bot.Commands())
	sent := visit.everything()
	for _, name := range []string{"imagine", "edit", "swap", "refine", "weight", "goto", "history", "attention", "animate", "share", "fork", "export", "import", "Attention", "Undo", "Redraw", "Recipe"} {
		if sent[name] < 1 {
			t.Errorf("%s sends no picture that may be shown", name)
		}
	}
	reopen(gatetest.Strict(true), bot.Commands())
	for name, n := range visit.everything() {
		if n > 0 {
			t.Errorf("%s sends %d pictures that may not be shown", name, n)
		}
	}
	reopen(gatetest.Strict(true), append(bot.Commands(), gatetest.Leak()))
	if sent := visit.everything(); sent["leak"] == 0 {
		t.Error("a command that sends a picture past the gate is not found")
	}
}

// A visit is people who do everything there is to do with a bot.
type visit struct {
	*world
	ann, bob *discordtest.Person
	channel  *discordtest.Channel
	shown    *discordtest.Message // a picture of Ann's
	code     string
	file     []byte
	seen     int // files that the bot had sent
}

// newVisit has pictures made, shared and exported.
func newVisit(w *world) *visit {
	w.t.Helper()
	v := &visit{world: w, ann: w.Person("ann"), bob: w.Person("bob"), channel: w.Channel("art")}
	w.ForbidThreads(v.channel)
	i := imagine(v.ann, v.channel, "a woman's face with blond hair")
	first := w.picture(v.channel, i.ID, "blond")
	said := v.ann.Reply(v.channel, first, "make her hair red")
	v.shown = w.picture(v.channel, said.ID, "red")
	i = v.ann.Slash(v.channel, "share", nil)
	shared := w.picture(v.channel, i.ID, "/fork code:")
	_, rest, _ := strings.Cut(shared.Content, "code:")
	v.code = strings.TrimRight(rest, "`")
	v.file = w.files(v.ann.Slash(v.channel, "export", nil))["json"]
	return v
}

// pictures counts the pictures that were sent since it was last asked, when all
// that was asked for is done.
func (v *visit) pictures() int {
	v.idle()
	n := 0
	uploads := v.Uploads()
	for _, data := range uploads[v.seen:] {
		if strings.HasPrefix(http.DetectContentType(data), "image/") {
			n++
		}
	}
	v.seen = len(uploads)
	return n
}

// everything does everything, and counts the pictures that come of each.
func (v *visit) everything() map[string]int {
	v.t.Helper()
	sent := map[string]int{}
	ask := func(name string, i *discordtest.Interaction) *discordtest.Message {
		v.t.Helper()
		if i == nil {
			v.t.Fatalf("%s is not there", name)
		}
		if _, ok := i.Wait(soon); !ok {
			v.t.Fatalf("%s is not answered", name)
		}
		sent[name] += v.pictures()
		return i.Reply(soon)
	}
	for _, person := range []*discordtest.Person{v.ann, v.bob} {
		said := person.Reply(v.channel, v.shown, "make her hair black")
		v.sees(v.channel, said.ID, "")
		sent["a reply"] += v.pictures()
		for _, c := range v.bot.o.Commands {
			if !c.Terminal && c.Name != "forget" {
				ask(c.Name, person.Slash(v.channel, c.Name, v.arguments(c)))
			}
		}
		v.use(person, v.shown, ask)
		registered, _ := v.Commands()
		for _, c := range registered {
			if c.Type != 3 || c.Name == deleteMessage {
				continue
			}
			asked := person.OnMessage(v.channel, c.Name, v.shown)
			ask(c.Name, asked)
			if c.Name == editMessage {
				ask(c.Name, person.Submit(v.channel, asked, "make her hair green"))
			}
		}
	}
	return sent
}

// use uses every component of a message, and of what it is answered with.
func (v *visit) use(person *discordtest.Person, m *discordtest.Message, ask func(string, *discordtest.Interaction) *discordtest.Message) {
	for _, row := range m.Components {
		for _, c := range row.Components {
			var values []string
			name := c.Label
			if c.Type == 3 {
				values, name = []string{c.Options[0].Value.(string)}, c.Placeholder
			}
			if name == "A word of the picture" {
				name = "Attention"
			}
			if strings.HasPrefix(name, "Draw another") {
				name = "Redraw"
			}
			answer := ask(name, person.Use(v.channel, m, c.CustomID, c.Type, values))
			if answer != nil && answer.ID != m.ID {
				v.use(person, answer, ask)
			}
		}
	}
}

// arguments are some that the command takes.
func (v *visit) arguments(c bot.Command) map[string]any {
	out := map[string]any{}
	for _, a := range c.Arguments {
		if a.Terminal || !a.Required {
			continue
		}
		switch a.Kind {
		case bot.Word:
			out[a.Name] = "hair"
		case bot.Number:
			out[a.Name] = 1.5
		case bot.Count, bot.TurnID:
			out[a.Name] = 1
		case bot.Code:
			if out[a.Name] = v.code; c.Name == "unshare" { // it is still needed
				out[a.Name] = "none"
			}
		case bot.Path:
			out[a.Name] = discordtest.File{Name: "recipe.json", Data: v.file}
		default:
			out[a.Name] = "glasses"
			if c.Name == "edit" {
				out[a.Name] = "make the hair green"
			}
			if text, ok := map[string]string{"prompt": "a woman's face with blond hair", "to": "long hair"}[a.Name]; ok {
				out[a.Name] = text
			}
		}
	}
	return out
}
