package terminal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"pentimento/bot"
	"pentimento/jobs"
	"pentimento/recipe"
	"pentimento/session"
)

func TestReadLine(t *testing.T) {
	in := bufio.NewReader(strings.NewReader("  hello \r\n\n" + strings.Repeat("x", 3*maxLine) + "\nbad \xff utf-8\nlast"))
	want := []struct {
		text string
		cut  bool
		err  error
	}{
		{"hello", false, nil},
		{"", false, nil},
		{strings.Repeat("x", maxLine), true, nil},
		{"bad \uFFFD utf-8", false, nil},
		{"last", false, io.EOF},
		{"", false, io.EOF},
	}
	for i, w := range want {
		got := readLine(in)
		if got.text != w.text || got.cut != w.cut || got.err != w.err {
			t.Errorf("line %d is %.20q (cut %v, %v), want %.20q (cut %v, %v)", i, got.text, got.cut, got.err, w.text, w.cut, w.err)
		}
	}
}

// branched is 1 → 2 → 3 with the branch 2 → 4 → 5, and a second root 6.
func branched(t *testing.T) *session.Session {
	t.Helper()
	s := new(session.Session)
	for i, parent := range []int{0, 1, 2, 2, 4, 0} {
		edit := ""
		if parent != 0 {
			edit = fmt.Sprintf("edit %d", i+1)
		}
		if _, err := s.Add(session.Turn{Parent: parent, Edit: edit, Recipe: recipe.Turn{Prompt: "a cat"}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Goto(5); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHistoryIsATree(t *testing.T) {
	s := branched(t)
	var lines []string
	for _, root := range s.Roots() {
		lines = appendTree(lines, s, root, "", "")
	}
	want := strings.Join([]string{
		"  1  “a cat”",
		"  2  edit 2",
		"├─  3  edit 3",
		"  4  edit 4",
		"▸ 5  edit 5",
		"  6  “a cat”",
	}, "\n")
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOutputThatCannotBeWrittenEndsTheChat(t *testing.T) {
	r, w := io.Pipe()
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	c := &Chat{Out: w, JSON: true}
	if err := c.show("hello", c.printText("hello", "text")); err == nil {
		t.Error("writing to a closed pipe was no error")
	}
}

// Words that are commands in every other program are not drawn.
func TestBareWords(t *testing.T) {
	for said, want := range map[string]string{"exit": "", "Quit": "", "bye": "", ":q": "", "help": "/revert", "?": "/revert"} {
		var out bytes.Buffer
		c := &Chat{Commands: bot.Commands(), In: strings.NewReader(said + "\n/help\n"), Out: &out, Dir: t.TempDir()}
		if err := c.Run(t.Context()); err != nil {
			t.Errorf("%s: %v", said, err)
		}
		if got := out.String(); strings.Count(got, "/revert [n]") != 2*strings.Count(want, "/revert") {
			t.Errorf("%s gave %q", said, got)
		}
	}
}

func TestSummary(t *testing.T) {
	root := session.Turn{ID: 1, Recipe: recipe.Turn{Prompt: "a cat"}}
	edit := session.Turn{ID: 3, Parent: 1, Edit: "cat → dog", Recipe: recipe.Turn{Prompt: "a dog"}}
	root.Settings.Seed, edit.Settings.Seed = 7, 7
	for want, answer := range map[string]*bot.Answer{
		"[1] “a cat” · seed 7 · 1.5 s":       {Turn: root, Drawing: &jobs.Result{}, Seconds: 1.52},
		"now at [1] “a cat” · seed 7":        {Turn: root},
		"[3 ← 1] cat → dog · seed 7 · 0.3 s": {Turn: edit, Source: &root, Drawing: &jobs.Result{}, Seconds: .31},
		"now at [3 ← 1] cat → dog · seed 7":  {Turn: edit, Source: &root},
	} {
		if got := summary(answer); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestErrorsAreShownAsSentences(t *testing.T) {
	var out bytes.Buffer
	c := &Chat{Out: &out}
	if err := c.show("/goto 9", session.ErrNoSuchTurn); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "  ! There is no such turn\n" {
		t.Errorf("got %q", got)
	}
}
