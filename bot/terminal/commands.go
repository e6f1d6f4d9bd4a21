package terminal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	values, err := command.Typed(rest)
	if err != nil {
		return err
	}
	in, err := command.Read(bot.Request{Watch: c.progress}, values)
	if err != nil {
		return err
	}
	in.File = func(context.Context) ([]byte, error) {
		return readFile(command, InHome(pathOf(command, in), c.Home), rest)
	}
	answer, err := command.Do(ctx, c.Conversation, in)
	if err != nil {
		return err
	}
	return c.showAnswer(line, answer)
}

// pathOf is the file that a command names.
func pathOf(command bot.Command, in bot.Input) string {
	return in.Text(command.File())
}

// OpenLine is the line that opens a picture which shows those words, if there are any.
// Paths with both kinds of quotes cannot be said in a line.
func OpenLine(path, shows string) (line string, ok bool) {
	quote := `"`
	if strings.Contains(path, quote) {
		quote = "'"
	}
	return strings.TrimSpace("/open " + quote + path + quote + " " + shows), !strings.Contains(path, quote)
}

// InHome is a path of which a leading ~ stands for the home folder.
func InHome(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~"); ok && home != "" && (rest == "" || os.IsPathSeparator(rest[0])) {
		return filepath.Join(home, rest)
	}
	return path
}

// readFile reads a file to import or open.
func readFile(command bot.Command, path, typed string) ([]byte, error) {
	data, err := files.ReadFile(path, recipefile.MaxPNGBytes)
	if errors.Is(err, fs.ErrNotExist) {
		text := fmt.Sprintf("there is no file %s", path)
		if len(command.Arguments) > 1 && strings.Contains(typed, " ") {
			text += "; put a path with spaces in quotes"
		}
		return nil, &bot.Problem{Kind: bot.NotFound, Text: text, Err: err}
	}
	if err != nil {
		return nil, &bot.Problem{Kind: bot.NotFound, Text: fmt.Sprintf("%s: %v", command.Name, err), Err: err}
	}
	return data, nil
}
