package tests

import (
	"bytes"
	"image"
	"image/draw"
	"image/gif"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"pentimento/tests/discordtest"
	"pentimento/tests/judge"
	"pentimento/tests/redistest"
)

// patience is how long a test waits for a picture: the machine may be busy.
const patience = 60 * time.Second

// newDiscord starts a fake Discord that holds what it hears against Discord's
// description, where that is present.
func newDiscord(t *testing.T, o discordtest.Options) *discordtest.Server {
	t.Helper()
	if dir := os.Getenv("PENTIMENTO_TEST_DATA"); dir != "" {
		spec, err := discordtest.LoadSpec(filepath.Join(dir, "discord-openapi.json"))
		if err != nil {
			t.Fatal(err)
		}
		o.Spec = spec
	} else {
		t.Log("PENTIMENTO_TEST_DATA is not set: nothing is held against Discord's description")
	}
	d := discordtest.New(o)
	t.Cleanup(func() {
		d.Close()
		for _, p := range d.Problems() {
			t.Errorf("Discord would not have it: %s", p)
		}
	})
	return d
}

// runWith runs the program with a token and returns what it printed.
func (p program) runWith(token string, args ...string) (string, error) {
	cmd := exec.Command("pentimento", args...)
	cmd.Env = append(environment(), "DISCORD_TOKEN="+token)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// serve starts the bot on the fake Discord and waits until it is connected.
func (p program) serve(t *testing.T, d *discordtest.Server, args ...string) *exec.Cmd {
	t.Helper()
	return p.serveAt(t, d.URL(), func() bool { return d.Connected(patience) }, args...)
}

// serveAt starts the bot on the Discord with that address and waits until it is
// connected. Arguments come after the usual ones, which they replace.
func (p program) serveAt(t *testing.T, url string, connected func() bool, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command("pentimento", append([]string{"serve", "--discord-api", url, "--steps", "20", "--seed", "1",
		"--store", filepath.Join(p.dir, "discord.db"), "--cache", preparedGraphs()}, args...)...)
	cmd.Env = append(environment(), "DISCORD_TOKEN="+discordtest.Token)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if t.Failed() {
			t.Logf("the bot said:\n%s", out.String())
		}
		if strings.Contains(out.String(), discordtest.Token) {
			t.Error("the bot wrote its token")
		}
	})
	if !connected() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("the bot did not connect:\n%s", out.String())
	}
	return cmd
}

// stop ends the bot as a service manager does.
func stop(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("stopped, the bot ended with %v", err)
	}
}

// drawn waits for the message with the picture whose text contains all parts.
func drawn(t *testing.T, d *discordtest.Server, c *discordtest.Channel, after string, parts ...string) *discordtest.Message {
	t.Helper()
	m := d.Message(c, after, patience, func(m *discordtest.Message) bool {
		for _, part := range parts {
			if !strings.Contains(m.Content, part) {
				return false
			}
		}
		return len(m.Attachments) > 0 && m.Attachments[0].Filename != "preview.jpg" && m.Author.Bot
	})
	if m == nil {
		for _, had := range d.Messages(c) {
			t.Logf("%s: %q %v", had.Author.Username, had.Content, had.Labels())
		}
		t.Fatalf("no picture with %q came", parts)
	}
	return m
}

// pictureIn downloads the first picture of a message.
func pictureIn(t *testing.T, d *discordtest.Server, m *discordtest.Message) *image.NRGBA {
	t.Helper()
	data, err := d.Download(m.Attachments[0])
	if err != nil {
		t.Fatal(err)
	}
	return decodePicture(t, data)
}

func decodePicture(t *testing.T, data []byte) *image.NRGBA {
	t.Helper()
	picture, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(picture.Bounds())
	draw.Draw(out, out.Rect, picture, picture.Bounds().Min, draw.Src)
	return out
}

// answered waits for the first answer to an interaction.
func answered(t *testing.T, i *discordtest.Interaction) discordtest.Interaction {
	t.Helper()
	if i == nil {
		t.Fatal("there is no such button")
	}
	out, ok := i.Wait(5 * time.Second)
	if !ok {
		t.Fatal("an interaction was not answered")
	}
	return out
}

