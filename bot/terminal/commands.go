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
	in.File = func(context.Context) ([]byte, error) { return readFile(InHome(pathOf(command, in), c.Home)) }
	answer, err := command.Do(ctx, c.Conversation, in)
	if err != nil {
		return err
	}
	return c.showAnswer(line, answer)
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
