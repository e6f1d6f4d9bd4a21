package terminal

import (
	"strings"
	"testing"
)

func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"a cat, “blond → red”, été\n猫 👩\u200d🚀": "a cat, “blond → red”, été\n猫 👩\u200d🚀",
		"\x1b[2J\x1b]0;title\x07red\r\x7f":      "\uFFFD[2J\uFFFD]0;title\uFFFDred \uFFFD",
		"c1 \u009b31m bidi \u202e\u2066 \ufeff": "c1 \uFFFD31m bidi \uFFFD\uFFFD \uFFFD",
		"a\tb\u00a0c\u2028d":                    "a b c d",
	} {
		if got := Printable(text); got != want {
			t.Errorf("%q is printed as %q, want %q", text, got, want)
		}
	}
	if got := OneLine("a cat\n  [9] “a fake turn”"); strings.Contains(got, "\n") {
		t.Errorf("a prompt begins a line: %q", got)
	}
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		text    string
		columns int
		want    string
	}{
		{"  ! Nothing to wrap", 40, "  ! Nothing to wrap"},
		{"  ! The model does not know it", 20, "  ! The model does\n    not know it"},
		{"  one two\n  three four five", 14, "  one two\n  three four\n  five"},
		{"    2  a woman's face with red hair", 24, "    2  a woman's face\n       with red hair"},
		{"├─  3  a very long edit of a branch", 22, "├─  3  a very long\n│      edit of a\n│      branch"},
		{"  /undo [n]  Go back, one turn or more", 30, "  /undo [n]  Go back, one turn\n             or more"},
		{"  /settings [name] [value]  Show or change", 30, "  /settings [name] [value]  Show\n    or change"},
		{"  猫が 帽子を かぶる", 12, "  猫が\n  帽子を\n  かぶる"},
		{"  pictures/a-very-long-name-of-a-picture.png", 20, "  pictures/a-very-long-name-of-a-picture.png"},
	} {
		if got := wrap(test.text, test.columns); got != test.want {
			t.Errorf("in %d columns %q is\n%s\nwant\n%s", test.columns, test.text, got, test.want)
		}
	}
}
