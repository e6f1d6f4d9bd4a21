package view

import (
	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/session"
)

// AskWord asks the user alone whose attention is to be shown in a turn; ok is
// false if the turn's prompt has no words for it.
func AskWord(style Style, h Handle, t session.Turn) (c object.Content, ok bool) {
	var options []discordgo.SelectMenuOption
	for _, w := range bot.ContentWords(t.Recipe.Prompt) {
		if len(options) < maxOptions {
			options = append(options, discordgo.SelectMenuOption{Label: w, Value: w})
		}
	}
	return object.Content{Text: "Whose attention?", Private: true, Rows: row(discordgo.SelectMenu{
		MenuType: discordgo.StringSelectMenu, CustomID: style.Signer.Sign(h.With(Heat)), Placeholder: "A word of the picture", Options: options,
	})}, len(options) > 0
}

// AskRedraw asks the user alone before a picture is drawn with another seed.
func AskRedraw(style Style, h Handle) object.Content {
	return object.Content{
		Text: "Draw it again with another seed? That gives another picture of the same words; this one stays.", Private: true,
		Rows: row(button(style.Signer, "Draw another", discordgo.PrimaryButton, h.With(RedrawYes)), button(style.Signer, "Keep this one", discordgo.SecondaryButton, h.With(Keep))),
	}
}

// AskForget asks the user alone before what is kept of them is deleted.
func AskForget(style Style, userID string) object.Content {
	h := Handle{Owner: Snowflake(userID)}
	return object.Content{
		Text:    "Delete all your sessions, pictures, settings and what you shared? Messages that are already in channels stay; delete those in Discord.",
		Private: true,
		Rows:    row(button(style.Signer, "Delete it all", discordgo.DangerButton, h.With(Forget)), button(style.Signer, "Keep it", discordgo.SecondaryButton, h.With(Keep))),
	}
}

// RequestField is the field of a modal in which a user says what should change.
const RequestField = "request"

// RequestRows are the fields of the modal that asks what should change in a
// picture, in at most that many characters.
func RequestRows(most int) []discordgo.MessageComponent {
	return row(discordgo.TextInput{
		CustomID: RequestField, Label: "What should change?", Style: discordgo.TextInputShort,
		Placeholder: "make her hair red", Required: true, MinLength: 1, MaxLength: most,
	})
}
