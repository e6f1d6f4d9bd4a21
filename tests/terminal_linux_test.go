package tests

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"pentimento/tests/ttytest"
)

// A person at the terminal of a program.
type atTerminal struct {
	t      *testing.T
	person *os.File
	cmd    *exec.Cmd
	shown  lockedText
}

// sit starts the program at a terminal of 60 columns.
func sit(t *testing.T, home string, args ...string) *atTerminal {
	t.Helper()
	return start(t, home, exec.Command("pentimento", append([]string{"chat", "--cache", preparedGraphs(), "--out", filepath.Join(home, "pictures")}, args...)...))
}

// start starts a program at a terminal.
func start(t *testing.T, home string, cmd *exec.Cmd) *atTerminal {
	t.Helper()
	person, program := ttytest.Open(t)
	if err := unix.IoctlSetWinsize(int(person.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: 60}); err != nil {
		t.Fatal(err)
	}
	a := &atTerminal{t: t, person: person, cmd: cmd}
	a.cmd.Env = append(environment(), "TERM=xterm", "COLORTERM=", "XDG_STATE_HOME="+home, "PENTIMENTO_STEPS=4")
	a.cmd.Stdin, a.cmd.Stdout, a.cmd.Stderr = program, program, program
	a.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := a.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.cmd.Process.Kill() })
	go func() {
		var buffer [4096]byte
		for {
			n, err := person.Read(buffer[:])
			if err != nil {
				return
			}
			_, _ = a.shown.Write(buffer[:n])
		}
	}()
	return a
}

// see waits until the terminal has shown the text, and forgets all up to it.
func (a *atTerminal) see(text string) (before string) {
	a.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if before, ok := a.shown.cutAfter(text); ok {
			return before
		}
	}
	a.t.Fatalf("%q is not shown, but\n%s", text, a.shown.String())
	return ""
}

func (a *atTerminal) types(keys string) {
	a.t.Helper()
	if _, err := a.person.WriteString(keys); err != nil {
		a.t.Fatal(err)
	}
}

// leaves waits until the program has ended.
func (a *atTerminal) leaves() {
	a.t.Helper()
	if err := a.cmd.Wait(); err != nil {
		a.t.Fatalf("it ended with %v", err)
	}
}

// cutAfter removes what was shown up to the text, and returns what came before that.
func (l *lockedText) cutAfter(text string) (before string, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before, after, ok := strings.Cut(l.text.String(), text)
	if ok {
		l.text.Reset()
		l.text.WriteString(after)
	}
	return before, ok
}

// A terminal greets with what can be drawn, picks a choice by its number, reads ahead
// while it draws, cancels by Ctrl-C, and wraps.
func TestTerminal(t *testing.T) {
	home := t.TempDir()
	a := sit(t, home, "--seed", "7")
	a.see("I draw people (")
	greeting := a.see("› ")
	for line := range strings.Lines(greeting) {
		if len([]rune(strings.TrimRight(line, "\r\n"))) > 60 {
			t.Errorf("a line of the greeting is wider than the terminal: %q", line)
		}
	}
	a.types("a man with blond hair\r")
	a.see("[1] “a man with blond hair”")
	a.see("› ")
	a.types("make it nicer\r")
	a.see("    1  make the hair ")
	a.see("    2  ")
	a.types("1\r")
	a.see("[2 ← 1] blond → ")

	// Two lines and a half are typed while a picture is drawn that takes long.
	a.types("/settings steps 999\r")
	a.see("steps     999")
	a.types("/imagine a castle\r")
	a.see("of 999 › ")
	a.types("/settings steps 4\r/history\r/goto")
	a.see("/goto")
	a.types("\x03")
	a.see("Cancelled. Nothing was changed")
	a.see("› /settings steps 4")
	a.see("steps     4")
	a.see("› /history")
	a.see("▸ 2  blond → ")
	a.see("› /goto")
	a.types(" 1\r")
	a.see("now at [1] “a man with blond hair”")
}

// Ctrl-Z gives the terminal back to the shell, and fg goes on with the line.
func TestTerminalSuspends(t *testing.T) {
	shell, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("a shell with jobs is needed: bash")
	}
	home := t.TempDir()
	a := start(t, home, exec.Command(shell, "--norc", "--noprofile", "-i"))
	a.types("pentimento chat --cache " + preparedGraphs() + " --out " + home + "\r")
	a.see("/quit leaves.")
	a.see("› ")
	a.types("/hel\x1a")
	a.see("Stopped")
	a.types("stty -a | tr ' ' '\\n' | grep icanon; fg\r")
	if before := a.see("icanon\r\n"); strings.HasSuffix(before, "-") {
		t.Error("the shell does not get the terminal as it was")
	}
	a.see("› /hel")
	a.types("p\r")
	a.see("/settings [name] [value]")
	a.see("› ")
	a.types("/quit\r")
	a.see("\n") // the shell again
	a.types("exit\r")
	a.leaves()
}

// With --resume a terminal shows where the conversation is and which others there
// are. A second window says where its conversations are. The terminal is left as it
// was.
func TestTerminalResumes(t *testing.T) {
	home := t.TempDir()
	for _, first := range []string{"a man with blond hair", "a castle in winter"} {
		a := sit(t, home, "--seed", "7")
		a.see("› ")
		a.types(first + "\r")
		a.see("[1] “" + first + "”")
		a.see("› ")
		a.types("\x04")
		a.leaves()
	}
	a := sit(t, home, "--resume", "blond")
	a.see("turn 1 of 1: “a man with blond hair”")
	path := strings.TrimSpace(a.see("\r\n\r\n"))
	if data, err := os.ReadFile(strings.ReplaceAll(path, "\r\n", "")); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
		t.Errorf("its picture: %v", err)
	}
	a.see("Older conversations")
	a.see("  1  ")
	a.see("“a castle in winter”")
	a.see("› ")
	second := sit(t, home)
	second.see("Another window has")
	second.see("› ")
	second.types("/quit\r")
	second.leaves()
	if err := a.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	a.leaves()
	state, err := unix.IoctlGetTermios(int(a.person.Fd()), unix.TCGETS)
	if err != nil || state.Lflag&unix.ICANON == 0 || state.Lflag&unix.ECHO == 0 {
		t.Errorf("the terminal is not as it was: %v", err)
	}
}
