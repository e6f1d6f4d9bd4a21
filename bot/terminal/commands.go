package terminal

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"pentimento/bot"
	"pentimento/picture"
	"pentimento/session"
)

const help = `Say what you would like to see, then what to change about it.

  a woman's face with blond hair     make her hair red     add glasses
  a bit curlier     without the glasses     no, brown     undo

/revert [n]            go back n turns         /redo [n]   forward again
/goto n                make turn n the head    /history    the tree of turns
/imagine prompt        a new picture           /edit text  the same as saying it
/weight word factor    more or less of a word  /attention word   where it attends
/settings [name value] show or change          /animate    a GIF of the way here
/sheet                 the way here as one picture
/share [revoke CODE]   a code to go on from here      /fork CODE   go on from a code
/export                the picture as a recipe        /import FILE   and back
/forget everything     removes all that is kept of you
/quit`

// command carries out a slash command.
func (c *Chat) command(ctx context.Context, text string) error {
	name, rest, _ := strings.Cut(text, " ")
	rest = strings.TrimSpace(rest)
	switch name {
	case "/revert", "/undo":
		return c.move(ctx, text, rest, c.Conversation.Revert)
	case "/redo":
		return c.move(ctx, text, rest, c.Conversation.Redo)
	case "/goto":
		if rest == "" {
			return fmt.Errorf("say which turn: /goto 2 (/history lists them)")
		}
		return c.move(ctx, text, rest, c.Conversation.Goto)
	case "/history":
		return c.history(ctx, text)
	case "/imagine":
		if rest == "" {
			return fmt.Errorf("say what to draw: /imagine a river between mountains")
		}
		a, err := c.Conversation.Imagine(ctx, rest, c.progress)
		if err != nil {
			return err
		}
		return c.printAnswer(text, a)
	case "/edit":
		if rest == "" {
			return fmt.Errorf("say what to change: /edit make her hair red")
		}
		return c.say(ctx, text, rest)
	case "/weight":
		return c.weight(ctx, text, rest)
	case "/attention":
		return c.attention(ctx, text, rest)
	case "/settings":
		return c.settings(text, rest)
	case "/animate":
		return c.animate(ctx, text)
	case "/sheet":
		return c.sheet(ctx, text)
	case "/share":
		return c.share(ctx, text, rest)
	case "/fork":
		return c.fork(ctx, text, rest)
	case "/export":
		return c.export(ctx, text)
	case "/import":
		return c.importFile(ctx, text, rest)
	case "/forget":
		return c.forget(ctx, text, rest)
	case "/help":
		return c.printText(text, help)
	case "/quit", "/exit":
		return errQuit
	}
	return fmt.Errorf("there is no command %s: /help lists them", name)
}

// move changes the head by a command with an optional number.
func (c *Chat) move(ctx context.Context, text, arg string, move func(context.Context, int) (*bot.Answer, error)) error {
	n := 1
	if arg != "" {
		var err error
		if n, err = strconv.Atoi(arg); err != nil || n < 1 {
			return fmt.Errorf("%q is not a number of turns: give 1, 2, 3 …", arg)
		}
	}
	a, err := move(ctx, n)
	if err != nil {
		return err
	}
	return c.printAnswer(text, a)
}

func (c *Chat) weight(ctx context.Context, text, rest string) error {
	at := strings.LastIndexByte(rest, ' ')
	if at < 0 {
		return fmt.Errorf("say which word and how much: /weight curly 1.5")
	}
	word, number := strings.TrimSpace(rest[:at]), rest[at+1:]
	factor, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number: /weight curly 1.5", number)
	}
	a, err := c.Conversation.Weight(ctx, word, factor, c.progress)
	if err != nil {
		return err
	}
	return c.printAnswer(text, a)
}

// attention writes the heat-map of a word over the picture.
func (c *Chat) attention(ctx context.Context, text, word string) error {
	if word == "" {
		return fmt.Errorf("say which word: /attention hair")
	}
	heat, err := c.Conversation.Attention(ctx, word)
	if err != nil {
		return err
	}
	overlay, err := picture.Heat(heat.PNG, heat.Map, heat.Width, heat.Height, heat.Word)
	if err != nil {
		return err
	}
	path, err := c.save(fmt.Sprintf("%03d-attention-%s.png", heat.Turn.ID, fileName(heat.Word)), overlay)
	if err != nil {
		return err
	}
	return c.printPicture(text, path, overlay, fmt.Sprintf("attention of “%s” in turn %d", heat.Word, heat.Turn.ID))
}

func (c *Chat) settings(text, rest string) error {
	if rest != "" {
		name, value, ok := strings.Cut(strings.ReplaceAll(rest, "=", " "), " ")
		if !ok {
			return fmt.Errorf("say what it should be: /settings %s auto", name)
		}
		if err := c.Conversation.Set(name, strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return c.printText(text, c.Conversation.Options().String())
}

// animate writes a GIF of the way from the first picture to the head, each
// picture with what the edit was.
func (c *Chat) animate(ctx context.Context, text string) error {
	frames, head, err := c.frames(ctx, func(t session.Turn) string {
		if t.Edit == "" {
			return t.Recipe.Prompt
		}
		return t.Edit
	})
	if err != nil {
		return err
	}
	data, err := picture.Animate(frames)
	if err != nil {
		return err
	}
	path, err := c.save(fmt.Sprintf("%03d-animation.gif", head), data)
	if err != nil {
		return err
	}
	return c.printPicture(text, path, nil, fmt.Sprintf("%d pictures", len(frames)))
}

// sheet writes the way from the first picture to the head as one picture, with
// what was said.
func (c *Chat) sheet(ctx context.Context, text string) error {
	frames, head, err := c.frames(ctx, func(t session.Turn) string { return t.Utterance })
	if err != nil {
		return err
	}
	data, err := picture.Sheet(frames, sheetColumns)
	if err != nil {
		return err
	}
	path, err := c.save(fmt.Sprintf("%03d-sheet.png", head), data)
	if err != nil {
		return err
	}
	return c.printPicture(text, path, data, fmt.Sprintf("%d pictures", len(frames)))
}

// sheetColumns is how many pictures a sheet has in a row.
const sheetColumns = 5

// frames are the pictures on the way to the head, with labels.
func (c *Chat) frames(ctx context.Context, label func(session.Turn) string) ([]picture.Frame, int, error) {
	s, err := c.Conversation.Session(ctx)
	if err != nil {
		return nil, 0, err
	}
	if s.Head == 0 {
		return nil, 0, bot.ErrNothingDrawn
	}
	path, err := s.Path(s.Head)
	if err != nil {
		return nil, 0, err
	}
	var frames []picture.Frame
	for _, turn := range path {
		data, err := c.Conversation.Picture(ctx, s, turn.ID)
		if err != nil {
			return nil, 0, err
		}
		frames = append(frames, picture.Frame{PNG: data, Label: label(turn)})
	}
	return frames, s.Head, nil
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
