// Package terminal holds the conversation in a terminal, or over a pipe: lines
// in, pictures out. It is the whole product without Discord.
//
// Start with [Chat.Run]. lines.go and console.go read what is said, commands.go
// parses slash commands by the table, complete.go completes them; output.go is
// what a person sees, by way of printable.go, and json.go what a program sees.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/terminal/graphics"
	"pentimento/jobs"
)

// Chat is a conversation with somebody at a terminal.
type Chat struct {
	// Conversation is what the lines are said to.
	Conversation *bot.Conversation
	// Commands is the table of slash commands.
	Commands []bot.Command
	// In gives one utterance or slash command a line.
	In io.Reader
	// Console does so in its place, and shows what Out would get, at a terminal
	// where a line can be edited; nil for others.
	Console *Console
	// Prompt is shown before a line is read; empty for none.
	Prompt string
	// Out gets pictures and text, or with JSON one object a line.
	Out io.Writer
	// Width is how many columns text has room for; nil for any number.
	Width func() int
	// Status gets progress lines that overwrite each other; nil for none. At a
	// Console progress stands before what is typed.
	Status io.Writer
	// Dir is where pictures are written.
	Dir string
	// Home is the folder that ~ stands for in a path.
	Home string
	// JSON prints one object per turn instead of text.
	JSON bool
	// Screen shows pictures inline; nil for terminals that can't.
	Screen *graphics.Screen
	// Log has the errors behind what the user is told; nil for nowhere.
	Log *slog.Logger
	// Interrupts delivers Ctrl-C. One cancels the running turn; one that
	// finds nothing running ends the chat.
	Interrupts <-chan os.Signal
	// Opening is what the chat shows before anything is said; nil for nothing.
	Opening func(ctx context.Context, c *Chat) error
	// First is a line that is taken for said before any other; empty for none.
	First string
}

// errQuit ends the chat.
var errQuit = errors.New("quit")

// patience is how long an answer may take before the next line is read, so that an
// answer that comes at once is not in the way of it.
const patience = 200 * time.Millisecond

// Run holds the conversation until the input ends, the user quits or ctx is
// cancelled. What has been drawn by then is kept.
func (c *Chat) Run(ctx context.Context) (err error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	if c.Console != nil {
		if err := c.Console.Open(); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, c.Console.Close()) }()
	}
	lines := readLines(ctx, c.reading())
	defer lines.close()
	if c.Opening != nil {
		err = c.do(ctx, lines, "", func(ctx context.Context) error { return c.Opening(ctx, c) })
	}
	if err == nil {
		err = c.hear(ctx, lines, line{text: c.First})
	}
	for err == nil {
		l, ok := c.await(ctx, lines)
		if !ok {
			return c.leave()
		}
		err = c.hear(ctx, lines, l)
	}
	if errors.Is(err, errQuit) {
		return nil
	}
	return err
}

// await returns the next line; ok is false if the chat is over.
func (c *Chat) await(ctx context.Context, lines *reader) (l line, ok bool) {
	if l, ok := lines.next(); ok {
		return l, c.echo(l) == nil
	}
	if c.Console != nil {
		if err := c.printf("\n"); err != nil {
			return line{}, false
		}
		c.Console.Idle(c.Prompt)
	}
	lines.ask(ctx)
	if !lines.more() {
		return line{}, false
	}
	select {
	case <-ctx.Done():
		return line{}, false
	case <-c.Interrupts:
		return line{}, false
	case <-c.keys():
		return line{}, false
	case l, ok := <-lines.lines:
		lines.came(line{}, ok)
		return l, ok
	}
}

// echo repeats a line that was typed while another one was answered.
func (c *Chat) echo(l line) error { return c.printf("\n%s%s\n", c.Prompt, OneLine(l.text)) }

// keys delivers the Ctrl-C of the console.
func (c *Chat) keys() <-chan os.Signal {
	if c.Console == nil {
		return nil
	}
	return c.Console.Interrupts()
}

