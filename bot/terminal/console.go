package terminal

import (
	"errors"
	"io"
	"strings"
	"sync"

	"golang.org/x/term"
)

// A Console is a terminal at which a line can be edited, completed, and found
// again while it is typed. Between lines the terminal is as it was: Ctrl-C is a
// signal then. While a line is typed, Ctrl-C is the end of the input.
type Console struct {
	fd     int
	editor *term.Terminal

	mu   sync.Mutex
	past *term.State // to go back to; nil between lines
}

// A Terminal is a stream that is a terminal.
type Terminal interface {
	io.Reader
	Fd() uintptr
}

// NewConsole returns the console of a terminal that is read from in and shows
// what is written to out.
func NewConsole(in Terminal, out io.Writer) *Console {
	return &Console{fd: int(in.Fd()), editor: term.NewTerminal(duplex{in, out}, "")}
}

// duplex is both directions of a terminal.
type duplex struct {
	io.Reader
	io.Writer
}

// ReadLine shows the prompt and returns the line that is typed. complete is given
// what stands before the cursor when Tab is pressed, and returns what it should
// be and, if there is a choice, all that it may become. The error is io.EOF for
// Ctrl-C and Ctrl-D.
func (c *Console) ReadLine(prompt string, complete func(before string) (after string, choices []string)) (text string, err error) {
	if err := c.begin(); err != nil {
		return "", err
	}
	defer func() {
		if closing := c.Close(); err == nil {
			err = closing
		}
	}()
	above, prompt := prompt[:strings.LastIndexByte(prompt, '\n')+1], prompt[strings.LastIndexByte(prompt, '\n')+1:]
	if _, err := c.editor.Write([]byte(above)); err != nil {
		return "", err
	}
	c.editor.SetPrompt(prompt)
	c.editor.AutoCompleteCallback = func(text string, at int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		after, choices := complete(text[:at])
		if len(choices) > 0 {
			// What cannot be shown is not worth the line that is typed.
			_, _ = c.editor.Write([]byte(columns(choices, c.width()) + "\n"))
		}
		return after + text[at:], len(after), true
	}
	text, err = c.editor.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return text, err
}

// begin takes the terminal for a line.
func (c *Console) begin() error {
	if width, height, err := term.GetSize(c.fd); err == nil && width > 0 {
		if err := c.editor.SetSize(width, height); err != nil {
			return err
		}
	}
	past, err := term.MakeRaw(c.fd)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.past = past
	return nil
}

// Close leaves the terminal as it was, also while ReadLine waits.
func (c *Console) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.past == nil {
		return nil
	}
	past := c.past
	c.past = nil
	return term.Restore(c.fd, past)
}

func (c *Console) width() int {
	if width, _, err := term.GetSize(c.fd); err == nil && width > 0 {
		return width
	}
	return 80
}
