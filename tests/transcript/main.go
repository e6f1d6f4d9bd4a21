// Transcript holds a conversation with the real program on the fake Discord and
// draws what people see there as one PNG: `make transcript` writes
// docs/discord.png.
//
// Start with conversation below; render.go draws messages, markup.go reads
// their text.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"pentimento/tests/discordtest"
)

// patience is how long a picture may take.
const patience = 2 * time.Minute

func main() {
	program := flag.String("program", "bin/pentimento", "the program to talk to")
	out := flag.String("out", "docs/discord.png", "the picture to write")
	steps := flag.Int("steps", 25, "denoising steps")
	seed := flag.Uint64("seed", 1, "seed of the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx, *program, *out, *steps, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "transcript:", err)
		os.Exit(1)
	}
}

// write holds the conversation and writes its picture.
func write(ctx context.Context, program, out string, steps int, seed uint64) (err error) {
	dir, err := os.MkdirTemp("", "pentimento-transcript-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	d := discordtest.New(discordtest.Options{MessageContent: true})
	defer d.Close()
	bot := exec.CommandContext(ctx, program, "serve", "--discord-api", d.URL(), "--store", filepath.Join(dir, "discord.db"),
		"--steps", fmt.Sprint(steps), "--seed", fmt.Sprint(seed))
	bot.Env = append(os.Environ(), "DISCORD_TOKEN="+discordtest.Token)
	bot.Stderr = os.Stderr
	bot.Cancel = func() error { return bot.Process.Signal(syscall.SIGTERM) }
	if err := bot.Start(); err != nil {
		return err
	}
	shown, talking := conversation(d)
	_ = bot.Process.Signal(syscall.SIGTERM) // it may have ended
	if err := errors.Join(talking, bot.Wait()); err != nil {
		return err
	}
	page, err := render(shown, func(a discordtest.Attachment) ([]byte, error) { return d.Download(a) })
	if err != nil {
		return err
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	return errors.Join(png.Encode(f, page), f.Close())
}

// conversation is what is said and done. It returns the messages to show, in
// columns.
func conversation(d *discordtest.Server) (columns [][]discordtest.Message, err error) {
	if !d.Connected(patience) {
		return nil, errors.New("the bot did not connect")
	}
	ann, bob, art := d.Person("Ann"), d.Person("Bob"), d.Channel("art")
	ann.Slash(art, "imagine", map[string]any{"prompt": "a woman's face with blond hair"})
	thread := d.Thread("blond hair", patience)
	if thread == nil {
		return nil, errors.New("no thread was opened")
	}
	first, err := drawn(d, thread, "", "turn 1")
	if err != nil {
		return nil, err
	}
	said := ann.Say(thread, "make her hair red")
	second, err := drawn(d, thread, said.ID, "turn 2")
	if err != nil {
		return nil, err
	}
	said = ann.Say(thread, "add glasses")
	if _, err := drawn(d, thread, said.ID, "turn 3"); err != nil {
		return nil, err
	}
	split := ann.Reply(thread, first, "make her hair black")
	if _, err := drawn(d, thread, split.ID, "turn 4"); err != nil {
		return nil, err
	}
	i := ann.Slash(thread, "attention", map[string]any{"word": "hair"})
	if _, err := drawn(d, thread, i.ID, "attention of"); err != nil {
		return nil, err
	}
	reply := bob.Reply(thread, second, "make her smile")
	if _, err := drawn(d, thread, reply.ID, "turn 3 from 2"); err != nil {
		return nil, err
	}
	all := d.Messages(art)
	columns = [][]discordtest.Message{all, nil}
	for _, m := range d.Messages(thread) {
		n := 0
		if m.ID >= split.ID {
			n = 1
		}
		columns[n] = append(columns[n], m)
	}
	return columns, nil
}

// drawn waits for a picture whose text contains the words.
func drawn(d *discordtest.Server, c *discordtest.Channel, after, text string) (*discordtest.Message, error) {
	m := d.Message(c, after, patience, func(m *discordtest.Message) bool {
		return m.Author.Bot && len(m.Attachments) > 0 && m.Attachments[0].Filename != "preview.jpg" && strings.Contains(m.Content, text)
	})
	if m == nil {
		said := ""
		for _, had := range d.Messages(c) {
			said += fmt.Sprintf("\n%s: %s", had.Author.Username, had.Content)
		}
		return nil, fmt.Errorf("no picture with %q came; this was said:%s", text, said)
	}
	return m, nil
}
