package terminal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"pentimento/bot"
	"pentimento/files"
	"pentimento/session/recipefile"
)

// command carries out a slash command: it is parsed by the table, done to the
// conversation, and shown.
func (c *Chat) command(ctx context.Context, line string) error {
	name, rest, _ := strings.Cut(line, " ")
	command, err := bot.Find(c.Commands, strings.TrimPrefix(name, "/"))
	if err != nil {
		return err
	}
	values, err := split(command, strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	in, err := command.Read(bot.Request{Watch: c.progress}, values)
	if err != nil {
		return err
	}
	in.File = func(context.Context) ([]byte, error) { return readFile(InHome(pathOf(command, in), c.Home)) }
	answer, err := command.Do(ctx, c.Conversation, in)
	if err != nil {
		return err
	}
	return c.showAnswer(line, answer)
}

// split divides what stands after a command into its arguments. The one that may
// be a phrase takes all words that the others leave. Where there are two such,
// phrases stand in quotes.
func split(command bot.Command, text string) (map[string]string, error) {
	values, text := named(command, text)
	arguments := slices.DeleteFunc(slices.Clone(command.Arguments), func(a bot.Argument) bool { return a.Named })
	if len(arguments) == 0 || text == "" {
		return values, nil
	}
	if len(arguments) == 1 && arguments[0].Kind == bot.Path {
		values[arguments[0].Name] = unquote(text)
		return values, nil
	}
	if len(arguments) == 1 && arguments[0].Kind.Phrase() {
		values[arguments[0].Name] = text // quotes and all
		return values, nil
	}
	if arguments[0].Kind == bot.Setting {
		text = strings.ReplaceAll(text, "=", " ")
	}
	words := fields(text)
	surplus := max(0, len(words)-len(arguments))
	if phrases := phrases(arguments); surplus > 0 && phrases != 1 {
		return nil, bot.Problemf(bot.Invalid, "%s: %s", command.Ask, command.Example)
	}
	for _, a := range arguments {
		n := 1
		if a.Kind.Phrase() {
			n += surplus
		}
		n = min(n, len(words))
		values[a.Name] = strings.Join(words[:n], " ")
		words = words[n:]
	}
	return values, nil
}

// named takes the arguments out of text that are given by name, "--size 768x512".
// One of several words reaches to the next such argument, or stands in quotes.
func named(command bot.Command, text string) (values map[string]string, rest string) {
	values, rest = map[string]string{}, text
	for _, a := range command.Arguments {
		if !a.Named {
			continue
		}
		flag := "--" + a.Name
		before, after, found := cutWord(rest, flag)
		if !found {
			continue
		}
		after = strings.TrimLeft(after, " =")
		value, left := after, ""
		switch {
		case strings.HasPrefix(after, `"`):
			value, left, _ = strings.Cut(after[1:], `"`)
		case !a.Kind.Phrase():
			value, left, _ = strings.Cut(after, " ")
		default:
			if at := strings.Index(after, " --"); at >= 0 {
				value, left = after[:at], after[at:]
			}
		}
		values[a.Name] = strings.TrimSpace(value)
		rest = strings.TrimSpace(strings.TrimSpace(before) + " " + strings.TrimSpace(left))
	}
	return values, rest
}

// cutWord cuts text around the first place where a word stands, alone or before "=".
func cutWord(text, word string) (before, after string, found bool) {
	for at := 0; ; {
		i := strings.Index(text[at:], word)
		if i < 0 {
			return text, "", false
		}
		begin, end := at+i, at+i+len(word)
		if (begin == 0 || text[begin-1] == ' ') && (end == len(text) || text[end] == ' ' || text[end] == '=') {
			return text[:begin], text[end:], true
		}
		at = end
	}
}

// phrases counts the arguments that may be of several words.
func phrases(arguments []bot.Argument) int {
	n := 0
	for _, a := range arguments {
		if a.Kind.Phrase() && a.Choices == nil {
			n++
		}
	}
	return n
}

// fields are the words of text; what is in double quotes is one. A quote that is
// not closed reaches to the end.
func fields(text string) []string {
	var out []string
	for i, part := range strings.Split(text, `"`) {
		if i%2 == 0 {
			out = append(out, strings.Fields(part)...)
		} else if part != "" {
			out = append(out, part)
		}
	}
	return out
}

// pathOf is the file that a command names.
func pathOf(command bot.Command, in bot.Input) string {
	for _, a := range command.Arguments {
		if a.Kind == bot.Path {
			return in.Text(a.Name)
		}
	}
	return ""
}

// unquote is a path as it is meant that is typed as for a shell, as terminals
// paste it: in quotes, or with a backslash before a space. A quote that is not
// closed reaches to the end.
func unquote(path string) string {
	if path != "" && (path[0] == '"' || path[0] == '\'') {
		return strings.TrimSuffix(strings.TrimSpace(path[1:]), path[:1])
	}
	return strings.ReplaceAll(path, `\ `, " ")
}

// InHome is a path of which a leading ~ stands for the home folder.
func InHome(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && home != "" && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(home, rest)
	}
	return path
}

// readFile reads a file to import.
func readFile(path string) ([]byte, error) {
	data, err := files.ReadFile(path, recipefile.MaxPNGBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &bot.Problem{Kind: bot.NotFound, Text: fmt.Sprintf("there is no file %s", path), Err: err}
	}
	if err != nil {
		return nil, &bot.Problem{Kind: bot.NotFound, Text: fmt.Sprintf("import: %v", err), Err: err}
	}
	return data, nil
}
