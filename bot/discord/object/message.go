package object

import (
	"encoding/json"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot/gate"
)

// A Component is a row, a button, a select or a text input of a message or
// modal.
type Component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Label      string      `json:"label"`
	Value      string      `json:"value"`
	Components []Component `json:"components"`
}

// Components are those of a message. What cannot be read is left out.
type Components []Component

// UnmarshalJSON keeps the components that can be read.
func (c *Components) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil // of another shape than any component that the bot makes
	}
	for _, one := range raw {
		var read Component
		if json.Unmarshal(one, &read) == nil {
			*c = append(*c, read)
		}
	}
	return nil
}

// Each calls visit for every component, rows first and then what is in them.
func (c Components) Each(visit func(Component)) {
	for _, one := range c {
		visit(one)
		Components(one.Components).Each(visit)
	}
}

// A Message is one in a channel.
type Message struct {
	ID          string       `json:"id"`
	ChannelID   string       `json:"channel_id"`
	GuildID     string       `json:"guild_id"`
	Type        int          `json:"type"`
	Content     string       `json:"content"`
	Author      User         `json:"author"`
	Member      *Member      `json:"member"`
	WebhookID   string       `json:"webhook_id"`
	Flags       int          `json:"flags"`
	Mentions    []User       `json:"mentions"`
	Attachments []Attachment `json:"attachments"`
	Components  Components   `json:"components"`
	Referenced  *Message     `json:"referenced_message"`
	Reference   *struct {
		MessageID string `json:"message_id"`
		ChannelID string `json:"channel_id"`
	} `json:"message_reference"`
}

// The types of messages that people write.
const (
	PlainMessage = 0
	ReplyMessage = 19
)

// loading is the flag of an answer to an interaction that is still to come.
const loading = 1 << 7

// Loading reports whether the message only says that it is coming.
func (m *Message) Loading() bool { return m.Flags&loading != 0 }

// Roles are those of the author in the server.
func (m *Message) Roles() []string {
	if m.Member == nil {
		return nil
	}
	return m.Member.Roles
}

// Content is what a message shows: all of it, in place of what was there.
type Content struct {
	Text  string
	Rows  []discordgo.MessageComponent
	Files []gate.File
	// Private shows it to one user alone, in an answer to an interaction.
	Private bool
}
