// Package view is what the bot's messages look like: functions from a turn, its
// answer or its progress to the content of a message. They reach for nothing: what
// they show is given to them.
//
// Start with [Answer]. handle.go is the signed state that components carry.
package view

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"pentimento/bot/discord/object"
)

// A Style is what all messages of a bot have in common.
type Style struct {
	// Signer makes the components' custom_ids.
	Signer Signer
	// Renamed are the names that an operator gave to commands, by their own.
	Renamed map[string]string
}

// Command is the name that users know a command by.
func (s Style) Command(name string) string {
	if to, ok := s.Renamed[name]; ok {
		return to
	}
	return name
}

// Own is a command's own name, given the one that users know it by.
func (s Style) Own(name string) string {
	for own, to := range s.Renamed {
		if to == name {
			return own
		}
	}
	return name
}

// Discord's limits on what is shown.
const (
	// MaxContent is how many characters a message may have.
	MaxContent = 2000
	maxLabel   = 80
	maxOptions = 25
)

// Escape takes the meaning from markdown, mentions, links and invites, so that
// what people say is shown as they said it, and in its place.
func Escape(text string) string {
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

// Cut shortens text to n characters.
func Cut(text string, n int) string {
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	return string([]rune(text)[:n-1]) + "…"
}

// quote shows what somebody said.
func quote(said string) string { return "*" + Escape(Cut(said, 300)) + "*" }

// Said tells who said what.
func Said(by object.User, said string) object.Content {
	return object.Content{Text: "**" + Escape(Cut(by.Name(), 40)) + "**: " + quote(said)}
}

// NotDrawn is the message of a turn without a picture: what was said, and a
// sentence that says why.
func NotDrawn(said, why string) object.Content {
	return object.Content{Text: Cut(quote(said)+"\n"+why, MaxContent)}
}

// Simpler are the messages to write when Discord refuses one, the next best first:
// without components, and a sentence.
func Simpler(c object.Content) []object.Content {
	last := Undelivered()
	if len(c.Files) > 0 {
		last.Text = "Discord did not take the picture, so I can't show it here. Nothing is lost; go on, or try again."
	}
	return []object.Content{{Text: c.Text, Files: c.Files, Private: c.Private}, last}
}

// NoAttaching is said where the bot may write and not attach files.
func NoAttaching() object.Content {
	return object.Content{Text: "I may not attach files here, so I can't show it. Whoever runs the server can give me the permission Attach Files."}
}

// Undelivered is said in the place of an answer that Discord refuses.
func Undelivered() object.Content {
	return object.Content{Text: "Discord did not take my answer. Try again in a minute.", Private: true}
}

// MessageGone is said when the message is not there any more that was to show the
// content.
func MessageGone(c object.Content) object.Content {
	if len(c.Files) > 0 {
		return object.Content{Text: "The message that was to show your picture is gone. The picture is kept; you find it in the history.", Private: true}
	}
	return c
}
