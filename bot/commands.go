package bot

import (
	"context"
	"fmt"
	"strings"

	"pentimento/bot/gate"
	"pentimento/recipe"
	"pentimento/session"
)

// longest is how many characters a text may have that people fill in.
const longest = 1000

// Commands returns the table of commands, in the order in which they are
// listed. Where there are several models, given by their names, a new picture's can
// be chosen.
func Commands(models ...string) []Command {
	turns := Argument{Name: "turns", Help: "How many turns", Kind: Count}
	request := Argument{Name: "request", Help: "What should change, in English", Kind: Text, Required: true, Longest: longest}
	word := Argument{Name: "word", Help: "A word of the picture’s prompt", Kind: Word, Required: true}
	own := Argument{Name: "picture", Help: "A PNG, JPEG, GIF or WebP", Kind: Path, Named: true}
	imagine := []Argument{
		{Name: "prompt", Help: "What the picture shows, in English", Kind: Text, Required: true, Longest: longest},
		{Name: "size", Help: "Width and height in pixels, such as 768x512", Kind: Size, Named: true, Longest: 20},
		{Name: "negative", Help: "What it should not show, in English", Kind: Text, Named: true, Longest: longest},
		own,
	}
	if len(models) > 1 {
		imagine = append(imagine, Argument{Name: "model", Help: "The model that draws it", Kind: ModelName, Named: true, Choices: models})
	}
	return []Command{
		{
			Name: "imagine", Help: "Draw a new picture", Draws: true,
			Arguments: imagine,
			Ask:       "say what to draw", Example: "/imagine a river between mountains",
			Said: func(in Input) string { return in.Text("prompt") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				if in.Text("picture") != "" {
					return opening(ctx, in, "prompt", c.Open)
				}
				return c.Imagine(ctx, in.Request, in.Text("prompt"), in.given("size", "negative", "model"))
			},
		},
		{
			Name: "open", Help: "Edit a picture of your own", Draws: true,
			Arguments: []Argument{
				{Name: "picture", Help: "A PNG, JPEG, GIF or WebP", Kind: Path, Required: true},
				{Name: "shows", Help: "What it shows, in English", Kind: Text, Longest: longest},
			},
			Ask: "say which picture", Example: "/open photo.jpg a woman's face with blond hair",
			Said: func(in Input) string { return "open " + in.Text("picture") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return opening(ctx, in, "shows", c.Open)
			},
		},
		{
			Name: "edit", Help: "Change the picture: say what should be different", Draws: true,
			Arguments: []Argument{request, own},
			Ask:       "say what to change", Example: "/edit make her hair red",
			Said: func(in Input) string { return in.Text("request") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				if in.Text("picture") != "" {
					return opening(ctx, in, "request", c.OpenSaying)
				}
				return c.Say(ctx, in.Request, in.Text("request"))
			},
		},
		saying("swap", "Put one word in place of another", "say what to replace and with what, in quotes if it is several words", `/swap "blond hair" "red hair"`,
			func(in Input) string {
				return fmt.Sprintf("replace the %s with %s", shortened(in.Text("from")), shortened(in.Text("to")))
			},
			Argument{Name: "from", Help: "The word to replace", Kind: Word, Required: true},
			Argument{Name: "to", Help: "What takes its place", Kind: Text, Required: true}),
		saying("refine", "Add something to the picture", "say what to add", "/refine glasses",
			func(in Input) string { return "add " + strings.TrimPrefix(in.Text("request"), "add ") }, request),
		{
			Name: "weight", Help: "Make a word count more or less", Draws: true,
			Arguments: []Argument{word, {Name: "factor", Help: "1 leaves it, 2 is twice as strong, 0 mutes it", Kind: Number, Required: true}},
			Ask:       "say which word and how much", Example: "/weight curly 1.5",
			Said: func(in Input) string { return fmt.Sprintf("%s ×%.3g", in.Text("word"), in.Number("factor")) },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.Weight(ctx, in.Request, in.Text("word"), in.Number("factor"))
			},
		},
		moving("revert", "Go back, one turn or more", "say how many turns", "/revert 2", turns, (*Conversation).Revert, "undo"),
		moving("redo", "Go forward again", "say how many turns", "/redo 2", turns, (*Conversation).Redo),
		moving("goto", "Go to a turn of the history", "say which turn of /history", "/goto 2",
			Argument{Name: "turn", Help: "The number of the turn", Kind: TurnID, Required: true}, (*Conversation).Goto),
		{
			Name: "history", Help: "Show all turns as a tree", Pages: true,
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.history(ctx, in.Request)
			},
		},
		{
			Name: "attention", Help: "Show where a word acts in the picture", Draws: true,
			Arguments: []Argument{word},
			Ask:       "say which word", Example: "/attention hair",
			Said: func(in Input) string { return "attention of " + in.Text("word") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.Attention(ctx, in.Request, in.Text("word"))
			},
		},
		{
			Name: "variations", Help: "Draw this picture in other ways to pick from", Draws: true, Pages: true,
			Arguments: []Argument{{Name: "count", Help: "How many, up to 9", Kind: Count}},
			Ask:       "say how many variations", Example: "/variations 4",
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.Variations(ctx, in.Request, int(in.Number("count")))
			},
		},
		{
			Name: "take", Help: "Go on from a variation of this picture", Draws: true,
			Arguments: []Argument{{Name: "number", Help: "The number of the variation", Kind: Count, Required: true}},
			Ask:       "say which variation", Example: "/take 2",
			Said: func(in Input) string { return fmt.Sprintf("variation %d", in.Count("number")) },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.Take(ctx, in.Request, in.Count("number"))
			},
		},
		{
			Name: "region", Help: "Edit only a part of the picture", Draws: true,
			Arguments: []Argument{
				{Name: "where", Help: "A part such as upper left, or left edge, upper edge, width and height in per cent, or off", Kind: Text, Longest: longest},
				{Name: "mask", Help: "A picture of that shape in black and white, or this one painted over", Kind: Path, Named: true},
			},
			Ask: "say which part of the picture", Example: "/region upper left",
			Said: func(in Input) string { return "region " + in.Text("where") },
			Do:   region,
		},
		{
			Name: "mask", Help: "Show what the last edit could change, keep that, or draw it again elsewhere", Draws: true,
			Arguments: []Argument{{Name: "how", Help: "keep, grow, shrink, left, right, up or down", Kind: Text,
				Choices: []string{"keep", string(Grow), string(Shrink), string(Left), string(Right), string(Up), string(Down)}}},
			Ask: "say what to do with the mask, or nothing to see it", Example: "/mask grow",
			Said: func(in Input) string { return "mask " + in.Text("how") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				switch how := in.Text("how"); how {
				case "":
					return c.Mask(ctx, in.Request)
				case "keep":
					return c.KeepMask(ctx, in.Request)
				default:
					return c.Reshape(ctx, in.Request, Reshaping(how))
				}
			},
		},
		{
			Name: "animate", Help: "Make a GIF of the way to this picture", Pages: true,
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.path(ctx, in.Request, ShowFilm, Describe)
			},
		},
		{
			Name: "sheet", Help: "Show the way to this picture on one page", Terminal: true, Pages: true,
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.path(ctx, in.Request, ShowSheet, func(t session.Turn) string { return t.Utterance })
			},
		},
		{
			Name: "settings", Help: "Show or change how pictures are drawn",
			Arguments: []Argument{
				{Name: "name", Help: "Which setting", Kind: Setting},
				{Name: "value", Help: "Its new value, or auto", Kind: Value},
			},
			Do: settings,
		},
		{
			Name: "share", Help: "Show the way to this picture and let others continue from it", Pages: true,
			Arguments: []Argument{
				{Name: "revoke", Help: "Take a code back", Kind: Text, Terminal: true, Choices: []string{"revoke"}},
				{Name: "code", Help: "The code to take back", Kind: Code, Terminal: true},
			},
			Ask: "say /share alone or, to take a code back", Example: "/share revoke CODE",
			Do: share,
		},
		{
			Name: "unshare", Help: "Take back what you shared",
			Arguments: []Argument{{Name: "code", Help: "The code that came with it", Kind: Code, Required: true, Longest: longest}},
			Ask:       "say which code to take back", Example: "/unshare CODE",
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return &Answer{Show: ShowText, Text: "That code leads nowhere now."}, c.Revoke(ctx, in.Text("code"))
			},
		},
		{
			Name: "fork", Help: "Continue from a picture that somebody shared",
			Arguments: []Argument{{Name: "code", Help: "The code that came with the shared picture", Kind: Code, Required: true, Longest: longest}},
			Ask:       "say which code somebody's /share made", Example: "/fork CODE",
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				return c.Fork(ctx, in.Request, in.Text("code"))
			},
		},
		{
			Name: "export", Help: "Get the picture and its recipe as files",
			Arguments: []Argument{{Name: "file", Help: "A new .png or .json file, or a folder", Kind: Path, Terminal: true}},
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				files, err := c.Export(ctx, in.Request)
				if err != nil {
					return nil, err
				}
				document, err := gate.NewDocument("recipe.json", files.JSON)
				return &Answer{Show: ShowFiles, Turn: files.Turn, Notices: files.Notices, Files: []gate.File{document, gate.NewFile("recipe.png", files.Picture)}, SaveAs: in.Text("file")}, err
			},
		},
		{
			Name: "import", Help: "Draw a picture again from a file of /export and continue from it", Draws: true,
			Arguments: []Argument{{Name: "file", Help: "A PNG or JSON file that /export gave", Kind: Path, Required: true}},
			Ask:       "say which file", Example: "/import pictures/002-1a2b3c4d-recipe.json",
			Said: func(in Input) string { return "import " + in.Text("file") },
			Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
				data, err := in.File(ctx)
				if err != nil {
					return nil, err
				}
				return c.Import(ctx, in.Request, data)
			},
		},
		{
			Name: "forget", Help: "Delete everything that I keep about you",
			Arguments: []Argument{{Name: "what", Help: "To be sure: everything", Kind: Text, Required: true, Terminal: true, Choices: []string{"everything"}}},
			Ask:       "this removes all your conversations, their pictures from the store, and what you shared, but no file that was written here. To be sure, say",
			Example:   "/forget everything",
			Do: func(ctx context.Context, c *Conversation, _ Input) (*Answer, error) {
				return &Answer{Show: ShowText, Text: "All is forgotten."}, c.Forget(ctx)
			},
		},
		{
			Name: "help", Help: "What I can do, and how to say it",
			Do: func(context.Context, *Conversation, Input) (*Answer, error) { return &Answer{Show: ShowHelp}, nil },
		},
		{
			Name: "quit", Also: []string{"exit"}, Help: "Leave", Terminal: true,
			Do: func(context.Context, *Conversation, Input) (*Answer, error) { return &Answer{Show: ShowEnd}, nil },
		},
	}
}

