package terminal

import (
	"bufio"
	"context"
	"io"
	"strings"
)

// maxLine bounds one utterance in bytes. What is longer is cut, and said so.
const maxLine = 64 << 10

// A line is what somebody typed, or why reading ended.
type line struct {
	text string
	cut  bool
	err  error
}

// A reader reads lines in the background, one whenever it is asked, so that an
// interrupt need not wait for a key.
type reader struct {
	asked   chan struct{}
	lines   chan line // closed at the end of the input
	reading bool      // it was asked, and nothing came yet
	waiting []line    // lines that came too early
}

// readLines returns a reader that calls read for every line until ctx ends or
// close is called.
func readLines(ctx context.Context, read func() line) *reader {
	r := &reader{asked: make(chan struct{}), lines: make(chan line)}
	go func() {
		defer close(r.lines)
		for range r.asked {
			l := read()
			if l.err == io.EOF && l.text == "" {
				return
			}
			select {
			case r.lines <- l:
			case <-ctx.Done():
				return
			}
			if l.err != nil {
				return
			}
		}
	}()
	return r
}

// ask has the next line read, unless that is being done or there is none.
func (r *reader) ask(ctx context.Context) {
	if r.reading || !r.more() {
		return
	}
	select {
	case r.asked <- struct{}{}:
		r.reading = true
	case _, ok := <-r.lines:
		r.came(line{}, ok)
	case <-ctx.Done():
	}
}

// more reports whether there may be another line.
func (r *reader) more() bool { return r.lines != nil }

// came takes note of what was received from lines.
func (r *reader) came(l line, ok bool) {
	r.reading = false
	if !ok {
		r.lines = nil
	} else if l.text != "" || l.err != nil {
		r.waiting = append(r.waiting, l)
	}
}

// next takes the line that waits longest; ok is false if none does.
func (r *reader) next() (l line, ok bool) {
	if len(r.waiting) == 0 {
		return line{}, false
	}
	l, r.waiting = r.waiting[0], r.waiting[1:]
	return l, true
}

func (r *reader) close() { close(r.asked) }

// readLine reads up to the next newline and keeps at most maxLine bytes.
func readLine(in *bufio.Reader) line {
	var out line
	for {
		part, err := in.ReadSlice('\n')
		if room := maxLine - len(out.text); len(part) > room {
			part, out.cut = part[:room], true
		}
		out.text += string(part)
		if err == bufio.ErrBufferFull {
			continue
		}
		out.err = err
		out.text = clean(out.text)
		return out
	}
}

// clean is a line as it is answered: valid UTF-8 without space around it.
func clean(text string) string {
	return strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
}
