package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// process runs the program as a person would: the time from starting it to
// its first answer, and the memory at the highest that a conversation takes.
func (b *bench) process() error {
	if _, err := os.Stat(b.binary); err != nil {
		return fmt.Errorf("%w: run make build first", err)
	}
	dir, err := os.MkdirTemp("", "pentimento-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for _, warm := range []bool{false, true} {
		seconds, err := b.start(dir)
		if err != nil {
			return err
		}
		if warm {
			b.figures["start.seconds_to_prompt"] = seconds
		} else {
			b.figures["start.first_seconds_to_prompt"] = seconds
		}
	}
	peak, err := b.converse(dir)
	b.figures["memory.chat_peak_mb"] = peak
	return err
}

func (b *bench) chat(dir, in string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, b.binary, "chat", "--json", "--seed", "1",
		"--out", filepath.Join(dir, "pictures"), "--store", filepath.Join(dir, "sessions.db"), "--cache", filepath.Join(dir, "cache"))
	cmd.Stdin = strings.NewReader(in)
	cmd.Stderr = os.Stderr
	return cmd
}

// start is the time from starting the program to the answer to a command
// that draws nothing: the model is loaded by then.
func (b *bench) start(dir string) (float64, error) {
	cmd := b.chat(dir, "/settings\n")
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		return 0, fmt.Errorf("wait for the first answer: %w", err)
	}
	seconds := time.Since(began).Seconds()
	if _, err := io.Copy(io.Discard, out); err != nil {
		return 0, err
	}
	return seconds, cmd.Wait()
}

// converse holds a conversation of several turns and returns the peak of its
// resident memory in MB.
func (b *bench) converse(dir string) (float64, error) {
	cmd := b.chat(dir, strings.Join([]string{
		sourcePrompt, "make her hair red", "add glasses", "curlier", "make the background blue",
		"/attention hair", "/animate", "/revert 2", "with a hat",
	}, "\n"))
	if out, err := cmd.Output(); err != nil {
		return 0, fmt.Errorf("chat: %w\n%s", err, out)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0, fmt.Errorf("this system doesn't tell a process's peak memory")
	}
	return float64(usage.Maxrss) / 1024, nil
}
