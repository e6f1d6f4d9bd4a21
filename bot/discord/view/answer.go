package view

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/gate"
	"pentimento/picture"
	"pentimento/recipe"
	"pentimento/session"
)

// Answer is the message of a turn's answer: a picture with its components, a
// question, a few words, or a page.
func Answer(style Style, t Turn, a *bot.Answer) (object.Content, error) {
	out, err := answer(style, t, a)
	if err == nil && a.Show != bot.ShowPicture {
		out.Text = noticed(out.Text, a.Notices)
	}
	return out, err
}

// noticed is text with notices under it, as far as there is room.
func noticed(text string, notices []string) string {
	under := ""
	for _, n := range notices {
		if line := "\n-# " + Escape(Cut(n, 300)); len(under)+len(line) < MaxContent/2 {
			under += line
		}
	}
	if under == "" {
		return text
	}
	if room := MaxContent - utf8.RuneCountInString(under); utf8.RuneCountInString(text) > room {
		return text // there is no room below a long tree
	}
	return text + under
}

// answer is Answer without the notices of what is no picture.
func answer(style Style, t Turn, a *bot.Answer) (object.Content, error) {
	switch a.Show {
	case bot.ShowHistory:
		return history(a)
	case bot.ShowHeat:
		return heat(a.Heat)
	case bot.ShowFilm:
		return film(a.Frames)
	case bot.ShowSheet:
		return sheet(style, t.Key, a)
	case bot.ShowShare:
		return shared(style, t.Speaker, a)
	case bot.ShowFiles:
		return files(style, a), nil
	case bot.ShowSettings:
		return object.Content{Text: "```\n" + a.Text + "```"}, nil
	case bot.ShowText:
		return object.Content{Text: Cut(a.Text, MaxContent)}, nil
	case bot.ShowPicture:
		return drawn(style, t.Key, a), nil
	}
	return object.Content{}, fmt.Errorf("an answer of the kind %d cannot be shown here", a.Show)
}

// drawn is the message of an answer that is a picture, or asks or says
// something instead.
func drawn(style Style, key session.Key, a *bot.Answer) object.Content {
	switch {
	case a.Question != nil:
		return object.Content{Text: Escape(a.Question.Text), Rows: choiceRows(style.Signer, HandleOf(Choice, key, a.Turn), a.Question.Choices)}
	case a.Picture.None():
		return object.Content{Text: Cut(Escape(strings.Join(a.Notices, "\n")), MaxContent)}
	}
	rows := pictureRows(style.Signer, key, a.Session, a.Turn)
	if a.Doubt != nil {
		rows = append(choiceRows(style.Signer, HandleOf(Choice, key, a.Turn), a.Doubt.Choices), rows...)
	}
	text, shown := answerText(a), shownAs(a.Picture)
	if len(shown.Bytes()) < len(a.Picture.Bytes()) {
		text += "\n-# Discord takes no file as large as this picture, so it is shown smaller. It is kept as it is."
	}
	return object.Content{
		Text:  text,
		Rows:  rows,
		Files: []gate.File{gate.NewFile(fmt.Sprintf("turn-%d.png", a.Turn.ID), shown)},
	}
}

// maxShown is how many bytes the picture of an answer may have: what Discord takes of
// bots, less what stands beside it.
const maxShown = 9 << 20

// shownAs is a picture, or a smaller copy of one that Discord would not take.
func shownAs(p gate.Picture) gate.Picture {
	smaller, err := p.Made(func(png []byte) ([]byte, error) { return picture.Fitting(png, maxShown) })
	if err != nil {
		return p // Discord says so
	}
	return smaller
}

