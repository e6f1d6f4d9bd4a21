package web

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/bot/gate/gatetest"
)

// Whatever is asked for in a browser whose checker refuses everything, by every command
// and at every address that there is, no picture is sent. A new command is asked too, as
// the ones that leak show.
func TestTrust01OneGateOnTheWeb(t *testing.T) {
	t.Parallel()
	open := newWorld(t, &stub{})
	ann := open.ann()
	address := ann.begin()
	ann.say(address, "a woman's face with blond hair")
	ann.say(address, "make her hair red")
	code := ann.say(address, "/share").Code
	turns := ann.all(address).Turns
	recipe := ann.say(address, "/export").Files[0]
	_, file := ann.ask("GET", recipe.URL, nil)
	visit := func(check gate.Checker, commands []bot.Command) map[string]int {
		w := newWorld(t, &stub{}, func(o *Options) {
			o.Pattern.Store, o.Pattern.Queue = open.store, open.queue
			o.Pattern.Gate = gate.New(gate.Options{Checker: check})
			o.Commands = commands
		})
		return (&visitor{person: w.ann(), sent: map[string]int{}}).everything(address, code, turns, file)
	}
	sent := visit(gatetest.Strict(false), bot.Commands())
	for _, name := range []string{"imagine", "edit", "weight", "goto", "attention", "animate", "sheet", "fork", "export", "import", "picture", "small", "heat", "share", "film", "v1"} {
		if sent[name] == 0 {
			t.Errorf("%s sends no picture that may be shown", name)
		}
	}
	for name, n := range visit(gatetest.Strict(true), bot.Commands()) {
		if n > 0 {
			t.Errorf("%s sends %d pictures that may not be shown", name, n)
		}
	}
	if sent := visit(gatetest.Strict(true), append(bot.Commands(), gatetest.Leak(), leakFilm())); sent["leak"] == 0 || sent["film-leak"] == 0 {
		t.Errorf("a command that sends a picture past the gate is not found: %v", sent)
	}
}

// leakFilm is a command that shows a film past the gate.
func leakFilm() bot.Command {
	leak := gatetest.Leak()
	return bot.Command{Name: "film-leak", Draws: true, Do: func(ctx context.Context, c *bot.Conversation, in bot.Input) (*bot.Answer, error) {
		a, err := leak.Do(ctx, c, in)
		if err != nil {
			return nil, err
		}
		a.Show, a.Frames = bot.ShowFilm, []gate.Frame{{Picture: a.Picture}}
		a.Picture = gate.Picture{}
		return a, nil
	}}
}

// visitor asks for everything, and counts the pictures that come.
type visitor struct {
	person
	sent map[string]int
}

func (v *visitor) look(name, path string) {
	_, data := v.ask("GET", path, nil)
	if strings.HasPrefix(http.DetectContentType(data), "image/") {
		v.sent[name]++
	}
}

func (v *visitor) everything(address, code string, turns []turnView, file []byte) map[string]int {
	for _, turn := range turns {
		v.look("picture", turn.Picture)
		v.look("picture", turn.Picture+"?shown")
		v.look("small", turn.Picture+"?small")
		v.look("heat", strings.Replace(turn.Picture, "/picture/", "/heat/", 1)+"?word=hair")
	}
	v.look("share", "/s/"+code+"/picture/1")
	v.look("film", "/s/"+code+"/film.gif")
	for _, asked := range []map[string]string{
		{"prompt": "a woman's face with blond hair"},
		{"prompt": "make her hair green", "conversation": strings.TrimPrefix(address, "/c/")},
	} {
		if _, data := v.ask("POST", "/v1/images/generations", asked); strings.Contains(string(data), `"b64_json":"iVBOR`) {
			v.sent["v1"]++
		}
		asked["response_format"] = "url"
		_, data := v.ask("POST", "/v1/images/generations", asked)
		if _, link, ok := strings.Cut(string(data), `"url":"`+v.URL); ok {
			path, _, _ := strings.Cut(link, `"`)
			v.look("v1", path)
		}
	}
	for _, c := range v.s.commands() {
		if c.Name == "forget" {
			continue
		}
		a := ask{Command: c.Name, Values: map[string]string{}, Turn: turns[1].ID, Identity: turns[1].Identity, file: file}
		for _, argument := range c.Arguments {
			if argument.Required {
				a.Values[argument.Name] = given(c, argument, code)
			}
		}
		v.command(c.Name, address, a)
	}
	return v.sent
}

// command has a command done, and looks at all that it shows.
func (v *visitor) command(name, address string, a ask) {
	v.t.Helper()
	l := v.listen(address, "")
	defer l.close()
	a.Event = "visit-" + name
	room, err := v.s.roomOf(requestTo(address), "ann")
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.s.submit(v.t.Context(), room, a); err != nil {
		v.t.Fatalf("%s: %v", name, err)
	}
	l.await("done", a.Event)
	_, done := room.find(a.Event)
	for _, f := range done.Files {
		v.look(name, f.URL)
	}
	if done.Kind != "picture" {
		return
	}
	for _, turn := range v.all(address).Turns {
		if turn.ID == done.Turn {
			v.look(name, turn.Picture)
		}
	}
}

// requestTo is a request that leads to a conversation.
func requestTo(address string) *http.Request {
	r := &http.Request{}
	r.SetPathValue("id", strings.TrimPrefix(address, "/c/"))
	return r
}

// given is what an argument may be.
func given(c bot.Command, a bot.Argument, code string) string {
	switch a.Kind {
	case bot.Word:
		return "hair"
	case bot.Number:
		return "1.5"
	case bot.Count, bot.TurnID:
		return "1"
	case bot.Code:
		if c.Name == "unshare" { // it is still needed
			return "none"
		}
		return code
	case bot.Path:
		return "recipe.json"
	}
	if text, ok := map[string]string{"prompt": "a woman's face with blond hair", "to": "long hair", "request": "glasses"}[a.Name]; ok {
		return text
	}
	return "everything"
}
