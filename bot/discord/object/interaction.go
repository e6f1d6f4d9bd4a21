package object

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
)

// The kinds of interactions.
const (
	CommandInteraction      = 2
	ComponentInteraction    = 3
	AutocompleteInteraction = 4
	ModalInteraction        = 5
)

// An Interaction is a command, a button, a select, a modal or an
// autocompletion.
type Interaction struct {
	ID             string            `json:"id"`
	ApplicationID  string            `json:"application_id"`
	Type           int               `json:"type"`
	Token          string            `json:"token"`
	GuildID        string            `json:"guild_id"`
	ChannelID      string            `json:"channel_id"`
	Channel        Channel           `json:"channel"`
	Member         *Member           `json:"member"`
	User           User              `json:"user"`
	Data           InteractionData   `json:"data"`
	Message        *Message          `json:"message"`
	Locale         string            `json:"locale"`
	AppPermissions string            `json:"app_permissions"`
	Context        int               `json:"context"`
	Owners         map[string]string `json:"authorizing_integration_owners"`
}

// InteractionData is what was chosen or filled in.
type InteractionData struct {
	Name       string     `json:"name"`
	Type       int        `json:"type"`
	Options    Options    `json:"options"`
	CustomID   string     `json:"custom_id"`
	Values     []string   `json:"values"`
	Components Components `json:"components"`
	TargetID   string     `json:"target_id"`
	Resolved   struct {
		Messages    map[string]Message    `json:"messages"`
		Attachments map[string]Attachment `json:"attachments"`
	} `json:"resolved"`
}

// An Attachment is a file that somebody uploaded.
type Attachment struct {
	Filename string `json:"filename"`
	Size     int64  `json:"size"`
	URL      string `json:"url"`
	// ContentType is what Discord takes it for; empty where it cannot tell.
	ContentType string `json:"content_type"`
}

// IsPicture reports whether a file looks like a picture, before it is read.
func (a Attachment) IsPicture() bool {
	kind, _, _ := strings.Cut(a.ContentType, "/")
	if kind != "" {
		return kind == "image"
	}
	switch strings.ToLower(path.Ext(a.Filename)) {
	case ".png", ".jpg", ".jpeg", ".gif", ".webp":
		return true
	}
	return false
}

// An Option of a command, as it was filled in.
type Option struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options Options         `json:"options"`
}

// Text is the option's value as text, whatever its type.
func (o Option) Text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return string(bytes.TrimSpace(o.Value))
}

// Options are those of a command or of a subcommand.
type Options []Option

// Text is the text of an option; empty when it is not given.
func (o Options) Text(name string) string {
	for _, one := range o {
		if one.Name == name && len(one.Value) > 0 {
			return one.Text()
		}
	}
	return ""
}

// By is who did it.
func (i *Interaction) By() User {
	if i.Member != nil {
		return i.Member.User
	}
	return i.User
}

// Roles are those of the user in the server.
func (i *Interaction) Roles() []string {
	if i.Member == nil {
		return nil
	}
	return i.Member.Roles
}
