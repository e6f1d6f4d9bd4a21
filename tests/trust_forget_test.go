package tests

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pentimento/tests/discordtest"
	"pentimento/tests/redistest"
)

// A keptPlace is where a bot keeps what it keeps.
type keptPlace struct {
	flags []string
	// dump is all of it, by file or key.
	dump func(t *testing.T) map[string]string
}

// inFiles is a file and what is beside it.
func inFiles(t *testing.T) (program, keptPlace) {
	p := newProgram(t)
	return p, keptPlace{dump: func(t *testing.T) map[string]string {
		t.Helper()
		out := map[string]string{}
		err := filepath.WalkDir(p.dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			out[path] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}}
}

// onRedis is a server with conversations, pictures, maps, the bot's memory and
// the queue, and a worker that draws.
func onRedis(t *testing.T) (program, keptPlace) {
	server := redistest.Start(t)
	p, address := newProgram(t), "redis://"+server.Addr
	worker := exec.Command("pentimento", "worker", "--redis", address, "--cache", preparedGraphs())
	worker.Env = environment()
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = worker.Process.Kill()
		_ = worker.Wait() // killed
	})
	return p, keptPlace{
		flags: []string{"--store", address, "--engine", "queue", "--redis", address},
		dump: func(t *testing.T) map[string]string {
			t.Helper()
			out := map[string]string{}
			for key := range strings.Lines(server.CLI("--no-raw", "KEYS", "*")) {
				_, key, _ = strings.Cut(strings.TrimSpace(key), " ")
				key = strings.Trim(key, `"`)
				out[key] = dumpKey(server, key)
			}
			return out
		},
	}
}

// dumpKey is the value of a key, however it is kept.
func dumpKey(server *redistest.Server, key string) string {
	switch server.CLI("TYPE", key) {
	case "string":
		return server.CLI("GET", key)
	case "hash":
		return server.CLI("HGETALL", key)
	case "set":
		return server.CLI("SMEMBERS", key)
	case "zset":
		return server.CLI("ZRANGE", key, "0", "-1")
	case "list":
		return server.CLI("LRANGE", key, "0", "-1")
	case "stream":
		return server.CLI("XRANGE", key, "-", "+")
	}
	return ""
}

// digest is what pictures are called.
var digest = regexp.MustCompile(`[0-9a-f]{64}`)

// holding names the places that have a text.
func holding(dump map[string]string, text string) (places []string) {
	for place, data := range dump {
		if strings.Contains(place, text) || strings.Contains(data, text) {
			places = append(places, place)
		}
	}
	slices.Sort(places)
	return places
}

// digestsIn are the names of pictures in a place.
func digestsIn(dump map[string]string) map[string]bool {
	out := map[string]bool{}
	for place, data := range dump {
		for _, found := range digest.FindAllString(place+" "+data, -1) {
			out[found] = true
		}
	}
	return out
}

// A day is a user's day with the bot: what they do, and every identity that the
// bot hears of.
type day struct {
	t      *testing.T
	d      *discordtest.Server
	person *discordtest.Person
	thread *discordtest.Channel
	heard  []string
	used   map[string]bool
}

// does notes an interaction and waits for its answer.
func (y *day) does(i *discordtest.Interaction) discordtest.Interaction {
	y.t.Helper()
	out := answered(y.t, i)
	y.heard = append(y.heard, i.ID)
	return out
}

// slash uses a command.
func (y *day) slash(name string, options map[string]any) *discordtest.Interaction {
	y.t.Helper()
	y.used[name] = true
	i := y.person.Slash(y.thread, name, options)
	y.does(i)
	return i
}

// draws uses a command and waits for its picture.
func (y *day) draws(name string, options map[string]any, parts ...string) *discordtest.Message {
	y.t.Helper()
	had := y.d.Messages(y.thread)
	after := had[len(had)-1].ID
	y.slash(name, options)
	return drawn(y.t, y.d, y.thread, after, parts...)
}

// begins opens a thread with a picture.
func (y *day) begins(channel *discordtest.Channel, prompt string) *discordtest.Message {
	y.t.Helper()
	y.used["imagine"] = true
	y.does(y.person.Slash(channel, "imagine", map[string]any{"prompt": prompt}))
	if y.thread = y.d.Thread(prompt, patience); y.thread == nil {
		y.t.Fatal("no thread was opened")
	}
	y.heard = append(y.heard, y.thread.ID)
	return drawn(y.t, y.d, y.thread, "", prompt)
}

