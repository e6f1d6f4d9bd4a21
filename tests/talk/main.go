// Talk holds a conversation with the real program and writes it down as people
// see it: docs/conversation.md with a picture for every turn (`make transcript`).
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
)

func main() {
	program := flag.String("program", "bin/pentimento", "the program to talk to")
	lines := flag.String("lines", "tests/talk/lines.txt", "what is said, a line for each turn; a line after # is a heading")
	out := flag.String("out", "docs/conversation.md", "the file to write; pictures go into a folder beside it")
	seed := flag.Uint64("seed", 3, "seed of the pictures")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := write(ctx, *program, *lines, *out, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "talk:", err)
		os.Exit(1)
	}
}

// An answer is what the page shows of a line of --json.
type answer struct {
	Turn      int      `json:"turn"`
	Utterance string   `json:"utterance"`
	Prompt    string   `json:"prompt"`
	Edit      string   `json:"edit"`
	Image     string   `json:"image"`
	Notices   []string `json:"notices"`
	Doubt     string   `json:"doubt"`
	Question  string   `json:"question"`
	Choices   []string `json:"choices"`
	Text      string   `json:"text"`
	Error     string   `json:"error"`
}

// write holds the conversation and writes the page.
func write(ctx context.Context, program, lines, out string, seed uint64) (err error) {
	said, err := os.ReadFile(lines)
	if err != nil {
		return err
	}
	home, err := os.MkdirTemp("", "pentimento-talk-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(home)) }()
	answers, err := hold(ctx, program, home, said, seed)
	if err != nil {
		return err
	}
	folder := strings.TrimSuffix(out, filepath.Ext(out))
	if err := errors.Join(os.RemoveAll(folder), os.MkdirAll(folder, 0o755)); err != nil {
		return err
	}
	page, err := pageOf(string(said), answers, folder, seed)
	if err != nil {
		return err
	}
	return os.WriteFile(out, page, 0o644)
}

// hold says the lines to the program and returns its answers. Pictures lie under
// home.
func hold(ctx context.Context, program, home string, said []byte, seed uint64) ([]answer, error) {
	var spoken bytes.Buffer
	for line := range strings.Lines(string(said)) {
		if !strings.HasPrefix(line, "#") && strings.TrimSpace(line) != "" {
			spoken.WriteString(line)
		}
	}
	chat := exec.CommandContext(ctx, program, "chat", "--json", "--seed", fmt.Sprint(seed),
		"--store", filepath.Join(home, "sessions.db"), "--out", filepath.Join(home, "pictures"))
	chat.Env = append(os.Environ(), "XDG_STATE_HOME="+home)
	chat.Stdin, chat.Stderr = &spoken, os.Stderr
	printed, err := chat.Output()
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", program, err)
	}
	var answers []answer
	for d := json.NewDecoder(bytes.NewReader(printed)); d.More(); {
		var a answer
		if err := d.Decode(&a); err != nil {
			return nil, fmt.Errorf("read an answer: %w", err)
		}
		answers = append(answers, a)
	}
	return answers, nil
}

// pageOf writes the conversation and copies its pictures into folder.
func pageOf(said string, answers []answer, folder string, seed uint64) ([]byte, error) {
	var page bytes.Buffer
	fmt.Fprintf(&page, "# A conversation\n\nAs `pentimento chat --seed %d` held it with the bundled model; `make transcript` holds it again. What is said is in bold.\n", seed)
	next := 0
	for line := range strings.Lines(said) {
		line = strings.TrimSpace(line)
		if heading, ok := strings.CutPrefix(line, "#"); ok {
			fmt.Fprintf(&page, "\n##%s\n", heading)
		}
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if next == len(answers) {
			return nil, fmt.Errorf("%q has no answer", line)
		}
		if err := tell(&page, answers[next], folder); err != nil {
			return nil, err
		}
		next++
	}
	return page.Bytes(), nil
}

// tell writes one turn.
func tell(page *bytes.Buffer, a answer, folder string) error {
	fmt.Fprintf(page, "\n**%s**\n", a.Utterance)
	for _, text := range append(a.Notices, a.Text, a.Question, a.Doubt, a.Error) {
		if text != "" {
			fmt.Fprintf(page, "\n%s\n", text)
		}
	}
	if len(a.Choices) > 0 {
		fmt.Fprintln(page)
	}
	for i, choice := range a.Choices {
		fmt.Fprintf(page, "%d. %s\n", i+1, choice)
	}
	if a.Image == "" {
		return nil
	}
	edit := a.Edit
	if edit == "" {
		edit = "a new picture"
	}
	fmt.Fprintf(page, "\nTurn %d: %s\n\n", a.Turn, edit)
	name := fmt.Sprintf("%02d.png", a.Turn)
	data, err := os.ReadFile(a.Image)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(page, "![%s](%s/%s)\n", a.Prompt, filepath.Base(folder), name)
	return nil
}
