// Package terminal holds the conversation in a terminal, or over a pipe: lines
// in, pictures out. It is the whole product without Discord.
//
// Start with [Chat.Run]. lines.go and console.go read what is said, commands.go
// parses slash commands by the table, complete.go completes them; output.go is
// what a person sees and json.go what a program sees.
package terminal

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/bot/terminal/graphics"
	"pentimento/files"
	"pentimento/jobs"
)

// Chat is a conversation with somebody at a terminal.
type Chat struct {
	// Conversation is what the lines are said to.
	Conversation *bot.Conversation
	// Commands is the table of slash commands.
	Commands []bot.Command
	// In gives one utterance or slash command a line. Console does so in its place
	// at a terminal where a line can be edited; nil for others.
	In      io.Reader
	Console *Console
	// Prompt is shown before a line is read; empty for none.
	Prompt string
	// Out gets pictures and text, or with JSON one object a line.
	Out io.Writer
	// Status gets progress lines that overwrite each other; nil for none.
	Status io.Writer
	// Dir is where pictures are written.
	Dir string
	// JSON prints one object per turn instead of text.
	JSON bool
	// Screen shows pictures inline; nil for terminals that can't.
	Screen *graphics.Screen
	// Log has the errors behind what the user is told; nil for nowhere.
	Log *slog.Logger
	// Interrupts delivers Ctrl-C. One cancels the running turn; one that
	// finds nothing running ends the chat.
	Interrupts <-chan os.Signal
}

// errQuit ends the chat.
var errQuit = errors.New("quit")

// Run holds the conversation until the input ends, the user quits or ctx is
// cancelled. What has been drawn by then is kept.
func (c *Chat) Run(ctx context.Context) error {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o755); err != nil {
		return fmt.Errorf("make the folder for pictures: %w", err)
	}
	lines := readLines(ctx, c.reading())
	defer lines.close()
	for {
		lines.ask(ctx)
		select {
		case <-ctx.Done():
			return c.leave()
		case <-c.Interrupts:
			return c.leave()
		case line, ok := <-lines.lines:
			if !ok {
				return c.leave()
			}
			if err := c.hear(ctx, line); errors.Is(err, errQuit) {
				return nil
			} else if err != nil {
				return err
			}
		}
	}
}

// hear answers one line. Only errors that end the chat are returned; the
// others are shown.
func (c *Chat) hear(ctx context.Context, l line) error {
	if l.err != nil && l.err != io.EOF {
		return fmt.Errorf("read the next line: %w", l.err)
	}
	if l.text == "" {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- c.answer(ctx, l) }()
	for {
		select {
		case err := <-done:
			c.clearStatus()
			return c.show(l.text, err)
		case <-c.Interrupts:
			cancel()
		}
	}
}

// show tells the user of an error and decides whether it ends the chat.
func (c *Chat) show(utterance string, err error) error {
	if err == nil || errors.Is(err, errQuit) || errors.Is(err, errOutput) {
		return err
	}
	problem := bot.ProblemOf(err)
	if c.Log != nil {
		problem.Log(c.Log)
	}
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

// progress overwrites the status line with how far the picture is.
func (c *Chat) progress(p jobs.Event) {
	if c.Status == nil || p.Steps < 1 {
		return
	}
	const width = 20
	full := width * p.Step / p.Steps
	// A status line that cannot be written does not stop the drawing.
	_, _ = fmt.Fprintf(c.Status, "\r\033[K  %s%s step %d of %d",
		strings.Repeat("━", full), strings.Repeat("╌", width-full), p.Step, p.Steps)
}

func (c *Chat) clearStatus() {
	if c.Status != nil {
		_, _ = fmt.Fprint(c.Status, "\r\033[K")
	}
}

// reading is how a line is read.
func (c *Chat) reading() (read func() line) {
	if c.Console != nil {
		return func() line {
			text, err := c.Console.ReadLine(c.Prompt, c.complete)
			return line{text: clean(text), err: err}
		}
	}
	in := bufio.NewReaderSize(c.In, 4096)
	return func() line {
		if c.Prompt != "" {
			_, _ = fmt.Fprint(c.Out, c.Prompt)
		}
		return readLine(in)
	}
}

// leave ends the prompt's line.
func (c *Chat) leave() error {
	if c.Console != nil {
		if err := c.Console.Close(); err != nil {
			return fmt.Errorf("leave the terminal as it was: %w", err)
		}
	}
	if c.Prompt != "" {
		_, _ = fmt.Fprintln(c.Out)
	}
	return nil
}

// save writes a file to the folder for pictures and returns the path. Its name
// says which turn it is of, and is the same only for the same picture.
func (c *Chat) save(file gate.File) (string, error) {
	path := c.path(file.Name())
	if err := files.Write(path, file.Bytes(), 0o644); err != nil {
		return "", unsaved(err)
	}
	return path, nil
}

// unsaved says why there is no file.
func unsaved(err error) error {
	return &bot.Problem{Kind: bot.Invalid, Text: fmt.Sprintf("save the picture (it is kept in the session): %v", err), Err: err}
}

// path is where a picture of that name is saved.
func (c *Chat) path(name string) string { return filepath.Join(c.Dir, name) }