// saying is a command that says something to the conversation in other words.
func saying(name, help, ask, example string, said func(Input) string, arguments ...Argument) Command {
	return Command{
		Name: name, Help: help, Ask: ask, Example: example, Draws: true, Said: said, Arguments: arguments,
		Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
			return c.Say(ctx, in.Request, said(in))
		},
	}
}

// moving is a command that goes to another picture.
func moving(name, help, ask, example string, n Argument, move func(*Conversation, context.Context, Request, int) (*Answer, error), also ...string) Command {
	return Command{
		Name: name, Also: also, Help: help, Ask: ask, Example: example, Arguments: []Argument{n},
		Said: func(in Input) string { return fmt.Sprintf("%s %d", name, in.Count(n.Name)) },
		Do: func(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
			return move(c, ctx, in.Request, in.Count(n.Name))
		},
	}
}

// shortened is a word or a few, cut after 200 characters.
func shortened(words string) string {
	const most = 200
	if letters := []rune(words); len(letters) > most {
		return string(letters[:most-1]) + "…"
	}
	return words
}

// opening opens the picture that a command came with, with what an argument of that name
// says of it.
func opening(ctx context.Context, in Input, says string, open func(context.Context, Request, []byte, string) (*Answer, error)) (*Answer, error) {
	data, err := in.File(ctx)
	if err != nil {
		return nil, err
	}
	return open(ctx, in.Request, data, in.Text(says))
}

