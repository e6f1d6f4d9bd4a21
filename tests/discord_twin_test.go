package tests

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pentimento/tests/discordtest"
	"pentimento/tests/judge"
)

// twin is discord-digital-twin, a fake Discord that nobody here wrote, driven
// by testdata/twin/twin.mjs.
type twin struct {
	t   *testing.T
	in  io.Writer
	out *json.Decoder

	URL      string            `json:"url"`
	Channels map[string]string `json:"channels"`
	Bot      string            `json:"bot"`
}

// startTwin installs the twin with npm, which takes a download the first time,
// and starts it.
func startTwin(t *testing.T) *twin {
	t.Helper()
	dir := npmInstalled(t, "twin", 20, 19, "to run the bot against discord-digital-twin")
	cmd := exec.Command("node", "twin.mjs")
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close() // at the end of its input it ends
		if err := cmd.Wait(); err != nil {
			t.Errorf("discord-digital-twin ended with %v", err)
		}
	})
	w := &twin{t: t, in: in, out: json.NewDecoder(bufio.NewReader(out))}
	if err := w.out.Decode(w); err != nil {
		t.Fatalf("discord-digital-twin does not start: %v", err)
	}
	return w
}

// twinCommand is what the driver is told.
type twinCommand struct {
	Do      string           `json:"do"`
	User    string           `json:"user,omitempty"`
	Channel string           `json:"channel,omitempty"`
	Text    string           `json:"text,omitempty"`
	To      string           `json:"to,omitempty"` // a message
	Name    string           `json:"name,omitempty"`
	ID      string           `json:"id,omitempty"`
	Options []map[string]any `json:"options,omitempty"`
}

// do has the driver do something and reads its answer into out.
func (w *twin) do(c twinCommand, out any) {
	w.t.Helper()
	line, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.in.Write(append(line, '\n')); err != nil {
		w.t.Fatal(err)
	}
	answer := struct {
		OK    any    `json:"ok"`
		Error string `json:"error"`
	}{OK: out}
	if err := w.out.Decode(&answer); err != nil || answer.Error != "" {
		w.t.Fatalf("%s: %v %s", line, err, answer.Error)
	}
}

// await asks again and again until done.
func (w *twin) await(done func() bool) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if done() {
			return true
		}
	}
	return false
}

// interact does something that the bot has to answer, and waits for that.
func (w *twin) interact(c twinCommand) (text string) {
	w.t.Helper()
	var sent struct{ ID string }
	w.do(c, &sent)
	var answer struct {
		Acknowledged bool
		Data         *string
	}
	if !w.await(func() bool { w.do(twinCommand{Do: "answer", ID: sent.ID}, &answer); return answer.Acknowledged }) {
		w.t.Fatalf("%+v was not answered", c)
	}
	if answer.Data == nil {
		return ""
	}
	var data struct{ Content string }
	if err := json.Unmarshal([]byte(*answer.Data), &data); err != nil {
		w.t.Fatal(err)
	}
	return data.Content
}

func (w *twin) slash(user, channel, name string, options ...map[string]any) string {
	w.t.Helper()
	return w.interact(twinCommand{Do: "slash", User: user, Channel: channel, Name: name, Options: options})
}

// option is a text option of a command.
func option(name, value string) map[string]any {
	return map[string]any{"name": name, "type": 3, "value": value}
}

// press presses the button with the label.
func (w *twin) press(user string, m discordtest.Message, label string) string {
	w.t.Helper()
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Label == label {
				return w.interact(twinCommand{Do: "press", User: user, Channel: m.ChannelID, To: m.ID, ID: c.CustomID})
			}
		}
	}
	w.t.Fatalf("there is no button %q under %q", label, m.Content)
	return ""
}

// say types a message, as an answer to another one if to is not empty.
func (w *twin) say(user, channel, text, to string) (id string) {
	w.t.Helper()
	var m struct{ ID string }
	w.do(twinCommand{Do: "say", User: user, Channel: channel, Text: text, To: to}, &m)
	return m.ID
}

