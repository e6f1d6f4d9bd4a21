package view

import (
	"fmt"
	"strings"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/gate"
	"pentimento/jobs"
	"pentimento/session"
)

// A Turn is what the message of a turn tells of it.
type Turn struct {
	// Said is what was asked for.
	Said string
	// Speaker asked, in the session Key.
	Speaker object.User
	Key     session.Key
}

// Waiting is the message of a turn that waits for ahead others; 0 or less if it
// is not known how many there are.
func Waiting(style Style, t Turn, ahead int) object.Content {
	state := "one moment …"
	if ahead > 0 {
		state = bot.Plural(ahead, "picture") + " before yours"
	}
	return object.Content{Text: quote(t.Said) + "\n" + state, Rows: cancelRow(style, t)}
}

// Vacant is the message of a turn for which no worker has the model, with the notice
// that says so.
func Vacant(style Style, t Turn, notice string) object.Content {
	return object.Content{Text: quote(t.Said) + "\n" + notice, Rows: cancelRow(style, t)}
}

// Progress is the message of a turn that is being drawn, with the latest
// preview if there is one.
func Progress(style Style, t Turn, p jobs.Progress, preview gate.Picture) object.Content {
	if p.Steps < 1 {
		return Waiting(style, t, 0)
	}
	const width = 12
	full := width * min(p.Step, p.Steps) / p.Steps
	c := object.Content{
		Text: fmt.Sprintf("%s\n`%s%s` step %d of %d", quote(t.Said), strings.Repeat("━", full), strings.Repeat("╌", width-full), p.Step, p.Steps),
		Rows: cancelRow(style, t),
	}
	if !preview.None() {
		c.Files = []gate.File{gate.NewFile("preview.jpg", preview)}
	}
	return c
}

func cancelRow(style Style, t Turn) []discordgo.MessageComponent {
	h := HandleOf(Cancel, t.Key, session.Turn{})
	h.Owner = Snowflake(t.Speaker.ID)
	return row(button(style.Signer, "Cancel", discordgo.SecondaryButton, h))
}

func row(parts ...discordgo.MessageComponent) []discordgo.MessageComponent {
	return []discordgo.MessageComponent{discordgo.ActionsRow{Components: parts}}
}

// button is a button that does what the handle says.
func button(sign Signer, label string, style discordgo.ButtonStyle, h Handle) discordgo.Button {
	return discordgo.Button{Label: Cut(label, maxLabel), Style: style, CustomID: sign.Sign(h)}
}
