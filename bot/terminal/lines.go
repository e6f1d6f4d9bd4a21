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
	asked chan struct{}
	lines chan line // closed at the end of the input
}

// readLines returns a reader that calls read for every line until ctx ends or
// close is called.
func readLines(ctx context.Context, read func() line) reader {
	r := reader{make(chan struct{}), make(chan line)}
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

// ask has the next line read, unless there is none.
func (r reader) ask(ctx context.Context) {
	select {
	case r.asked <- struct{}{}:
	case <-r.lines:
	case <-ctx.Done():
	}
}

func (r reader) close() { close(r.asked) }

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
