package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
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
	return b.memory(dir)
}

// memory is the median peak of several conversations: a single one differs by a
// quarter with when the garbage collector runs.
func (b *bench) memory(dir string) error {
	const runs = 9
	peaks := make([]float64, runs)
	for i := range peaks {
		peak, err := b.converse(filepath.Join(dir, fmt.Sprint(i)), filepath.Join(dir, "cache"))
		if err != nil {
			return err
		}
		peaks[i] = peak
	}
	slices.Sort(peaks)
	b.figures["memory.chat_peak_mb"] = peaks[runs/2]
	b.figures["memory.chat_peak_least_mb"], b.figures["memory.chat_peak_most_mb"] = peaks[0], peaks[runs-1]
	return nil
}

func (b *bench) chat(dir, cache, in string) *exec.Cmd {
	cmd := exec.CommandContext(b.ctx, b.binary, "chat", "--json", "--seed", "1",
		"--out", filepath.Join(dir, "pictures"), "--store", filepath.Join(dir, "sessions.db"), "--cache", cache)
	cmd.Stdin = strings.NewReader(in)
	cmd.Stderr = os.Stderr
	return cmd
}

// start is the time from starting the program to the answer to a command
// that draws nothing: the model is loaded by then.
func (b *bench) start(dir string) (float64, error) {
	cmd := b.chat(dir, filepath.Join(dir, "cache"), "/settings\n")
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

// converse holds a conversation of several turns, whose files are in dir, and
// returns the peak of its resident memory in MB.
func (b *bench) converse(dir, cache string) (float64, error) {
	cmd := b.chat(dir, cache, strings.Join([]string{
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
