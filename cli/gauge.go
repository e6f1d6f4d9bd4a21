package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/term"

	"pentimento/models/hub"
)

// A gauge shows how far a download is: a bar at a terminal, and otherwise a line
// for every twentieth.
type gauge struct {
	out   io.Writer
	width func() int // of the terminal; nil where there is none
	now   func() time.Time

	drawn time.Time // when the bar was drawn last
	last  int64     // twentieths told
	shown bool
	past  []mark // of the last seconds, for the speed
}

// A mark is how much was there at a time.
type mark struct {
	at   time.Time
	done int64
}

func newGauge(out io.Writer) *gauge {
	g := &gauge{out: out, now: time.Now, last: -1}
	if file, ok := out.(interface{ Fd() uintptr }); ok && isTerminal(out) {
		g.width = func() int {
			width, _, err := term.GetSize(int(file.Fd()))
			if err != nil {
				return 80
			}
			return width
		}
	}
	return g
}

// Of a gauge: how often it is drawn, and over what time the speed is measured.
const (
	gaugeEvery = 100 * time.Millisecond
	gaugeSpan  = 10 * time.Second
)

func (g *gauge) show(p hub.Progress) {
	now := g.now()
	g.note(now, p.Done)
	if g.width != nil {
		if finished := p.Done == p.Total; now.Sub(g.drawn) >= gaugeEvery || finished {
			g.drawn, g.shown = now, true
			g.print("\r\x1b[K" + g.bar(p))
		}
		return
	}
	if p.Total == 0 {
		return
	}
	if twentieth := 20 * p.Done / p.Total; twentieth > g.last {
		g.last = twentieth
		g.print(g.text(p) + "\n")
	}
}

// note keeps marks of the last seconds, ten a second at most.
func (g *gauge) note(now time.Time, done int64) {
	if n := len(g.past); n > 0 && now.Sub(g.past[n-1].at) < gaugeEvery {
		return
	}
	g.past = append(g.past, mark{now, done})
	for len(g.past) > 2 && now.Sub(g.past[0].at) > gaugeSpan {
		g.past = g.past[1:]
	}
}

// speed is in bytes a second; 0 while it is not known.
func (g *gauge) speed() float64 {
	if len(g.past) < 2 {
		return 0
	}
	first, last := g.past[0], g.past[len(g.past)-1]
	return max(0, float64(last.done-first.done)/last.at.Sub(first.at).Seconds())
}

// text says how much there is, how fast it comes, and how long it will take.
func (g *gauge) text(p hub.Progress) string {
	text := fmt.Sprintf("%s of %s", hub.Bytes(p.Done), hub.Bytes(p.Total))
	if speed := g.speed(); speed > 0 && p.Done < p.Total {
		left := time.Duration(float64(p.Total-p.Done) / speed * float64(time.Second))
		text += fmt.Sprintf(", %s/s, %v left", hub.Bytes(int64(speed)), left.Round(time.Second))
	}
	return text
}

// bar is the line of a terminal, which it does not fill.
func (g *gauge) bar(p hub.Progress) string {
	const cells = 24
	text := g.text(p)
	if full := p.Total > 0; full {
		done := int(cells * p.Done / p.Total)
		text = fmt.Sprintf("[%s%s] %3d%%  %s", strings.Repeat("=", done), strings.Repeat(" ", cells-done), 100*p.Done/p.Total, text)
	}
	if room := g.width() - 1; len(text) > room {
		return text[:max(room, 0)]
	} else if len(text)+2+len([]rune(p.File)) <= room {
		text += "  " + p.File
	}
	return text
}

// print writes the progress; one that nobody can read is not a reason to stop.
func (g *gauge) print(text string) { _, _ = fmt.Fprint(g.out, text) }

// end leaves the line.
func (g *gauge) end() {
	if g.shown {
		g.print("\n")
	}
}
