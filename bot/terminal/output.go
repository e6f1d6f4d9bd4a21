package terminal

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"pentimento/bot"
	"pentimento/bot/gate"
	"pentimento/dialogue"
	"pentimento/picture"
	"pentimento/session"
)

// errOutput says that nothing more can be printed: the reader has gone.
var errOutput = errors.New("write to the terminal")

// printf shows text for a person, whoever wrote it, as lines that fit.
func (c *Chat) printf(format string, args ...any) error {
	text := Printable(fmt.Sprintf(format, args...))
	if c.Width != nil {
		text = wrap(text, c.Width())
	}
	return c.write(text)
}

func (c *Chat) write(text string) error {
	if _, err := io.WriteString(c.out(), text); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// showAnswer shows an answer as it wants to be shown, and saves its pictures and
// files.
func (c *Chat) showAnswer(utterance string, a *bot.Answer) error {
	if err := c.showParts(utterance, a); err != nil || a.Show == bot.ShowPicture {
		return err
	}
	for _, n := range a.Notices {
		if err := c.printNotice(n); err != nil {
			return err
		}
	}
	return nil
}

// showParts is showAnswer without the notices of what is no picture.
func (c *Chat) showParts(utterance string, a *bot.Answer) error {
	switch a.Show {
	case bot.ShowText, bot.ShowSettings:
		return c.printText(utterance, a.Text)
	case bot.ShowHelp:
		return c.printText(utterance, help(c.Commands))
	case bot.ShowHistory:
		return c.printHistory(utterance, a.Session)
	case bot.ShowHeat:
		return c.printHeat(utterance, a)
	case bot.ShowFilm:
		return c.printFrames(utterance, a, "animation.gif", picture.Animate)
	case bot.ShowSheet:
		return c.printFrames(utterance, a, "sheet.png", sheet)
	case bot.ShowFiles:
		return c.printFiles(utterance, a)
	case bot.ShowShare:
		return c.printText(utterance, fmt.Sprintf("Whoever has this code can go on from here for %d days, in a chat with the same --store: /fork %s",
			session.ShareDays, a.Code))
	case bot.ShowEnd:
		return errQuit
	}
	return c.printTurn(utterance, a)
}

// printTurn shows a picture or a question, saves the picture, and says what was
// done in a few words.
func (c *Chat) printTurn(utterance string, a *bot.Answer) error {
	if a.Question == nil && a.Picture.None() { // a setting changed in words
		return c.printText(utterance, strings.Join(a.Notices, "\n"))
	}
	path := ""
	if !a.Picture.None() {
		var err error
		if path, err = c.save(gate.NewFile(pictureName(a.Turn), a.Picture)); err != nil {
			return err
		}
	}
	c.clearStatus()
	if c.JSON {
		return c.printJSON(c.turnOf(utterance, a, path))
	}
	if a.Question != nil {
		return c.printQuestion(a.Question)
	}
	if err := c.inline(a.Picture); err != nil {
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
	if a.Doubt != nil {
		return c.printQuestion(a.Doubt)
	}
	return nil
}

func (c *Chat) printQuestion(q *dialogue.Question) error {
	if err := c.printf("  %s\n", q.Text); err != nil {
		return err
	}
	for i, choice := range q.Choices {
		if err := c.printf("    %d  %s\n", i+1, OneLine(choice)); err != nil {
			return err
		}
	}
	return nil
}

// summary is a turn in a line: what changed, where it is in the tree, and what
// it took. Of one that was there before it says so.
func summary(a *bot.Answer) string {
	parts := []string{fmt.Sprintf("[%d] “%s”", a.Turn.ID, OneLine(a.Turn.Recipe.Prompt))}
	if a.Source != nil {
		parts[0] = fmt.Sprintf("[%d ← %d] %s", a.Turn.ID, a.Source.ID, OneLine(a.Turn.Edit))
	}
	if a.Turn.Settings.Picture == "" {
		parts = append(parts, fmt.Sprintf("seed %d", a.Turn.Settings.Seed))
	}
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
func (c *Chat) inline(shown gate.Picture) error {
	if c.Screen == nil || shown.None() {
		return nil
	}
	if err := c.Screen.Show(c.out(), shown.Bytes()); err != nil {
		return fmt.Errorf("%w: %w", errOutput, err)
	}
	return nil
}

// printHeat saves and shows the heat-map of a word over its picture.
func (c *Chat) printHeat(utterance string, a *bot.Answer) error {
	heat := a.Heat
	overlay, err := heat.Overlay()
	if err != nil {
		return err
	}
	path, err := c.save(gate.NewFile(fmt.Sprintf("%03d-attention-%s.png", heat.Turn.ID, fileName(heat.Word)), overlay))
	if err != nil {
		return err
	}
	return c.printPicture(utterance, a, path, overlay, heat.Title())
}

// printFrames saves the pictures of several turns as one file, and shows it if
// it is a PNG.
func (c *Chat) printFrames(utterance string, a *bot.Answer, name string, join func([]picture.Frame) ([]byte, error)) error {
	joined, err := gate.Join(a.Frames, join)
	if err != nil {
		return err
	}
	path, err := c.save(gate.NewFile(fmt.Sprintf("%03d-%s", a.Turn.ID, name), joined))
	if err != nil {
		return err
	}
	if !strings.HasSuffix(name, ".png") {
		joined = gate.Picture{}
	}
	if err := c.printPicture(utterance, a, path, joined, bot.Plural(len(a.Frames), "picture")); err != nil || a.Doubt == nil || c.JSON {
		return err
	}
	return c.printQuestion(a.Doubt)
}

// sheet is a page of frames, five to a row.
func sheet(frames []picture.Frame) ([]byte, error) { return picture.Sheet(frames, 5) }

// printPicture shows a picture of an answer that is not a turn.
func (c *Chat) printPicture(utterance string, a *bot.Answer, path string, shown gate.Picture, what string) error {
	if c.JSON {
		out := turnJSON{Utterance: utterance, Image: path, Text: what, Notices: a.Notices}
		if a.Doubt != nil {
			out.Doubt, out.Choices = a.Doubt.Text, a.Doubt.Choices
		}
		return c.printJSON(out)
	}
	if err := c.inline(shown); err != nil {
		return err
	}
	return c.printf("  %s\n  %s\n", what, path)
}

// fileName keeps the letters and digits of a word.
func fileName(word string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' {
			return r
		}
		return '-'
	}, word)
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

// printProblem tells the user what is wrong.
func (c *Chat) printProblem(utterance string, p *bot.Problem) error {
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: utterance, Error: p.Text})
	}
	return c.printf("  ! %s\n", strings.TrimSuffix(p.Sentence(), "."))
}

// printHistory prints the tree of turns, the head marked.
func (c *Chat) printHistory(utterance string, s *session.Session) error {
	if c.JSON {
		return c.printJSON(turnJSON{Utterance: utterance, History: historyOf(s), Turn: s.Head})
	}
	var out []string
	for _, root := range s.Roots() {
		out = appendTree(out, s, root, "", "")
	}
	return c.printText(utterance, strings.Join(out, "\n"))
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
	out = append(out, fmt.Sprintf("%s%s%d  %s", first, mark, t.ID, OneLine(what)))
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
