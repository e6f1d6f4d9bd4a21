package terminal

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"pentimento/bot"
	"pentimento/session"
)

// errOutput says that nothing more can be printed: the reader has gone.
var errOutput = errors.New("write to the terminal")

func (c *Chat) printf(format string, args ...any) error {
	if _, err := fmt.Fprintf(c.Out, format, args...); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// printAnswer shows a picture or a question, saves the picture, and says what
// was done in a few words.
func (c *Chat) printAnswer(utterance string, a *bot.Answer) error {
	if a.Question == nil && a.PNG == nil { // a setting changed in words
		return c.printText(utterance, strings.Join(a.Notices, "\n"))
	}
	path := ""
	if a.PNG != nil {
		var err error
		if path, err = c.save(pictureName(a.Turn), a.PNG); err != nil {
			return err
		}
	}
	c.clearStatus()
	if c.JSON {
		return c.printJSON(c.turnOf(utterance, a, path))
	}
	if a.Question != nil {
		return c.printQuestion(a)
	}
	if err := c.inline(a.PNG); err != nil {
		return err
	}
	if err := c.printf("  %s\n  %s\n", summary(a), path); err != nil {
		return err
	}
	for _, n := range a.Notices {
		if err := c.printNotice(n); err != nil {
			return err
		}
	}
	return nil
}

func (c *Chat) printQuestion(a *bot.Answer) error {
	if err := c.printf("  %s\n", a.Question.Text); err != nil {
		return err
	}
	for _, choice := range a.Question.Choices {
		if err := c.printf("    · %s\n", choice); err != nil {
			return err
		}
	}
	return nil
}

// summary is a turn in a line: what changed, where it is in the tree, and what
// it took. Of one that was there before it says so.
func summary(a *bot.Answer) string {
	parts := []string{fmt.Sprintf("[%d] “%s”", a.Turn.ID, a.Turn.Recipe.Prompt)}
	if a.Source != nil {
		parts[0] = fmt.Sprintf("[%d ← %d] %s", a.Turn.ID, a.Source.ID, a.Turn.Edit)
	}
	parts = append(parts, fmt.Sprintf("seed %d", a.Turn.Settings.Seed))
	if a.Drawing != nil {
		parts = append(parts, fmt.Sprintf("%.1f s", a.Seconds))
	} else {
		parts[0] = "now at " + parts[0]
	}
	return strings.Join(parts, " · ")
}

// pictureName is the same only for the same picture of the same turn, so that
// conversations can share a folder.
func pictureName(t session.Turn) string {
	return fmt.Sprintf("%03d-%.8s.png", t.ID, t.Picture)
}

// inline shows a picture where the terminal can.
func (c *Chat) inline(png []byte) error {
	if c.Screen == nil || png == nil {
		return nil
	}
	if err := c.Screen.Show(c.Out, png); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// printPicture shows a picture that is not a turn.
func (c *Chat) printPicture(utterance, path string, png []byte, what string) error {
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: utterance, Image: path, Text: what})
	}
	if err := c.inline(png); err != nil {
		return err
	}
	return c.printf("  %s\n  %s\n", what, path)
}

func (c *Chat) printText(utterance, text string) error {
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: utterance, Text: text})
	}
	return c.printf("  %s\n", strings.ReplaceAll(text, "\n", "\n  "))
}

func (c *Chat) printNotice(text string) error {
	if c.JSON {
		return nil // notices are part of the turn's object
	}
	return c.printf("  ! %s\n", text)
}

func (c *Chat) printError(utterance string, err error) error {
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: utterance, Error: err.Error()})
	}
	return c.printf("  ! %s\n", sentence(err))
}

// sentence is an error as a person reads it.
func sentence(err error) string {
	text := err.Error()
	if text == "" {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

// history prints the tree of turns, the head marked.
func (c *Chat) history(ctx context.Context, text string) error {
	s, err := c.Conversation.Session(ctx)
	if err != nil {
		return err
	}
	if s.Head == 0 {
		return bot.ErrNothingDrawn
	}
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: text, History: historyOf(s), Turn: s.Head})
	}
	var out []string
	for _, root := range s.Roots() {
		out = appendTree(out, s, root, "", "")
	}
	return c.printText(text, strings.Join(out, "\n"))
}

// appendTree adds a turn and all its edits, one a line. An only child stays in
// its parent's column, so that a conversation without branches is a list.
func appendTree(out []string, s *session.Session, t session.Turn, first, rest string) []string {
	mark := "  "
	if t.ID == s.Head {
		mark = "▸ "
	}
	what := t.Edit
	if what == "" {
		what = "“" + t.Recipe.Prompt + "”"
	}
	out = append(out, fmt.Sprintf("%s%s%d  %s", first, mark, t.ID, what))
	children := s.Children(t.ID)
	for i, child := range children {
		switch {
		case i == len(children)-1:
			out = appendTree(out, s, child, rest, rest)
		default:
			out = appendTree(out, s, child, rest+"├─", rest+"│ ")
		}
	}
	return out
}