// passes uses every command there is.
func (y *day) passes(channel *discordtest.Channel) {
	t, d, ann := y.t, y.d, y.person
	t.Helper()
	first := y.begins(channel, "a man with blond hair")
	said := ann.Say(y.thread, "make his hair red")
	y.heard = append(y.heard, said.ID)
	second := drawn(t, d, y.thread, said.ID, "blond → red")
	y.draws("edit", map[string]any{"request": "make his hair black"}, "red → black")
	y.draws("swap", map[string]any{"from": "black", "to": "brown"}, "brown")
	y.draws("refine", map[string]any{"request": "a hat"}, "hat")
	y.draws("weight", map[string]any{"word": "hair", "factor": 1.5}, "hair")
	y.draws("revert", nil, "turn")
	y.draws("redo", nil, "turn")
	y.draws("goto", map[string]any{"turn": 2}, "turn 2")
	y.draws("attention", map[string]any{"word": "hair"}, "hair")
	y.draws("variations", map[string]any{"count": 3}, "Say a number")
	y.draws("take", map[string]any{"number": 2}, "turn")
	y.draws("region", map[string]any{"where": "left"}, "region of turn")
	y.draws("mask", nil, "mask of turn")
	y.slash("region", map[string]any{"where": "off"})
	y.draws("history", nil, "")
	y.draws("animate", nil, "")
	y.slash("settings", map[string]any{"name": "steps", "value": "5"})
	y.slash("help", nil)
	shared := y.draws("share", nil, "Continue from here with")
	_, code, _ := strings.Cut(shared.Content, "code:")
	code = strings.Trim(code[:strings.IndexByte(code+"\n", '\n')], "` ")
	y.heard = append(y.heard, code)
	y.draws("fork", map[string]any{"code": code}, "turn")
	y.slash("unshare", map[string]any{"code": code})
	y.draws("share", nil, "Continue from here with") // one that is still shared when she forgets
	exported := y.slash("export", nil).Reply(patience)
	for _, a := range exported.Attachments {
		if strings.HasSuffix(a.Filename, ".png") {
			data, err := d.Download(a)
			if err != nil {
				t.Fatal(err)
			}
			y.draws("open", map[string]any{"picture": discordtest.File{Name: "own.png", Data: data}, "shows": "a man's face with brown hair"}, "brown hair")
		}
		if !strings.HasSuffix(a.Filename, ".json") {
			continue
		}
		data, err := d.Download(a)
		if err != nil {
			t.Fatal(err)
		}
		y.draws("import", map[string]any{"file": discordtest.File{Name: "recipe.json", Data: data}}, "turn")
	}
	y.used["Edit this picture"], y.used["Recipe"], y.used["Delete this picture"] = true, true, true
	asked := ann.OnMessage(y.thread, "Edit this picture", second)
	y.does(asked)
	y.does(ann.Submit(y.thread, asked, "make his hair gray"))
	drawn(t, d, y.thread, shared.ID, "gray")
	y.does(ann.OnMessage(y.thread, "Recipe", second))
	y.does(ann.OnMessage(y.thread, "Delete this picture", first))
	y.does(ann.Press(y.thread, second, "Undo"))

	// A question that waits for its answer,
	said = ann.Say(y.thread, "make it more beautiful")
	y.heard = append(y.heard, said.ID)
	if d.Message(y.thread, said.ID, patience, func(m *discordtest.Message) bool { return m.Author.Bot }) == nil {
		t.Error("an unclear request was not answered")
	}
	// and a message that cannot be shown any more, which waits for the next start.
	direct := ann.Direct()
	d.Inject(discordtest.Fault{Method: "PATCH", Path: "/channels/" + direct.ID + "/messages", Times: 200, Status: 403, Header: map[string]string{"Content-Type": "application/json"}, Body: `{"message":"Missing Access","code":50001}`})
	said = ann.Say(direct, "a man with a gray beard")
	y.heard = append(y.heard, said.ID, direct.ID)
}

// steady is what the place holds when nothing is added any more: attention maps are
// written behind the picture.
func steady(t *testing.T, place keptPlace) map[string]string {
	t.Helper()
	last := place.dump(t)
	for deadline := time.Now().Add(patience); ; {
		time.Sleep(2 * time.Second)
		now := place.dump(t)
		if len(now) == len(last) && len(digestsIn(now)) == len(digestsIn(last)) {
			return now
		}
		if time.Now().After(deadline) {
			t.Fatal("something goes on being written")
		}
		last = now
	}
}

