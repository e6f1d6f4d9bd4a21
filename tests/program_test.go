// Package tests runs the real program from end to end: the binary, the bundled
// model, ONNX Runtime, a session file on disk.
//
// The scripts in testdata/script read like a terminal; conversation_test.go
// looks at the pictures.
package tests

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// program is the binary under test, built once.
type program struct{ path, dir string }

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "pentimento-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "pentimento")
	build := exec.Command("go", "build", "-race", "-o", path, "..")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	if err := os.Setenv(binaryVariable, path); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// binaryVariable hands the binary's path from TestMain to the tests.
const binaryVariable = "PENTIMENTO_TEST_BINARY"

// newProgram returns the program with a store, pictures and cache of its own.
func newProgram(t *testing.T) program {
	return program{path: os.Getenv(binaryVariable), dir: t.TempDir()}
}

// chat is the command that holds a conversation with the program's store.
func (p program) chat(args ...string) *exec.Cmd {
	cmd := exec.Command(p.path, append([]string{"chat", "--json", "--steps", "10",
		"--out", filepath.Join(p.dir, "pictures"), "--store", filepath.Join(p.dir, "sessions.db"),
		"--cache", filepath.Join(os.TempDir(), "pentimento-test-cache")}, args...)...)
	cmd.Env = append(os.Environ(), "PENTIMENTO_ONNXRUNTIME="+library())
	cmd.Stderr = os.Stderr
	return cmd
}

// turn is what --json prints.
type turn struct {
	Turn, Parent                 int
	Utterance, Prompt, Edit      string
	Preset, Question, Error      string
	Image                        string
	SourceImage                  string `json:"source_image"`
	Text                         string
	Seed                         *uint64
	Rows                         int
	Seconds                      float64
	Notices                      []string
	Windows, Blend, Ops, History json.RawMessage
}

// say holds a conversation and returns what was answered to each line.
func (p program) say(t *testing.T, args []string, lines ...string) []turn {
	t.Helper()
	cmd := p.chat(args...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("chat: %v\n%s", err, out)
	}
	return decodeTurns(t, out)
}

// talk is a conversation under way.
type talk struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// start begins a conversation that the test holds line by line. Whatever the
// test does, the program is gone at its end.
func (p program) start(t *testing.T, args ...string) *talk {
	t.Helper()
	cmd := p.chat(args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
	})
	return &talk{t, cmd, in, bufio.NewReader(out)}
}

// tell says a line without waiting for the answer.
func (c *talk) tell(line string) {
	c.t.Helper()
	if _, err := io.WriteString(c.in, line+"\n"); err != nil {
		c.t.Fatal(err)
	}
}

// hear waits for the next answer.
func (c *talk) hear() turn {
	c.t.Helper()
	answer, err := c.out.ReadBytes('\n')
	if err != nil {
		c.t.Fatal(err)
	}
	return decodeTurns(c.t, answer)[0]
}

// ask says a line and waits for the answer.
func (c *talk) ask(line string) turn {
	c.t.Helper()
	c.tell(line)
	return c.hear()
}

// interrupt is Ctrl-C.
func (c *talk) interrupt() {
	c.t.Helper()
	if err := c.cmd.Process.Signal(os.Interrupt); err != nil {
		c.t.Fatal(err)
	}
}

func decodeTurns(t *testing.T, out []byte) []turn {
	t.Helper()
	var turns []turn
	for line := range bytes.Lines(out) {
		var one turn
		if err := json.Unmarshal(line, &one); err != nil {
			t.Fatalf("not an object: %q: %v", line, err)
		}
		turns = append(turns, one)
	}
	return turns
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", filepath.Dir(os.Getenv(binaryVariable))+string(os.PathListSeparator)+os.Getenv("PATH"))
			env.Setenv("PENTIMENTO_ONNXRUNTIME", library())
			env.Setenv("PENTIMENTO_CACHE", filepath.Join(os.TempDir(), "pentimento-test-cache"))
			env.Setenv("PENTIMENTO_STEPS", "4")
			return nil
		},
	})
}

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
