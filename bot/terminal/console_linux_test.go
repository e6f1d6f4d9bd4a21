package terminal

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"pentimento/tests/ttytest"
)

// modes are the terminal's: whether it gives lines, echoes, and makes a signal of
// Ctrl-C.
func modes(t *testing.T, terminal *os.File) (lines, echo, signals bool) {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return state.Lflag&unix.ICANON != 0, state.Lflag&unix.ECHO != 0, state.Lflag&unix.ISIG != 0
}

// What is typed is edited and completed, lines before it are found again, and
// between lines the terminal is as it was.
func TestConsole(t *testing.T) {
	person, program := ttytest.Open(t)
	console := NewConsole(program, program)
	complete := func(before string) (string, []string) {
		if strings.HasSuffix(before, "re") {
			return before, []string{"red", "real"}
		}
		return before + "d hair", nil
	}
	read := make(chan line, 1)
	ask := func() {
		text, err := console.ReadLine("\n› ", complete)
		read <- line{text: text, err: err}
	}
	shown := bufio.NewReader(person)
	// see waits until the terminal shows the text.
	see := func(text string) {
		var seen []byte
		for !bytes.HasSuffix(seen, []byte(text)) {
			b, err := shown.ReadByte()
			if err != nil {
				t.Fatalf("%q is shown, and then %v, want %q", seen, err, text)
			}
			seen = append(seen, b)
		}
	}
	for _, test := range []struct{ typed, shown, want string }{
		{"make it re\t", "red   real", ""},
		{"al\r", "al", "make it real"},
		{"a blon\t\x7f\x7f\x7f\x7fhat\r", "hat", "a blond hat"},
		{"\x1b[A\x1b[A!\r", "!", "make it real!"},
	} {
		if lines, _, _ := modes(t, program); lines {
			go ask()
			see("› ")
		}
		if _, err := io.WriteString(person, test.typed); err != nil {
			t.Fatal(err)
		}
		see(test.shown)
		if test.want == "" {
			continue
		}
		if got := <-read; got.err != nil || got.text != test.want {
			t.Errorf("%q is the line %q, %v, want %q", test.typed, got.text, got.err, test.want)
		}
		if lines, echo, signals := modes(t, program); !lines || !echo || !signals {
			t.Errorf("after %q the terminal is not as it was", test.typed)
		}
	}
	go ask()
	see("› ")
	if _, err := io.WriteString(person, "half a line\x03"); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got.err != io.EOF {
		t.Errorf("Ctrl-C gave %v", got.err)
	}
}
