package cli

import (
	"fmt"
	"io"
	"time"

	"pentimento/study"
)

// A meter shows how far something is, such as a study: on a line of its own at a terminal, and
// otherwise a line for every twentieth.
type meter struct {
	out      io.Writer
	terminal bool
	last     int // twentieths told
	shown    bool
}

func newMeter(out io.Writer) *meter { return &meter{out: out, terminal: isTerminal(out)} }

func (m *meter) show(p study.Progress) {
	text := fmt.Sprintf("%s: %d of %d pictures", p.Part, p.Done, p.Total)
	if p.Left > 0 {
		text += fmt.Sprintf(", %s left", p.Left.Round(time.Second))
	}
	m.say(text, p.Done, p.Total)
}

// steps shows how far something is that is done in steps.
func (m *meter) steps(what string, done, of int) {
	m.say(fmt.Sprintf("%s %d of %d", what, done, of), done, of)
}

// say shows a text that stands for a part of the whole.
func (m *meter) say(text string, done, of int) {
	if m.terminal {
		m.print("\r\x1b[K" + text)
		m.shown = true
		return
	}
	if twentieth := 20 * done / of; twentieth != m.last {
		m.last = twentieth
		m.print(text + "\n")
	}
}

// print writes the progress; one that nobody can read is not a reason to stop.
func (m *meter) print(text string) { _, _ = fmt.Fprint(m.out, text) }

// end leaves the line.
func (m *meter) end() {
	if m.shown {
		m.print("\n")
	}
}
