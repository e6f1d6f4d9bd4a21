package view

import (
	"fmt"
	"path"
	"slices"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/session"
)

// history shows all turns of a session as a tree, and some of its pictures.
func history(a *bot.Answer) (object.Content, error) {
	page, err := sheetFile("history.png", a.Frames)
	return object.Content{Text: Cut(tree(a.Session), MaxContent), Files: []gate.File{page}}, err
}

// film shows pictures one after the other, sheet on one page.
func film(frames []gate.Frame) (object.Content, error) {
	gif, err := filmFile(frames)
	return object.Content{Text: bot.Plural(len(frames), "picture"), Files: []gate.File{gif}}, err
}

// sheet shows pictures on one page, with buttons to take one where they are offered.
// They name the picture and the number: what a label says means nothing else by then.
func sheet(style Style, key session.Key, a *bot.Answer) (object.Content, error) {
	page, err := sheetFile("sheet.png", a.Frames)
	out := object.Content{Text: bot.Plural(len(a.Frames), "picture"), Files: []gate.File{page}}
	if a.Doubt != nil {
		out.Text = Escape(a.Doubt.Text)
		out.Rows = choiceRows(style.Signer, HandleOf(Take, key, a.Turn), a.Doubt.Choices)
	}
	return out, err
}

// shared shows what somebody shares as a filmstrip and a GIF, with the code.
func shared(style Style, by object.User, a *bot.Answer) (object.Content, error) {
	strip, err := sheetFile("filmstrip.png", a.Frames)
	if err != nil {
		return object.Content{}, err
	}
	gif, err := filmFile(a.Frames)
	return object.Content{
		Text: fmt.Sprintf("**%s** shares %s for %d days. Continue from here with `/%s code:%s`",
			Escape(Cut(by.Name(), 40)), bot.Plural(len(a.Frames), "picture"), session.ShareDays, style.Command("fork"), a.Code),
		Files: []gate.File{strip, gif},
	}, err
}

// heat shows where a word acts in a picture.
func heat(h *bot.Heat) (object.Content, error) {
	overlay, err := h.Overlay()
	title := Escape(h.Title())
	if !h.Marks {
		title = fmt.Sprintf("attention of **%s** in turn %d", Escape(h.Word), h.Turn.ID)
	}
	return object.Content{
		Text:  title,
		Files: []gate.File{gate.NewFile("attention.png", overlay)},
	}, err
}

// files gives a picture with its recipe: the picture first.
func files(style Style, a *bot.Answer) object.Content {
	t := a.Turn
	c := object.Content{
		Text: Cut(fmt.Sprintf("**%s**\nturn %d · seed %d · %s · guidance %g · model %.12s\nBoth files hold the recipe: `/%s` draws the picture again from either.",
			Escape(Cut(t.Recipe.Prompt, 1400)), t.ID, t.Settings.Seed, bot.Plural(t.Settings.Steps, "step"), t.Settings.Guidance, t.Settings.Model, style.Command("import")), MaxContent),
	}
	for _, f := range a.Files {
		file := f.Named(fmt.Sprintf("turn-%d%s", t.ID, path.Ext(f.Name())))
		if f.IsPicture() {
			c.Files = slices.Insert(c.Files, 0, file)
			continue
		}
		c.Files = append(c.Files, file)
	}
	return c
}

// sheetFile is a page of frames, five to a row.
func sheetFile(name string, frames []gate.Frame) (gate.File, error) {
	page, err := gate.Join(frames, func(frames []picture.Frame) ([]byte, error) {
		return fitting(frames, maxFile, func(frames []picture.Frame) ([]byte, error) { return picture.Sheet(frames, 5) })
	})
	return gate.NewFile(name, page), err
}

// filmFile is a GIF of frames.
func filmFile(frames []gate.Frame) (gate.File, error) {
	film, err := gate.Join(frames, func(frames []picture.Frame) ([]byte, error) { return fitting(frames, maxFile, picture.Animate) })
	return gate.NewFile("animation.gif", film), err
}

// maxFile is how many bytes a file may have so that Discord takes it everywhere.
const maxFile = 10 << 20

// fitting makes a file of at most that many bytes of the frames, of smaller ones
// if need be.
func fitting(frames []picture.Frame, most int, make func([]picture.Frame) ([]byte, error)) ([]byte, error) {
	for range 4 {
		data, err := make(frames)
		if err != nil || len(data) <= most {
			return data, err
		}
		if frames, err = halved(frames); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d pictures do not fit into %d bytes", len(frames), most)
}

// halved are the frames with pictures half as wide and high.
func halved(frames []picture.Frame) ([]picture.Frame, error) {
	out := make([]picture.Frame, len(frames))
	for i, f := range frames {
		full, err := picture.Decode(f.PNG)
		if err != nil {
			return nil, fmt.Errorf("make a picture smaller: %w", err)
		}
		data, err := picture.Encode(picture.Halve(full))
		if err != nil {
			return nil, fmt.Errorf("make a picture smaller: %w", err)
		}
		out[i] = picture.Frame{PNG: data, Label: f.Label}
	}
	return out, nil
}
