package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// A Console is a terminal at which a line can be edited, completed, and found
// again while it is typed. From Open to Close it has the terminal: what is written
// appears above the line that is typed, also while somebody types.
type Console struct {
	fd       int
	out      io.Writer
	editor   *term.Terminal
	pressed  chan os.Signal
	width    func() int
	complete func(before string) (after string, choices []string)

	mu   sync.Mutex
	past *term.State // to go back to; nil while the terminal is not the console's
	busy bool        // something is being drawn
}

// A Terminal is a stream that is a terminal.
type Terminal interface {
	io.Reader
	Fd() uintptr
}

// NewConsole returns the console of a terminal that is read from in and shows
// what is written to out.
func NewConsole(in Terminal, out io.Writer) *Console {
	c := &Console{fd: int(in.Fd()), out: out, pressed: make(chan os.Signal, 1), width: WidthOf(in)}
	c.editor = term.NewTerminal(duplex{interruptible{in}, out}, "")
	c.editor.AutoCompleteCallback = c.key
	return c
}

// duplex is both directions of a terminal.
type duplex struct {
	io.Reader
	io.Writer
}

// The keys that the console acts on.
const (
	keyCtrlC   = 0x03
	keyTab     = '\t'
	keySuspend = 0x1a
	// keyInterrupt stands for Ctrl-C where the editor reads: Ctrl-C itself
	// would end the reading and leave the rest of the line behind.
	keyInterrupt = 0x1e
)

// interruptible is what is typed, with keyInterrupt for Ctrl-C.
type interruptible struct{ io.Reader }

func (i interruptible) Read(p []byte) (int, error) {
	n, err := i.Reader.Read(p)
	for at := bytes.IndexByte(p[:n], keyCtrlC); at >= 0; at = bytes.IndexByte(p[:n], keyCtrlC) {
		p[at] = keyInterrupt
	}
	return n, err
}

// Open takes the terminal.
func (c *Console) Open() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.past != nil {
		return nil
	}
	past, err := term.MakeRaw(c.fd)
	if err != nil {
		return fmt.Errorf("take the terminal: %w", err)
	}
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
	c.editor.SetPrompt("")
	_, _ = c.out.Write([]byte("\r\x1b[J")) // the line that nobody reads any more
	past := c.past
	c.past = nil
	if err := term.Restore(c.fd, past); err != nil {
		return fmt.Errorf("leave the terminal as it was: %w", err)
	}
	return nil
}

// Write shows whole lines above the one that is typed.
func (c *Console) Write(p []byte) (int, error) {
	if !c.opened() {
		return c.out.Write(p)
	}
	return c.editor.Write(p)
}

func (c *Console) opened() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.past != nil
}

// Idle shows the prompt before what is typed: it is awaited. A Ctrl-C that came
// too late for what was being drawn is forgotten.
func (c *Console) Idle(prompt string) {
	select {
	case <-c.pressed:
	default:
	}
	c.show(prompt, false)
}

// Busy shows before what is typed how far something else is. What is typed is read
// all the same.
func (c *Console) Busy(progress string) { c.show(progress, true) }

func (c *Console) show(prompt string, busy bool) {
	c.mu.Lock()
	c.busy = busy
	c.mu.Unlock()
	if width, height, err := term.GetSize(c.fd); err == nil && width > 0 {
		_ = c.editor.SetSize(width, height) // it can only fail to redraw
	}
	c.editor.SetPrompt(prompt)
	_, _ = c.Write(nil) // redraws the line; the next write tells of a terminal that is gone
}

// WidthOf returns what tells how many columns a terminal has.
func WidthOf(out interface{ Fd() uintptr }) func() int {
	fd := int(out.Fd())
	return func() int {
		if width, _, err := term.GetSize(fd); err == nil && width > 0 {
			return width
		}
		return 80
	}
}

// Interrupts delivers Ctrl-C: of what is being drawn, or of an empty line. In a line
// that is not empty it empties that.
func (c *Console) Interrupts() <-chan os.Signal { return c.pressed }

// ReadLine returns the next line that is typed. complete is given what stands
// before the cursor when Tab is pressed, and returns what it should be and, if
// there is a choice, all that it may become. The error is io.EOF for Ctrl-D.
func (c *Console) ReadLine(complete func(before string) (after string, choices []string)) (text string, err error) {
	c.complete = complete
	text, err = c.editor.ReadLine()
	if errors.Is(err, term.ErrPasteIndicator) {
		err = nil
	}
	return text, err
}

// key acts on a key that the editor has no use for; it has the signature of
// term.Terminal.AutoCompleteCallback.
func (c *Console) key(text string, at int, key rune) (newText string, newAt int, ok bool) {
	switch key {
	case keyTab:
		after, choices := c.complete(text[:at])
		if len(choices) > 0 {
			// What cannot be shown is not worth the line that is typed.
			_, _ = c.Write([]byte(columns(choices, c.width()) + "\n"))
		}
		return after + text[at:], len(after), true
	case keyInterrupt:
		if text != "" && !c.isBusy() {
			return "", 0, true
		}
		select {
		case c.pressed <- os.Interrupt:
		default: // one is waiting
		}
		return text, at, true
	case keySuspend:
		c.suspend()
		return text, at, true
	}
	return "", 0, false
}

func (c *Console) isBusy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.busy
}
