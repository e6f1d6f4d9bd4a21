package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// A talk is a conversation with the running program.
type talk struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	answers *bufio.Reader
}

// built says what to do if the program is not there.
func (b *bench) built() error {
	if _, err := os.Stat(b.binary); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	return nil
}

// beginTalk starts the program with more flags. Its files are in dir.
func (b *bench) beginTalk(dir string, flags ...string) (*talk, error) {
	flags = append([]string{"chat", "--json", "--seed", "1",
		"--out", filepath.Join(dir, "pictures"), "--store", filepath.Join(dir, "sessions.db"), "--cache", filepath.Join(dir, "cache")}, flags...)
	cmd := exec.CommandContext(b.ctx, b.binary, flags...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &talk{cmd: cmd, in: in, answers: bufio.NewReader(out)}, nil
}

// say returns the number of the turn that is answered with; 0 for none. A line that
// is not done is an error: it would measure less than it seems to.
func (t *talk) say(line string) (int, error) {
	if _, err := fmt.Fprintln(t.in, line); err != nil {
		return 0, fmt.Errorf("say %q: %w", line, err)
	}
	text, err := t.answers.ReadBytes('\n')
	if err != nil {
		return 0, fmt.Errorf("wait for the answer to %q: %w", line, err)
	}
	var answer struct {
		Turn     int
		Error    string
		Question string
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return 0, fmt.Errorf("read the answer to %q: %w", line, err)
	}
	if answer.Error != "" || answer.Question != "" {
		return 0, fmt.Errorf("%q was answered with %q", line, answer.Error+answer.Question)
	}
	return answer.Turn, nil
}

// end ends the conversation and waits for the program.
func (t *talk) end() error {
	closed := t.in.Close()
	_, rest := io.Copy(io.Discard, t.answers)
	return errors.Join(closed, rest, t.cmd.Wait())
}

// resident is the program's resident memory in MB: VmRSS is what it has now, VmHWM
// the most that it had. Maxrss of a process that has ended is no such figure: it is
// never less than what the bench had when it started the process.
func (t *talk) resident(name string) (float64, error) {
	path := fmt.Sprintf("/proc/%d/status", t.cmd.Process.Pid)
	status, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("this system doesn't tell a process's memory: %w", err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("%s has no %s", path, name)
}

// processor is how many seconds of the processor the program has used, in and
// outside of the kernel.
func (t *talk) processor() (float64, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", t.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("this system doesn't tell a process's time: %w", err)
	}
	const perSecond = 100 // USER_HZ, which Linux has fixed for what it tells programs
	_, after, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0, fmt.Errorf("read a process's time: it has %d fields", len(fields))
	}
	user, errUser := strconv.ParseFloat(fields[11], 64)
	system, errSystem := strconv.ParseFloat(fields[12], 64)
	return (user + system) / perSecond, errors.Join(errUser, errSystem)
}