// hear answers one line. Only errors that end the chat are returned; the
// others are shown.
func (c *Chat) hear(ctx context.Context, lines *reader, l line) error {
	if l.err != nil && l.err != io.EOF {
		return fmt.Errorf("read the next line: %w", l.err)
	}
	if l.text == "" {
		return nil
	}
	return c.do(ctx, lines, l.text, func(ctx context.Context) error { return c.answer(ctx, l) })
}

// do does what was asked for by an utterance. Meanwhile an interrupt cancels it,
// and at a console lines are read that wait until it is done.
func (c *Chat) do(ctx context.Context, lines *reader, utterance string, work func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- work(ctx) }()
	if c.Console != nil {
		c.Console.Busy(c.Prompt)
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		select {
		case err := <-done:
			c.clearStatus()
			return c.show(utterance, err)
		case <-c.Interrupts:
			cancel()
		case <-c.keys():
			cancel()
		case <-late.C:
			if c.Console != nil {
				c.Console.Busy("  … " + c.Prompt)
			}
			c.readAhead(ctx, lines)
		case l, ok := <-lines.lines:
			lines.came(l, ok)
			c.readAhead(ctx, lines)
		}
	}
}

// readAhead has a line read while something is being drawn. Without a console the
// terminal keeps what is typed.
func (c *Chat) readAhead(ctx context.Context, lines *reader) {
	if c.Console != nil {
		lines.ask(ctx)
	}
}

// show tells the user of an error and decides whether it ends the chat.
func (c *Chat) show(utterance string, err error) error {
	if err == nil || errors.Is(err, errQuit) || errors.Is(err, errOutput) {
		return err
	}
	problem := bot.ProblemOf(err)
	problem.Log(c.Log)
	return c.printProblem(utterance, problem)
}

// answer carries out a line: a slash command, or something said.
func (c *Chat) answer(ctx context.Context, l line) error {
	if l.cut {
		if err := c.printNotice(fmt.Sprintf("That line is very long; the first %d characters are read.", maxLine)); err != nil {
			return err
		}
	}
	if strings.HasPrefix(l.text, "/") {
		return c.command(ctx, l.text)
	}
	// What people type in any program to leave it, or to get help, is not drawn.
	switch strings.ToLower(l.text) {
	case "exit", "quit", "bye", ":q":
		return errQuit
	case "help", "?":
		return c.printText(l.text, help(c.Commands))
	}
	answer, err := c.Conversation.Say(ctx, bot.Request{Watch: c.progress}, l.text)
	if err != nil {
		return err
	}
	return c.showAnswer(l.text, answer)
}

// progress shows how far the picture is.
func (c *Chat) progress(p jobs.Event) {
	if p.Steps < 1 {
		return
	}
	const width = 20
	full := width * p.Step / p.Steps
	bar := fmt.Sprintf("  %s%s step %*d of %d",
		strings.Repeat("━", full), strings.Repeat("╌", width-full), len(strconv.Itoa(p.Steps)), p.Step, p.Steps)
	switch {
	case c.Console != nil:
		c.Console.Busy(bar + " " + c.Prompt)
	case c.Status != nil:
		// A status line that cannot be written does not stop the drawing.
		_, _ = fmt.Fprint(c.Status, "\r\033[K"+bar)
	}
}

// clearStatus removes the progress.
func (c *Chat) clearStatus() {
	switch {
	case c.Console != nil:
		c.Console.Busy(c.Prompt)
	case c.Status != nil:
		_, _ = fmt.Fprint(c.Status, "\r\033[K")
	}
}

// reading is how a line is read.
func (c *Chat) reading() (read func() line) {
	if c.Console != nil {
		return func() line {
			text, err := c.Console.ReadLine(c.complete)
			return line{text: clean(text), err: err}
		}
	}
	in := bufio.NewReaderSize(c.In, 4096)
	return func() line {
		if c.Prompt != "" {
			_, _ = fmt.Fprint(c.Out, "\n"+c.Prompt)
		}
		return readLine(in)
	}
}

// leave ends the prompt's line.
func (c *Chat) leave() error {
	if c.Console == nil && c.Prompt != "" {
		_, _ = fmt.Fprintln(c.Out)
	}
	return nil
}

// out is where text and pictures are shown.
func (c *Chat) out() io.Writer {
	if c.Console != nil {
		return c.Console
	}
	return c.Out
}
