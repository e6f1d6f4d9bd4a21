package terminal

import (
	"context"
	"fmt"
	"strings"

	"pentimento/bot"
	"pentimento/files"
	"pentimento/session/recipefile"
)

// command carries out a slash command: it is parsed by the table, done to the
// conversation, and shown.
func (c *Chat) command(ctx context.Context, line string) error {
	name, rest, _ := strings.Cut(line, " ")
	command, ok := bot.Named(c.Commands, strings.TrimPrefix(name, "/"))
	if !ok {
		return bot.Problemf(bot.NotFound, "there is no command %s: /help lists them", name)
	}
	values, err := split(command, strings.TrimSpace(rest))
	if err != nil {
		return err
	}
	in, err := command.Read(bot.Request{Watch: c.progress}, values)
	if err != nil {
		return err
	}
	in.File = func(context.Context) ([]byte, error) { return readFile(pathOf(command, in)) }
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
	arguments := command.Arguments
	values := map[string]string{}
	if len(arguments) == 0 || text == "" {
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

// readFile reads a file to import.
func readFile(path string) ([]byte, error) {
	data, err := files.ReadFile(path, recipefile.MaxPNGBytes)
	if err != nil {
		return nil, &bot.Problem{Kind: bot.NotFound, Text: fmt.Sprintf("import: %v", err), Err: err}
	}
	return data, nil
}
