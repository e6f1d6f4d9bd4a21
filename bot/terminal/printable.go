package terminal

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Printable is text as it may be shown at a terminal, whoever wrote it: what
// could steer the terminal or turn text around is replaced by U+FFFD. Lines stay
// lines. All text goes to the terminal through it.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == zeroWidthJoiner, unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return utf8.RuneError
	}, text)
}

// zeroWidthJoiner makes one emoji of several.
const zeroWidthJoiner = '\u200d'

// OneLine is text of somebody else in the middle of a line: it cannot begin
// another one.
func OneLine(text string) string { return strings.ReplaceAll(Printable(text), "\n", " ") }

// hanging is what stands before the words of a line: a margin, marks, a number, or
// a command of the help.
var hanging = regexp.MustCompile(`^[ │├─▸·!]*(?:\d+  |/\S.*?  +)?`)

// wrap breaks lines between words, so that they are no wider than that many columns, and
// indents what goes on. A word that is wider, such as a path, stays whole.
func wrap(text string, columns int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if columnsOf(line) > columns {
			lines[i] = wrapLine(line, columns)
		}
	}
	return strings.Join(lines, "\n")
}

func wrapLine(line string, columns int) string {
	before := hanging.FindString(line)
	indent := margin(before, columns)
	var out strings.Builder
	out.WriteString(before)
	column, begun := columnsOf(before), false
	for word := range strings.FieldsSeq(line[len(before):]) {
		n := columnsOf(word)
		switch {
		case begun && column+1+n > columns:
			out.WriteString("\n" + indent)
			column = columnsOf(indent)
		case begun:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column, begun = column+n, true
	}
	return out.String()
}

// margin is what stands before the rest of a line that begins like that: its
// branches, and otherwise spaces.
func margin(before string, columns int) string {
	out := strings.Map(func(r rune) rune {
		switch r {
		case '│':
			return r
		case '├':
			return '│'
		}
		return ' '
	}, before)
	if columnsOf(out) > columns/2 {
		return "    "
	}
	return out
}

// columnsOf is how many columns of a terminal text takes: two for a wide
// character, none for a mark on the one before it.
func columnsOf(text string) int {
	n := 0
	for _, r := range text {
		switch {
		case r == zeroWidthJoiner, unicode.In(r, unicode.Mn, unicode.Me):
		case isWide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

// isWide reports whether a character takes two columns.
func isWide(r rune) bool {
	kind := width.LookupRune(r).Kind()
	return kind == width.EastAsianWide || kind == width.EastAsianFullwidth
}
