package bot

import (
	"slices"
	"strings"
)

// Find returns the command that somebody typed: its name, another of its names,
// or the beginning of one that no other command shares. The error is a
// [*Problem] that says which commands may be meant.
func Find(commands []Command, typed string) (Command, error) {
	typed = strings.ToLower(typed)
	if c, ok := Named(commands, typed); ok {
		return c, nil
	}
	var begun []Command
	for _, c := range commands {
		if typed != "" && slices.ContainsFunc(c.names(), func(name string) bool { return strings.HasPrefix(name, typed) }) {
			begun = append(begun, c)
		}
	}
	switch {
	case len(begun) == 1:
		return begun[0], nil
	case len(begun) > 1:
		return Command{}, Problemf(NotFound, "/%s may be %s", typed, alternatives(begun))
	}
	if near := nearest(commands, typed); len(near) > 0 {
		return Command{}, Problemf(NotFound, "there is no command /%s: did you mean %s?", typed, alternatives(near))
	}
	return Command{}, Problemf(NotFound, "there is no command /%s: /help lists them", typed)
}

// names are all names of the command.
func (c Command) names() []string { return append([]string{c.Name}, c.Also...) }

// alternatives lists commands in words: "/revert, /redo or /goto".
func alternatives(commands []Command) string {
	text := ""
	for i, c := range commands {
		switch {
		case i == 0:
		case i == len(commands)-1:
			text += " or "
		default:
			text += ", "
		}
		text += "/" + c.Name
	}
	return text
}

// nearest are the commands with the names that differ least from what was typed;
// none if a third of the letters or more differ.
func nearest(commands []Command, typed string) (near []Command) {
	least := (len(typed) + 1) / 3
	for _, c := range commands {
		d := len(typed)
		for _, name := range c.names() {
			d = min(d, edits(typed, name))
		}
		if d < least {
			near, least = nil, d
		}
		if d == least && d > 0 {
			near = append(near, c)
		}
	}
	return near
}

// edits is how many letters are missing, added, changed or swapped with the next
// one between two words.
func edits(a, b string) int {
	var before, above []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, above = above, row
		row = make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := above[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, above[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}