// drawn waits for the bot's last message to be a picture whose text contains
// all parts, and which is none of those before.
func (w *twin) drawn(channel string, before map[string]bool, parts ...string) discordtest.Message {
	w.t.Helper()
	var all []discordtest.Message
	var found discordtest.Message
	ok := w.await(func() bool {
		w.do(twinCommand{Do: "messages", Channel: channel}, &all)
		for _, m := range all {
			fits := m.Author.ID == w.Bot && len(m.Attachments) > 0 && m.Attachments[0].Filename != "preview.jpg" && !before[m.ID]
			for _, part := range parts {
				fits = fits && strings.Contains(m.Content, part)
			}
			if fits {
				found = m
			}
		}
		return found.ID != ""
	})
	if !ok {
		for _, m := range all {
			w.t.Logf("%s: %q %d files", m.Author.Username, m.Content, len(m.Attachments))
		}
		w.t.Fatalf("no picture with %q came", parts)
	}
	before[found.ID] = true
	return found
}

// download fetches the first file of a message.
func (w *twin) download(m discordtest.Message) []byte {
	w.t.Helper()
	response, err := http.Get(m.Attachments[0].URL)
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		w.t.Fatal(err)
	}
	return data
}

// The main path against a Discord that somebody else wrote.
func TestDiscordDigitalTwin(t *testing.T) {
	w := startTwin(t)
	p := newProgram(t)
	connected := func() bool {
		return w.await(func() bool {
			n := 0
			w.do(twinCommand{Do: "connected"}, &n)
			return n > 0
		})
	}
	serve := func() *exec.Cmd { return p.serveAt(t, w.URL, connected, "--steps", "10") }
	cmd := serve()
	art, seen := w.Channels["art"], map[string]bool{}

	if said := w.slash("ann", art, "imagine", option("prompt", "a woman's face with blond hair")); !strings.Contains(said, "ann") {
		t.Errorf("the command was acknowledged with %q", said)
	}
	var threads []struct{ ID, Name string }
	if !w.await(func() bool { w.do(twinCommand{Do: "threads"}, &threads); return len(threads) > 0 }) {
		t.Fatal("no thread was opened")
	}
	thread := threads[0].ID
	first := w.drawn(thread, seen, "blond hair", "seed 1")
	blond := decodePicture(t, w.download(first))

	w.say("ann", thread, "make her hair red", "")
	second := w.drawn(thread, seen, "blond → red", "turn 2 from 1")
	red := decodePicture(t, w.download(second))
	hair := judge.Hair(blond)
	if hair.Count() < 400 || judge.Share(red, hair, judge.Red) < .5 {
		t.Errorf("%d pixels of blond hair, %.0f %% of them turned red", hair.Count(), 100*judge.Share(red, hair, judge.Red))
	}

	w.say("ann", thread, "make her hair black", first.ID)
	w.drawn(thread, seen, "turn 3 from 1")
	w.press("ann", second, "Undo")
	back := w.drawn(thread, seen, "turn 1")
	if judge.MaxDifference(decodePicture(t, w.download(back)), blond) != 0 {
		t.Error("undo shows another picture")
	}
	if said := w.press("bob", second, "Undo"); !strings.Contains(said, "belong to somebody else") {
		t.Errorf("Bob pressed Ann's button and was told %q", said)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	if !w.await(func() bool { n := 0; w.do(twinCommand{Do: "connected"}, &n); return n == 0 }) {
		t.Error("a killed bot stays connected")
	}
	cmd = serve()
	w.press("ann", back, "Redo")
	redone := w.drawn(thread, seen, "blond → red")
	if judge.MaxDifference(decodePicture(t, w.download(redone)), red) != 0 {
		t.Error("redo after a restart shows another picture")
	}
	w.slash("ann", thread, "revert")
	w.drawn(thread, seen, "turn 1")
	w.press("ann", second, "Share")
	_, code, _ := strings.Cut(w.drawn(thread, seen, "Continue from here with").Content, "code:")
	elsewhere := w.Channels["elsewhere"]
	w.slash("bob", elsewhere, "fork", option("code", strings.TrimRight(code, "`")))
	if forked := w.drawn(elsewhere, seen, "blond → red"); judge.MaxDifference(decodePicture(t, w.download(forked)), red) != 0 {
		t.Error("the fork shows another picture")
	}
	stop(t, cmd)
}