func TestDiscordConversation(t *testing.T) {
	d := newDiscord(t, discordtest.Options{MessageContent: true})
	store := []string{"--store", "redis://" + redistest.Start(t).Addr}
	cmd := newProgram(t).serve(t, d, store...)
	ann, bob, channel := d.Person("ann"), d.Person("bob"), d.Channel("art")

	// Given a picture, in a thread of its own
	answered(t, ann.Slash(channel, "imagine", map[string]any{"prompt": "a woman's face with blond hair"}))
	thread := d.Thread("blond hair", patience)
	if thread == nil {
		t.Fatal("no thread was opened")
	}
	first := drawn(t, d, thread, "", "blond hair", "seed 1")
	blond := pictureIn(t, d, first)
	hair := judge.Hair(blond)
	if n := hair.Count(); n < 400 {
		t.Fatalf("the first picture has %d pixels of blond hair", n)
	}

	// when she talks about it, it stays the same picture
	said := ann.Say(thread, "make her hair red")
	second := drawn(t, d, thread, said.ID, "blond → red", "turn 2 from 1")
	red := pictureIn(t, d, second)
	if share := judge.Share(red, hair, judge.Red); share < .6 {
		t.Errorf("%.0f %% of the hair is red", 100*share)
	}
	if mean, _ := judge.Difference(blond, red, judge.Outside(hair, 4)); mean > 6 {
		t.Errorf("outside the hair the picture changed by %.1f levels", mean)
	}

	// a reply to the old picture branches from it
	reply := ann.Reply(thread, first, "make her hair black")
	third := drawn(t, d, thread, reply.ID, "turn 3 from 1")

	// buttons act on the picture that they stand under
	answered(t, ann.Press(thread, second, "Undo"))
	back := drawn(t, d, thread, third.ID, "turn 1")
	if judge.MaxDifference(pictureIn(t, d, back), blond) != 0 {
		t.Error("undo shows another picture")
	}
	if text := bob.Press(thread, second, "Undo").Text(5 * time.Second); !strings.Contains(text, "belong to somebody else") {
		t.Errorf("Bob pressed Ann's button and was told %q", text)
	}

	// and all of it survives a kill, also on another machine
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	cmd = newProgram(t).serve(t, d, store...)
	if _, registered := d.Commands(); registered != 1 {
		t.Errorf("the commands were registered %d times", registered)
	}
	answered(t, ann.Press(thread, back, "Redo"))
	redone := drawn(t, d, thread, third.ID, "blond → red")
	if judge.MaxDifference(pictureIn(t, d, redone), red) != 0 {
		t.Error("redo after a restart shows another picture")
	}
	asked := ann.Slash(thread, "revert", nil)
	answered(t, asked)
	drawn(t, d, thread, redone.ID, "turn 1")

	// the others' words are theirs: a reply goes on in a session of Bob's own
	bobs := bob.Reply(thread, second, "add glasses")
	drawn(t, d, thread, bobs.ID, "glasses", "turn 3 from 2")

	// what is shared can be continued
	answered(t, ann.Press(thread, second, "Share"))
	shared := drawn(t, d, thread, bobs.ID, "Continue from here with")
	film, err := d.Download(shared.Attachments[1])
	if err != nil {
		t.Fatal(err)
	}
	if frames, err := gif.DecodeAll(bytes.NewReader(film)); err != nil || len(frames.Image) < 2 {
		t.Errorf("the animation cannot be read (%v)", err)
	}
	_, code, _ := strings.Cut(shared.Content, "code:")
	other := d.Channel("elsewhere")
	answered(t, bob.Slash(other, "fork", map[string]any{"code": strings.TrimRight(code, "`")}))
	forked := drawn(t, d, other, "", "blond → red")
	if judge.MaxDifference(pictureIn(t, d, forked), red) != 0 {
		t.Error("the fork shows another picture")
	}

	// as can what is exported, which is drawn anew
	given := ann.Slash(thread, "goto", map[string]any{"turn": 2})
	drawn(t, d, thread, given.ID, "blond → red")
	files := ann.Slash(thread, "export", nil).Reply(patience)
	if files == nil || len(files.Attachments) != 2 {
		t.Fatalf("/export gave %+v", files)
	}
	marked, err := d.Download(files.Attachments[0])
	if err != nil {
		t.Fatal(err)
	}
	taken := bob.Slash(other, "import", map[string]any{"file": discordtest.File{Name: "turn-2.png", Data: marked}})
	imported := drawn(t, d, other, taken.ID, "blond → red")
	if judge.MaxDifference(pictureIn(t, d, imported), red) != 0 {
		t.Error("what is imported shows another picture")
	}

	for _, command := range []string{"history", "animate"} {
		answered(t, ann.Slash(thread, command, nil))
	}
	drawn(t, d, thread, shared.ID, "← here")
	answered(t, ann.Slash(thread, "attention", map[string]any{"word": "hair"}))
	drawn(t, d, thread, shared.ID, "attention of **hair**")
	answered(t, ann.Select(thread, second, "1.5 hair"))
	drawn(t, d, thread, shared.ID, "hair ×1.5")

	stop(t, cmd)
	took, missing := d.Acknowledgements()
	if missing > 0 {
		t.Errorf("%d interactions were never answered", missing)
	}
	t.Logf("%d interactions answered, the slowest after %v", len(took), slowest(took))
}

func slowest(took []time.Duration) time.Duration {
	var most time.Duration
	for _, d := range took {
		most = max(most, d)
	}
	return most
}
