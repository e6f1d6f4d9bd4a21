package terminal

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"pentimento/bot"
	"pentimento/session"
)

// complete completes what is typed before the cursor as far as it is certain, and
// returns the choices if there are several.
func (c *Chat) complete(before string) (after string, choices []string) {
	s, err := c.Conversation.Session(context.Background())
	if err != nil {
		s = new(session.Session) // commands can be completed without one
	}
	start, candidates := c.completions(s, before)
	return extend(before, start, candidates)
}

// completions are what the last word before the cursor, which begins at start,
// may become: a command, an argument of one, or a word of the picture.
func (c *Chat) completions(s *session.Session, before string) (start int, candidates []bot.Completion) {
	start = strings.LastIndexAny(before, " =") + 1
	if at, ok := pathStart(c.Commands, before); ok {
		start = at
	}
	typed := before[start:]
	switch {
	case !strings.HasPrefix(before, "/"):
		candidates = bot.Argument{Kind: bot.Word}.Completions(s, nil)
	case start == 0:
		for _, command := range c.Commands {
			candidates = append(candidates, bot.Completion{Value: "/" + command.Name, Label: "/" + command.Name})
		}
	default:
		candidates = c.argumentCompletions(s, before[:start], typed)
	}
	var fit []bot.Completion
	for _, one := range candidates {
		if len(one.Value) >= len(typed) && strings.EqualFold(one.Value[:len(typed)], typed) {
			fit = append(fit, one)
		}
	}
	return start, fit
}

// argumentCompletions are what the argument after a command may be, of which the
// arguments before it are given.
func (c *Chat) argumentCompletions(s *session.Session, before, typed string) []bot.Completion {
	words := bot.Fields(strings.ReplaceAll(before, "=", " "))
	command, err := bot.Find(c.Commands, strings.TrimPrefix(words[0], "/"))
	if err != nil || len(command.Arguments) == 0 {
		return nil
	}
	var places []bot.Argument
	var flags []bot.Completion
	for _, a := range command.Arguments {
		if a.Named {
			flags = append(flags, bot.Completion{Value: "--" + a.Name, Label: "--" + a.Name})
		} else {
			places = append(places, a)
		}
	}
	if strings.HasPrefix(typed, "--") {
		return flags
	}
	given := map[string]string{}
	for i, word := range words[1:] {
		if i < len(places) {
			given[places[i].Name] = word
		}
	}
	at := places[min(len(given), len(places)-1)]
	if at.Kind == bot.Path {
		return c.paths(typed)
	}
	return at.Completions(s, given)
}

// pathStart is where the path begins that is typed after a command, which takes all
// that is typed there, with spaces; ok is false if none is.
func pathStart(commands []bot.Command, before string) (start int, ok bool) {
	name, rest, typing := strings.Cut(before, " ")
	if !typing || !strings.HasPrefix(name, "/") {
		return 0, false
	}
	command, err := bot.Find(commands, name[1:])
	if err != nil || len(command.Arguments) != 1 || command.Arguments[0].Kind != bot.Path {
		return 0, false
	}
	rest = strings.TrimLeft(rest, " ")
	if rest != "" && (rest[0] == '"' || rest[0] == '\'') {
		rest = rest[1:]
	}
	return len(before) - len(rest), true
}

// paths are the files that begin as typed. Folders end in a slash. What could steer
// the terminal is not offered.
func (c *Chat) paths(typed string) []bot.Completion {
	dir, begun := filepath.Split(typed)
	read := InHome(dir, c.Home)
	if read == "" {
		read = "."
	}
	entries, err := os.ReadDir(read)
	if err != nil {
		return nil
	}
	var out []bot.Completion
	for _, entry := range entries {
		name := entry.Name()
		if strings.HasPrefix(name, ".") && !strings.HasPrefix(begun, ".") || OneLine(name) != name {
			continue
		}
		if info, err := os.Stat(filepath.Join(read, name)); err == nil && info.IsDir() {
			name += string(filepath.Separator)
		}
		out = append(out, bot.Completion{Value: dir + name, Label: name})
	}
	return out
}

// extend replaces what is typed from start by what all candidates begin with. A
// single one is completed; of several that go on differently, choices are the
// labels.
func extend(before string, start int, candidates []bot.Completion) (after string, choices []string) {
	if len(candidates) == 0 {
		return before, nil
	}
	common := candidates[0].Value
	for _, one := range candidates[1:] {
		for !strings.HasPrefix(one.Value, common) {
			_, last := utf8.DecodeLastRuneInString(common)
			common = common[:len(common)-last]
		}
	}
	if len(candidates) == 1 && !strings.HasSuffix(common, string(filepath.Separator)) {
		common += " "
	}
	if len(common) > len(before)-start || len(candidates) == 1 {
		return before[:start] + common, nil
	}
	for _, one := range candidates {
		choices = append(choices, OneLine(one.Label))
	}
	return before, choices
}

// columns writes words below each other, in as many columns as the width has room
// for.
func columns(words []string, width int) string {
	longest := 0
	for _, w := range words {
		longest = max(longest, columnsOf(w))
	}
	fit := max(1, (width+1)/(longest+2))
	var out strings.Builder
	for i, w := range words {
		out.WriteString(w)
		switch {
		case i == len(words)-1:
		case i%fit == fit-1:
			out.WriteByte('\n')
		default:
			out.WriteString(strings.Repeat(" ", longest+2-columnsOf(w)))
		}
	}
	return out.String()
}
