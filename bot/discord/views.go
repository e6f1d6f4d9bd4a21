package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/jobs"
	"pentimento/session"
)

// Discord's limits on what is shown.
const (
	maxContent = 2000
	maxLabel   = 80
	maxOptions = 25
)

// escape takes the meaning from markdown, mentions, links and invites, so that
// what people say is shown as they said it, and in its place.
func escape(text string) string {
	var out strings.Builder
	letters := []rune(text)
	for i, r := range letters {
		switch {
		case unicode.Is(unicode.Bidi_Control, r): // would turn around what follows
		case strings.ContainsRune("\\*_~`|>#[]()-<@:", r):
			out.WriteByte('\\')
			out.WriteRune(r)
			if r == '@' || r == '<' {
				out.WriteRune('\u200b') // not even after the backslash is eaten
			}
		case r == '.' && i > 0 && i+1 < len(letters) && unicode.IsLetter(letters[i-1]) && unicode.IsLetter(letters[i+1]):
			out.WriteString(".\u200b") // "discord.gg/…" is an invite as it stands
		case r == '\n' || unicode.IsControl(r):
			out.WriteByte(' ')
		default:
			out.WriteRune(r)
		}
	}
	// Something between keeps a link from being one.
	return strings.ReplaceAll(out.String(), "://", ":\u200b//")
}

// cut shortens text to n characters.
func cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// capital begins a sentence.
func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}

func marshal(v any) ([]byte, error) { return json.Marshal(v) }

// quote shows what somebody said.
func quote(said string) string { return "*" + escape(cut(said, 300)) + "*" }

// notDrawn is the message of a turn without a picture.
func notDrawn(said, why string) string { return cut(quote(said)+"\n"+why, maxContent) }

// waitingView is the message of a turn in the line.
func (b *Bot) waitingView(t *turn, ahead int) content {
	state := "one moment …"
	if ahead == 1 {
		state = "one picture before yours"
	} else if ahead > 1 {
		state = fmt.Sprintf("%d pictures before yours", ahead)
	}
	return content{text: quote(t.said) + "\n" + state, rows: b.cancelRow(t)}
}

// progressView is the message of a turn that is being drawn, with the latest
// preview if there is one.
func (b *Bot) progressView(t *turn, p jobs.Progress) content {
	if p.Steps < 1 {
		return b.waitingView(t, -1)
	}
	const width = 12
	full := width * min(p.Step, p.Steps) / p.Steps
	c := content{
		text: fmt.Sprintf("%s\n`%s%s` step %d of %d", quote(t.said), strings.Repeat("━", full), strings.Repeat("╌", width-full), p.Step, p.Steps),
		rows: b.cancelRow(t),
	}
	if len(p.Preview) > 0 {
		c.files = []upload{{b.fileName(t.ctx, "preview.jpg"), p.Preview}}
	}
	return c
}

func (b *Bot) cancelRow(t *turn) []discordgo.MessageComponent {
	return row1(b.button("Cancel", discordgo.SecondaryButton, handle{
		Verb: verbCancel, Owner: snowflake(t.speaker.ID), Place: placeNumber(t.key),
	}))
}

func row1(parts ...discordgo.MessageComponent) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{discordgo.ActionsRow{Components: parts}}
}

// button is a button that does what the handle says.
func (b *Bot) button(label string, style discordgo.ButtonStyle, h handle) discordgo.Button {
	return discordgo.Button{Label: cut(label, maxLabel), Style: style, CustomID: b.signer.sign(h)}
}

// answerView is the message of an answer: a picture with its components, a
// question, or a few words.
func (b *Bot) answerView(ctx context.Context, key session.Key, a *bot.Answer) (content, error) {
	if a.Question != nil {
		return b.question(key, a.Turn.ID, a.Question), nil
	}
	if a.PNG == nil {
		return content{text: cut(escape(strings.Join(a.Notices, "\n")), maxContent)}, nil
	}
	return content{
		text:  answerText(a),
		rows:  b.pictureRows(key, a.Session, a.Turn),
		files: []upload{{b.fileName(ctx, fmt.Sprintf("turn-%d.png", a.Turn.ID), a.PNG), a.PNG}},
	}, nil
}

