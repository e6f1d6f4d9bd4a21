package terminal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"pentimento/session"
	"pentimento/session/recipefile"
)

// share makes a code for the head, or takes one back.
func (c *Chat) share(ctx context.Context, text, rest string) error {
	if rest != "" {
		code, ok := strings.CutPrefix(rest, "revoke ")
		if !ok {
			return fmt.Errorf("say /share, or /share revoke CODE to take a code back")
		}
		if err := c.Conversation.Revoke(ctx, code); err != nil {
			return err
		}
		return c.printText(text, "That code leads nowhere now.")
	}
	code, err := c.Conversation.Share(ctx)
	if err != nil {
		return err
	}
	return c.printText(text, fmt.Sprintf("Whoever has this code can go on from here for %d days, in a chat with the same --store: /fork %s",
		session.ShareDays, code))
}

// fork goes on from what somebody shared.
func (c *Chat) fork(ctx context.Context, text, code string) error {
	if code == "" {
		return errors.New("say which code: /fork CODE (somebody's /share makes one)")
	}
	a, err := c.Conversation.Fork(ctx, code)
	if err != nil {
		return err
	}
	return c.printAnswer(text, a)
}

// export writes the head as two files, of which /import reads either.
func (c *Chat) export(ctx context.Context, text string) error {
	files, err := c.Conversation.Export(ctx)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(pictureName(files.Turn), ".png")
	recipe, err := c.save(name+"-recipe.json", files.JSON)
	if err != nil {
		return err
	}
	picture, err := c.save(name+"-recipe.png", files.PNG)
	if err != nil {
		return err
	}
	return c.printPicture(text, picture, nil, "the recipe is in the picture, and in "+recipe)
}

// importFile goes on from an exported file.
func (c *Chat) importFile(ctx context.Context, text, path string) error {
	if path == "" {
		return errors.New("say which file: /import pictures/002-1a2b3c4d-recipe.json")
	}
	data, err := readFile(path, recipefile.MaxPNGBytes)
	if err != nil {
		return err
	}
	a, err := c.Conversation.Import(ctx, data, c.progress)
	if err != nil {
		return err
	}
	return c.printAnswer(text, a)
}

// readFile reads a file, of which it keeps at most one byte more than limit.
func readFile(path string, limit int64) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return data, nil
}

// forget removes everything that is kept of the user, when asked twice.
func (c *Chat) forget(ctx context.Context, text, rest string) error {
	if rest != "everything" {
		return errors.New("this removes all your conversations, their pictures from the store, and what you shared: say /forget everything (files in " + c.Dir + " stay)")
	}
	if err := c.Conversation.Forget(ctx); err != nil {
		return err
	}
	return c.printText(text, "All is forgotten.")
}
