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
	start, candidates := completions(c.Commands, s, before)
	return extend(before, start, candidates)
}

// completions are what the last word before the cursor, which begins at start,
// may become: a command, an argument of one, or a word of the picture.
func completions(commands []bot.Command, s *session.Session, before string) (start int, candidates []bot.Completion) {
	start = strings.LastIndexAny(before, " =") + 1
	typed := before[start:]
	switch {
	case !strings.HasPrefix(before, "/"):
		candidates = bot.Argument{Kind: bot.Word}.Completions(s, nil)
	case start == 0:
		for _, command := range commands {
			candidates = append(candidates, bot.Completion{Value: "/" + command.Name, Label: "/" + command.Name})
		}
	default:
		candidates = argumentCompletions(commands, s, before[:start], typed)
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
func argumentCompletions(commands []bot.Command, s *session.Session, before, typed string) []bot.Completion {
	words := fields(strings.ReplaceAll(before, "=", " "))
	command, ok := bot.Named(commands, strings.TrimPrefix(words[0], "/"))
	if !ok || len(command.Arguments) == 0 {
		return nil
	}
	given := map[string]string{}
	for i, word := range words[1:] {
		if i < len(command.Arguments) {
			given[command.Arguments[i].Name] = word
		}
	}
	at := command.Arguments[min(len(given), len(command.Arguments)-1)]
	if at.Kind == bot.Path {
		return paths(typed)
	}
	return at.Completions(s, given)
}

// paths are the files that begin as typed. Folders end in a slash.
func paths(typed string) []bot.Completion {
	dir, _ := filepath.Split(typed)
	read := dir
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
		if entry.IsDir() {
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
		choices = append(choices, one.Label)
	}
	return before, choices
}

// columns writes words below each other, in as many columns as the width has room
// for.
func columns(words []string, width int) string {
	longest := 0
	for _, w := range words {
		longest = max(longest, utf8.RuneCountInString(w))
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
			out.WriteString(strings.Repeat(" ", longest+2-utf8.RuneCountInString(w)))
		}
	}
	return out.String()
}