// answerText says what a picture is: the edit in words, the seed, the time.
func answerText(a *bot.Answer) string {
	what := "**" + escape(cut(a.Turn.Recipe.Prompt, 400)) + "**"
	if a.Turn.Edit != "" {
		what = "**" + escape(cut(a.Turn.Edit, 400)) + "**"
	}
	parts := []string{what, fmt.Sprintf("turn %d", a.Turn.ID)}
	if a.Source != nil {
		parts[1] = fmt.Sprintf("turn %d from %d", a.Turn.ID, a.Source.ID)
	}
	parts = append(parts, fmt.Sprintf("seed %d", a.Turn.Settings.Seed))
	if a.Drawing != nil {
		parts = append(parts, fmt.Sprintf("%.1f s", a.Seconds))
	}
	lines := []string{strings.Join(parts, " · ")}
	for _, n := range a.Notices {
		lines = append(lines, "-# "+escape(n))
	}
	return cut(strings.Join(lines, "\n"), maxContent)
}

// pictureRows are the components under a picture.
func (b *Bot) pictureRows(key session.Key, s *session.Session, t session.Turn) []discordgo.MessageComponent {
	at := func(v verb) handle {
		return handle{Verb: v, Owner: snowflake(key.User), Place: placeNumber(key), Turn: uint32(t.ID)}
	}
	grey := discordgo.SecondaryButton
	undo, redo := b.button("Undo", grey, at(verbUndo)), b.button("Redo", grey, at(verbRedo))
	undo.Disabled = t.Parent == 0
	_, forward := s.Left[t.ID]
	redo.Disabled = !forward
	rows := row1(undo, redo, b.button("Attention", grey, at(verbAttention)),
		b.button("Share", grey, at(verbShare)), b.button("Redraw", grey, at(verbRedraw)))
	if options := weightOptions(t); len(options) > 0 {
		rows = append(rows, row1(discordgo.SelectMenu{
			MenuType: discordgo.StringSelectMenu, CustomID: b.signer.sign(at(verbWeight)),
			Placeholder: "Stronger or weaker …", Options: options,
		})...)
	}
	return rows
}

// weightOptions are the words of a prompt, each stronger and weaker.
func weightOptions(t session.Turn) []discordgo.SelectMenuOption {
	var out []discordgo.SelectMenuOption
	for _, w := range contentWords(t.Recipe.Prompt) {
		if len(out)+2 > maxOptions {
			break
		}
		factor := factorOf(t, w)
		out = append(out,
			discordgo.SelectMenuOption{Label: w + " stronger", Value: fmt.Sprintf("%.3g %s", min(factor*1.5, bot.MaxFactor), w)},
			discordgo.SelectMenuOption{Label: w + " weaker", Value: fmt.Sprintf("%.3g %s", factor/2, w)})
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

// contentWords are the words of a prompt that are worth weighing, each once.
func contentWords(prompt string) []string {
	small := map[string]bool{}
	for w := range strings.FieldsSeq("a an the of in on at with and or by to from for is are under over near his her its their") {
		small[w] = true
	}
	var out []string
	for w := range strings.FieldsFuncSeq(prompt, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
		if len(w) < 2 || len(w) > 60 || small[strings.ToLower(w)] {
			continue
		}
		small[strings.ToLower(w)] = true
		out = append(out, w)
	}
	return out
}

// choiceRows are the answers to a question, as buttons.
func (b *Bot) choiceRows(key session.Key, turnID int, choices []string) []discordgo.MessageComponent {
	var rows []discordgo.MessageComponent
	var buttons []discordgo.MessageComponent
	for i, choice := range choices {
		if choice == "" || utf8.RuneCountInString(choice) > maxLabel || len(rows) == 5 {
			continue
		}
		buttons = append(buttons, b.button(choice, discordgo.PrimaryButton, handle{
			Verb: verbChoice, Owner: snowflake(key.User), Place: placeNumber(key), Turn: uint32(turnID), Index: uint8(min(i, 255)),
		}))
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
