package discordtest

import (
	"slices"
	"time"
)

// A User is somebody with an account.
type User struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	Discriminator string  `json:"discriminator"`
	Avatar        *string `json:"avatar"`
	GlobalName    *string `json:"global_name"`
	PublicFlags   int     `json:"public_flags"`
	Flags         int     `json:"flags"`
	Bot           bool    `json:"bot,omitempty"`
	PrimaryGuild  *string `json:"primary_guild"`
}

// The channel types that the server has.
const (
	GuildText    = 0
	DirectChat   = 1
	PublicThread = 11
)

// A Channel is a guild's text channel, a thread in one or a direct chat.
type Channel struct {
	ID, GuildID, ParentID, Name, OwnerID string
	Type                                 int
	NSFW                                 bool
	// Permissions are the bot's there; see [Server.Forbid].
	Permissions uint64
	recipient   User
	private     bool // the bot is not in it
}

// object is the channel as Discord describes it.
func (c *Channel) object() map[string]any {
	out := map[string]any{"id": c.ID, "type": c.Type, "flags": 0}
	switch c.Type {
	case DirectChat:
		out["recipients"] = []User{c.recipient}
	case PublicThread:
		out["guild_id"], out["name"], out["parent_id"], out["owner_id"] = c.GuildID, c.Name, c.ParentID, c.OwnerID
		out["message_count"], out["member_count"], out["total_message_sent"] = 0, 1, 0
		out["thread_metadata"] = map[string]any{
			"archived": false, "archive_timestamp": now(), "auto_archive_duration": 1440, "locked": false, "create_timestamp": now(),
		}
	default:
		out["guild_id"], out["name"], out["position"], out["nsfw"] = c.GuildID, c.Name, 0, c.NSFW
		out["permission_overwrites"] = []any{}
	}
	return out
}

// An Attachment is a file of a message.
type Attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	ProxyURL    string `json:"proxy_url"`
	ContentType string `json:"content_type,omitempty"`
	Description string `json:"description,omitempty"`
}

// A Component is a row, a button or a select.
type Component struct {
	Type        int         `json:"type"`
	ID          int         `json:"id"`
	CustomID    string      `json:"custom_id,omitempty"`
	Style       int         `json:"style,omitempty"`
	Label       string      `json:"label,omitempty"`
	Disabled    bool        `json:"disabled,omitempty"`
	URL         string      `json:"url,omitempty"`
	Placeholder string      `json:"placeholder,omitempty"`
	MinValues   *int        `json:"min_values,omitempty"`
	MaxValues   *int        `json:"max_values,omitempty"`
	Options     []Choice    `json:"options,omitempty"`
	Components  []Component `json:"components,omitempty"`
	Value       string      `json:"value,omitempty"`
	Required    *bool       `json:"required,omitempty"`
}

// A Choice is a line of a select, or what autocompletion offers.
type Choice struct {
	Label       string `json:"label,omitempty"`
	Name        string `json:"name,omitempty"`
	Value       any    `json:"value"`
	Description string `json:"description,omitempty"`
}

// A Reference names the message that another one replies to.
type Reference struct {
	Type      int    `json:"type"`
	ChannelID string `json:"channel_id"`
	MessageID string `json:"message_id"`
	GuildID   string `json:"guild_id,omitempty"`
}

// A Message is what stands in a channel.
type Message struct {
	ID          string       `json:"id"`
	ChannelID   string       `json:"channel_id"`
	Type        int          `json:"type"`
	Content     string       `json:"content"`
	Author      User         `json:"author"`
	Mentions    []User       `json:"mentions"`
	RoleMention []string     `json:"mention_roles"`
	Everyone    bool         `json:"mention_everyone"`
	Attachments []Attachment `json:"attachments"`
	Embeds      []any        `json:"embeds"`
	Components  []Component  `json:"components"`
	Timestamp   string       `json:"timestamp"`
	Edited      *string      `json:"edited_timestamp"`
	Flags       int          `json:"flags"`
	Pinned      bool         `json:"pinned"`
	TTS         bool         `json:"tts"`
	WebhookID   string       `json:"webhook_id,omitempty"`
	Reference   *Reference   `json:"message_reference,omitempty"`
	Referenced  *Message     `json:"referenced_message,omitempty"`

	// Edits counts how often the message was edited, Deleted says that it is gone.
	Edits   int  `json:"-"`
	Deleted bool `json:"-"`
	// Pings are the users that the message notified.
	Pings []string `json:"-"`
}

// Ephemeral and loading messages carry these flags.
const (
	Ephemeral = 1 << 6
	Loading   = 1 << 7
)

// Unfinished reports whether the message says that more is to come: it loads, can
// be cancelled, or shows a preview.
func (m *Message) Unfinished() bool {
	if m.Flags&Loading != 0 || slices.Contains(m.Labels(), "Cancel") {
		return true
	}
	return slices.ContainsFunc(m.Attachments, func(a Attachment) bool { return a.Filename == "preview.jpg" })
}

// Labels are those of the message's buttons, disabled ones left out.
func (m *Message) Labels() []string {
	var out []string
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Type == 2 && !c.Disabled {
				out = append(out, c.Label)
			}
		}
	}
	return out
}

// A Command is one that the bot registered.
type Command struct {
	ID            string            `json:"id"`
	Type          int               `json:"type"`
	Name          string            `json:"name"`
	Description   string            `json:"description"`
	Localizations map[string]string `json:"name_localizations"`
	Options       []CommandOption   `json:"options"`
	Contexts      []int             `json:"contexts"`
	Integrations  []int             `json:"integration_types"`
	Permissions   any               `json:"default_member_permissions"`
}

// A CommandOption is one of a command's.
type CommandOption struct {
	Type         int             `json:"type"`
	Name         string          `json:"name"`
	Required     bool            `json:"required"`
	Autocomplete bool            `json:"autocomplete"`
	Options      []CommandOption `json:"options"`
}

func now() string { return time.Now().UTC().Format("2006-01-02T15:04:05.000000+00:00") }
