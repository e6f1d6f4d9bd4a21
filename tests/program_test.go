// Package tests runs the real program from end to end: its command line, the
// bundled model, ONNX Runtime, a session file on disk.
//
// The scripts in testdata/script read like a terminal. In Go are the tests that
// look at pictures, and those in which something breaks.
package tests

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"pentimento/cli"
)

// TestMain makes the test binary the program itself where it is called by that
// name: what the scripts and tests run as pentimento is what is tested here,
// with the race detector if the tests have it.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"pentimento": func() { os.Exit(cli.Main(os.Args[1:], cli.System())) },
	})
}

// program is the program with a folder of its own.
type program struct{ dir string }

// newProgram returns the program with a store and pictures of its own.
func newProgram(t *testing.T) program { return program{t.TempDir()} }

// chat is the command that holds a conversation with the program's store.
func (p program) chat(args ...string) *exec.Cmd {
	cmd := exec.Command("pentimento", append([]string{"chat", "--json", "--steps", "10",
		"--out", filepath.Join(p.dir, "pictures"), "--store", filepath.Join(p.dir, "sessions.db"), "--cache", preparedGraphs()}, args...)...)
	cmd.Env = environment()
	return cmd
}

// preparedGraphs is the folder that all tests share for prepared graphs.
func preparedGraphs() string { return filepath.Join(os.TempDir(), "pentimento-test-cache") }

// turn is what --json prints.
type turn struct {
	Turn, Parent            int
	Utterance, Prompt, Edit string
	Question, Error         string
	Image                   string
	SourceImage             string `json:"source_image"`
	History                 json.RawMessage
}

// say holds a conversation and returns what was answered to each line.
func (p program) say(t *testing.T, args []string, lines ...string) []turn {
	t.Helper()
	cmd := p.chat(args...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chat: %v\n%s", err, out)
	}
	var turns []turn
	for line := range bytes.Lines(out) {
		turns = append(turns, decodeTurn(t, line))
	}
	return turns
}

// talk is a conversation under way, held line by line.
type talk struct {
	t      fataler
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	errors bytes.Buffer
}

// fataler is what a test and a script have in common.
type fataler interface {
	Fatalf(format string, args ...any)
}

// start begins a conversation. Whatever the test does, the program is gone at
// its end.
func (p program) start(t *testing.T, args ...string) *talk {
	c := begin(t, p.chat(args...))
	t.Cleanup(c.kill)
	return c
}

// begin starts a command that answers lines.
func begin(t fataler, cmd *exec.Cmd) *talk {
	c := &talk{t: t, cmd: cmd}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatalf("%v", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("%v", err)
	}
	cmd.Stderr = &c.errors
	if err := cmd.Start(); err != nil {
		t.Fatalf("%v", err)
	}
	c.in, c.out = in, bufio.NewReader(out)
	return c
}

// kill ends the program as kill -9 does, if it has not ended.
func (c *talk) kill() {
	if c.cmd.ProcessState == nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	}
}

// tell says a line without waiting for the answer.
func (c *talk) tell(line string) {
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatalf("say %q: %v", line, err)
	}
}

// answer waits for the next answer.
func (c *talk) answer() []byte {
	answer, err := c.out.ReadBytes('\n')
	if err != nil {
		c.kill()
		c.t.Fatalf("wait for an answer: %v\n%s", err, c.errors.String())
	}
	return answer
}

// hear waits for the next answer and reads it.
func (c *talk) hear() turn { return decodeTurn(c.t, c.answer()) }

// ask says a line and waits for the answer.
func (c *talk) ask(line string) turn {
	c.tell(line)
	return c.hear()
}

// interrupt is Ctrl-C.
func (c *talk) interrupt() {
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		c.t.Fatalf("%v", err)
	}
}

// leave ends the input, and waits for the program.
func (c *talk) leave() {
	if err := c.in.Close(); err != nil {
		c.t.Fatalf("%v", err)
	}
	if err := c.cmd.Wait(); err != nil {
		c.t.Fatalf("the program ended with %v\n%s", err, c.errors.String())
	}
}

func decodeTurn(t fataler, line []byte) turn {
	var one turn
	if err := json.Unmarshal(line, &one); err != nil {
		t.Fatalf("not an object: %q: %v", line, err)
	}
	return one
}

// environment is that of the program under test.
func environment() []string {
	return append(os.Environ(), "PENTIMENTO_ONNXRUNTIME="+library(), "GORACE="+atOnce,
		"XDG_STATE_HOME="+filepath.Join(os.TempDir(), "pentimento-test-state"))
}

// atOnce has the race detector end a program at once, not after a second.
const atOnce = "atexit_sleep_ms=0"

// library is ONNX Runtime's library as make fetches it, unless the environment
// names another.
func library() string {
	if path := os.Getenv("PENTIMENTO_ONNXRUNTIME"); path != "" {
		return path
	}
	path, err := filepath.Abs("../build/onnxruntime")
	if err != nil {
		return ""
	}
	return path
}