// After a day's use of every command nothing is left of somebody who forgets, in
// no file and under no key: not of what they said, drew or shared, nor who they
// are. They may be blocked, and still are then.
func TestTrust03ForgetsEverything(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(*testing.T) (program, keptPlace){"files": inFiles, "Redis": onRedis} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDiscord(t, discordtest.Options{MessageContent: true, AcknowledgeWithin: patience})
			p, place := open(t)
			cmd := p.serve(t, d, append([]string{"--steps", "4", "--per-day", "100", "--metrics", "127.0.0.1:0"}, place.flags...)...)

			// Given what somebody else has,
			channel := d.Channel("art")
			bob := &day{t: t, d: d, person: d.Person("bartholomew"), used: map[string]bool{}}
			bob.begins(channel, "a river between mountains")
			before := digestsIn(steady(t, place))

			// and a day of Ann's, at the end of which she is blocked,
			ann := &day{t: t, d: d, person: d.Person("annabella"), used: map[string]bool{"forget": true, "admin": true}}
			ann.passes(channel)
			commands, _ := d.Commands()
			for _, c := range commands {
				if !ann.used[c.Name] {
					t.Errorf("nobody uses %q: this test sees too little", c.Name)
				}
			}
			words := []string{ann.person.ID, "blond", "hair", "beard", "annabella", "a man with", "more beautiful"}
			words = append(words, ann.heard...)
			waitFor(t, func() bool { return len(holding(place.dump(t), "gray beard")) > 0 })
			during := place.dump(t)
			pictures := 0
			for found := range digestsIn(during) {
				if !before[found] {
					words, pictures = append(words, found), pictures+1
				}
			}
			for _, word := range words[:4] {
				if len(holding(during, word)) == 0 {
					t.Errorf("nothing has %q before: this test sees nothing", word)
				}
			}
			if pictures < 5 {
				t.Errorf("there are %d pictures of hers before: this test sees nothing", pictures)
			}
			owner := d.Owner()
			answered(t, owner.Slash(owner.Direct(), "admin", map[string]any{"block": map[string]any{"user": ann.person.ID}}))
			if said := ann.slash("help", nil).Text(patience); !strings.Contains(said, "may not") {
				t.Errorf("blocked, Ann was told %q", said)
			}

			// when she forgets,
			asked := ann.slash("forget", nil).Reply(patience)
			if asked == nil {
				t.Fatal("blocked, Ann was not asked whether to forget")
			}
			ann.does(ann.person.Press(ann.thread, asked, "Delete it all"))
			told := d.Message(ann.thread, "", patience, func(m *discordtest.Message) bool {
				return m.ID == asked.ID && strings.Contains(m.Content, "I know nothing")
			})
			if told == nil {
				t.Fatalf("Ann was not told that all is deleted: %+v", d.Messages(ann.thread)[len(d.Messages(ann.thread))-1].Content)
			}

			// nothing is left of her.
			check := func(when string, dump map[string]string) {
				for _, word := range words {
					if places := holding(dump, word); len(places) > 0 {
						t.Errorf("%s, %q is in %q", when, word, places)
					}
				}
			}
			check("forgotten", place.dump(t))
			if said := ann.slash("help", nil).Text(patience); !strings.Contains(said, "may not") {
				t.Errorf("forgotten, Ann is not blocked any more: %q", said)
			}
			stats := owner.Slash(owner.Direct(), "admin", map[string]any{"stats": map[string]any{}}).Text(patience)
			if !regexp.MustCompile(`today [1-9]\d* pictures .*by 2 `).MatchString(stats) {
				t.Errorf("after /forget the day's count is %q: it was a way around", stats)
			}
			stop(t, cmd)
			check("stopped", place.dump(t))
			cmd = p.serve(t, d, append([]string{"--steps", "4", "--per-day", "100"}, place.flags...)...)
			check("started again", place.dump(t))
			said := bob.person.Say(bob.thread, "make it night")
			drawn(t, d, bob.thread, said.ID, "night")
			stop(t, cmd)
		})
	}
}

// waitFor waits until it is so.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not come")
		}
	}
}