// region shows the region that is set, after it has set one if one is given.
func region(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
	switch {
	case in.Text("mask") != "":
		data, err := in.File(ctx)
		if err != nil {
			return nil, err
		}
		return c.PaintRegion(ctx, in.Request, data)
	case in.Text("where") == "":
		return c.Region(ctx, in.Request)
	}
	return c.setRegion(ctx, in.Request, in.Text("where"))
}

// settings shows the hyper-parameters, after it has set one if one is named.
func settings(_ context.Context, c *Conversation, in Input) (*Answer, error) {
	name, value := in.Text("name"), in.Text("value")
	switch {
	case name == "":
	case value == "":
		return nil, Problemf(Invalid, "say what it should be: /settings %s auto", name)
	default:
		if err := c.Set(name, value); err != nil {
			return nil, err
		}
	}
	return &Answer{Show: ShowSettings, Text: c.Options.String()}, nil
}

// share makes a code for the picture that is spoken of, or takes one back.
func share(ctx context.Context, c *Conversation, in Input) (*Answer, error) {
	if in.Text("revoke") != "" {
		if in.Text("code") == "" {
			return nil, Problemf(Invalid, "say which code to take back: /share revoke CODE")
		}
		return &Answer{Show: ShowText, Text: "That code leads nowhere now."}, c.Revoke(ctx, in.Text("code"))
	}
	answer := &Answer{}
	if in.Thumbnails > 0 {
		var err error
		if answer, err = c.path(ctx, in.Request, ShowShare, Describe); err != nil {
			return nil, err
		}
	}
	code, err := c.Share(ctx, in.Request)
	if err != nil {
		return nil, err
	}
	answer.Show, answer.Code = ShowShare, code
	return answer, nil
}

// SettingNames are the names of the hyper-parameters that [Options.Set] sets.
func SettingNames() []string {
	return []string{"seed", "steps", "guidance", "scheduler", "size", "negative", "preset", "region", "start", "cross", "self", "value", "k", "model"}
}

// SettingValues are values that a setting may well be given.
func SettingValues(name string) []string {
	switch name {
	case "preset":
		return append([]string{"auto"}, recipe.PresetNames()...)
	case "scheduler":
		return append([]string{"auto"}, recipe.Schedulers()...)
	case "region":
		return append([]string{"auto"}, PartNames()...)
	}
	return []string{"auto"}
}
