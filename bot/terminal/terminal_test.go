package terminal

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"pentimento/editor/recipe"
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