// answerText says what a picture is: the edit in words, the seed, the time.
func answerText(a *bot.Answer) string {
	what := "**" + Escape(Cut(a.Turn.Recipe.Prompt, 400)) + "**"
	if a.Turn.Edit != "" {
		what = "**" + Escape(Cut(a.Turn.Edit, 400)) + "**"
	}
	parts := []string{what, fmt.Sprintf("turn %d", a.Turn.ID)}
	if a.Source != nil {
		parts[1] = fmt.Sprintf("turn %d from %d", a.Turn.ID, a.Source.ID)
	}
	if a.Turn.Settings.Picture == "" {
		parts = append(parts, fmt.Sprintf("seed %d", a.Turn.Settings.Seed))
	}
	if a.Drawing != nil {
		parts = append(parts, fmt.Sprintf("%.1f s", a.Seconds))
	}
	lines := []string{strings.Join(parts, " · ")}
	for _, n := range a.Notices {
		lines = append(lines, "-# "+Escape(n))
	}
	if a.Doubt != nil {
		lines = append(lines, Escape(a.Doubt.Text))
	}
	return Cut(strings.Join(lines, "\n"), MaxContent)
}

// pictureRows are the components under a picture.
func pictureRows(sign Signer, key session.Key, s *session.Session, t session.Turn) []discordgo.MessageComponent {
	grey := func(label string, v Verb) discordgo.Button {
		return button(sign, label, discordgo.SecondaryButton, HandleOf(v, key, t))
	}
	undo, redo := grey("Undo", Undo), grey("Redo", Redo)
	undo.Disabled = t.Parent == 0
	_, forward := s.Left[t.ID]
	redo.Disabled = !forward
	rows := row(undo, redo, grey("Attention", Attention), grey("Share", Share), grey("Redraw", Redraw))
	if options := weightOptions(t); len(options) > 0 {
		rows = append(rows, row(discordgo.SelectMenu{
			MenuType: discordgo.StringSelectMenu, CustomID: sign.Sign(HandleOf(Weight, key, t)),
			Placeholder: "Stronger or weaker …", Options: options,
		})...)
	}
	return rows
}

// weightOptions are the words of a prompt, each stronger and weaker, as far as it
// can be.
func weightOptions(t session.Turn) []discordgo.SelectMenuOption {
	var out []discordgo.SelectMenuOption
	for _, w := range bot.ContentWords(t.Recipe.Prompt) {
		if len(out)+2 > maxOptions {
			break
		}
		factor := factorOf(t, w)
		if more, ok := recipe.Stronger(factor); ok {
			out = append(out, discordgo.SelectMenuOption{Label: w + " stronger", Value: fmt.Sprintf("%.3g %s", more, w)})
		}
		if less, ok := recipe.Weaker(factor); ok {
			out = append(out, discordgo.SelectMenuOption{Label: w + " weaker", Value: fmt.Sprintf("%.3g %s", less, w)})
		}
	}
	return out
}

// factorOf is the weight that the word has now.
func factorOf(t session.Turn, word string) float64 {
	for _, w := range t.Recipe.Weights {
		if w.Start >= 0 && w.Start <= w.End && w.End <= len(t.Recipe.Prompt) && t.Recipe.Prompt[w.Start:w.End] == word {
			return w.Factor
		}
	}
	return 1
}

// choiceRows are the answers to a question, as buttons with the handle.
func choiceRows(sign Signer, h Handle, choices []string) []discordgo.MessageComponent {
	var rows []discordgo.MessageComponent
	var buttons []discordgo.MessageComponent
	for i, choice := range choices {
		if choice == "" || utf8.RuneCountInString(choice) > maxLabel || len(rows) == 5 {
			continue
		}
		h.Index = uint8(min(i, 255))
		buttons = append(buttons, button(sign, choice, discordgo.PrimaryButton, h))
		if len(buttons) == 5 || i == len(choices)-1 {
			rows = append(rows, discordgo.ActionsRow{Components: buttons})
			buttons = nil
		}
	}
	if len(buttons) > 0 && len(rows) < 5 {
		rows = append(rows, discordgo.ActionsRow{Components: buttons})
	}
	return rows
}
