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

// A person sits at the other end of a console's terminal.
type personAt struct {
	t     *testing.T
	keys  io.Writer
	shown *bufio.Reader
}

// see waits until the terminal shows the text, and returns what it showed by then.
func (p personAt) see(text string) string {
	p.t.Helper()
	var seen []byte
	for !bytes.HasSuffix(seen, []byte(text)) {
		b, err := p.shown.ReadByte()
		if err != nil {
			p.t.Fatalf("%q is shown, and then %v, want %q", seen, err, text)
		}
		seen = append(seen, b)
	}
	return string(seen)
}

func (p personAt) types(keys string) {
	p.t.Helper()
	if _, err := io.WriteString(p.keys, keys); err != nil {
		p.t.Fatal(err)
	}
}

// openConsole returns an open console and who sits at it.
func openConsole(t *testing.T) (*Console, personAt, *os.File) {
	person, program := ttytest.Open(t)
	return NewConsole(program, program), personAt{t, person, bufio.NewReader(person)}, program
}

// What is typed is edited and completed, and lines before it are found again.
func TestConsole(t *testing.T) {
	console, person, program := openConsole(t)
	if err := console.Open(); err != nil {
		t.Fatal(err)
	}
	read := make(chan line, 1)
	ask := func() {
		text, err := console.ReadLine(func(before string) (string, []string) {
			if strings.HasSuffix(before, "re") {
				return before, []string{"red", "real"}
			}
			return before + "d hair", nil
		})
		read <- line{text: text, err: err}
	}
	waiting := false
	for _, test := range []struct{ typed, shown, want string }{
		{"make it re\t", "red   real", ""},
		{"al\r", "al", "make it real"},
		{"a blon\t\x7f\x7f\x7f\x7fhat\r", "hat", "a blond hat"},
		{"\x1b[A\x1b[A!\r", "!", "make it real!"},
		{"not that\x03this\r", "this", "this"}, // Ctrl-C empties a line
	} {
		if !waiting {
			console.Idle("› ")
			go ask()
			person.see("› ")
			waiting = true
		}
		person.types(test.typed)
		person.see(test.shown)
		if test.want == "" {
			continue
		}
		if got := <-read; got.err != nil || got.text != test.want {
			t.Errorf("%q is the line %q, %v, want %q", test.typed, got.text, got.err, test.want)
		}
		waiting = false
	}
	go ask()
	person.see("› ")
	person.types("\x03")
	<-console.Interrupts() // an empty line is interrupted
	if lines, _, _ := modes(t, program); lines {
		t.Error("the console has not got the terminal")
	}
	if err := console.Close(); err != nil {
		t.Fatal(err)
	}
	if lines, echo, signals := modes(t, program); !lines || !echo || !signals {
		t.Error("the terminal is not as it was")
	}
	if _, err := console.Write([]byte("after\n")); err != nil {
		t.Error(err)
	}
	person.see("after")
}

// What is typed while something is drawn is kept, and shown below what is written
// and after how far it is. Ctrl-C is of the drawing then, and leaves the line.
func TestTypeWhileItDraws(t *testing.T) {
	console, person, _ := openConsole(t)
	if err := console.Open(); err != nil {
		t.Fatal(err)
	}
	defer console.Close()
	console.Busy("step 1 › ")
	read := make(chan string, 1)
	go func() {
		text, _ := console.ReadLine(nil)
		read <- text
	}()
	person.see("step 1 › ")
	person.types("make it")
	person.see("make it")
	console.Busy("step 2 › ")
	person.see("step 2 › make it")
	person.types("\x03")
	<-console.Interrupts()
	if _, err := console.Write([]byte("  [1] “a cat”\n")); err != nil {
		t.Fatal(err)
	}
	person.see("\r\n")
	person.see("step 2 › make it")
	console.Idle("› ")
	person.see("› make it")
	person.types(" blue\r")
	if got := <-read; got != "make it blue" {
		t.Errorf("the line is %q", got)
	}
}
