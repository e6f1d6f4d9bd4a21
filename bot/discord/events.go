package discord

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The events that the bot acts on, as far as it reads them. They are decoded
// here and not by discordgo, which gives up on a whole message when it holds a
// component of a kind that it doesn't know.

// user is somebody with an account.
type user struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// name is what the user is called.
func (u user) name() string {
	if u.GlobalName != "" {
		return u.GlobalName
	}
	return u.Username
}

// member is a user in a server.
type member struct {
	User        user     `json:"user"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"`
}

// channel is where something happens.
type channel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
	NSFW     bool   `json:"nsfw"`
}

// The channel types that matter.
const (
	guildText     = 0
	directChat    = 1
	publicThread  = 11
	privateThread = 12
)

func (c channel) thread() bool {
	return c.Type == 10 || c.Type == publicThread || c.Type == privateThread
}

// component is a row, a button, a select or a text input of a message or
// modal. What has another shape is passed over.
type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Label      string      `json:"label"`
	Value      string      `json:"value"`
	Components []component `json:"components"`
}

// components tolerates what it cannot read.
type components []component

// UnmarshalJSON keeps the components that can be read.
func (c *components) UnmarshalJSON(data []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		return nil // of a shape that is none of the bot's
	}
	for _, one := range raw {
		var read component
		if json.Unmarshal(one, &read) == nil {
			*c = append(*c, read)
		}
	}
	return nil
}

// each calls visit for every component that is no row.
func (c components) each(visit func(component)) {
	for _, one := range c {
		visit(one)
		components(one.Components).each(visit)
	}
}

// message is one in a channel.
type message struct {
	ID          string            `json:"id"`
	ChannelID   string            `json:"channel_id"`
	GuildID     string            `json:"guild_id"`
	Type        int               `json:"type"`
	Content     string            `json:"content"`
	Author      user              `json:"author"`
	Member      *member           `json:"member"`
	WebhookID   string            `json:"webhook_id"`
	Mentions    []user            `json:"mentions"`
	Attachments []json.RawMessage `json:"attachments"`
	Components  components        `json:"components"`
	Referenced  *message          `json:"referenced_message"`
	Reference   *struct {
		MessageID string `json:"message_id"`
		ChannelID string `json:"channel_id"`
	} `json:"message_reference"`
}

// The message types that people write.
const (
	plainMessage = 0
	replyMessage = 19
)

// The kinds of interactions.
const (
	commandInteraction      = 2
	componentInteraction    = 3
	autocompleteInteraction = 4
	modalInteraction        = 5
)

// privateContext is a direct chat or group of others, in which the bot is not.
const privateContext = 2

// interaction is a command, a button, a select, a modal or an autocompletion.
type interaction struct {
	ID             string            `json:"id"`
	ApplicationID  string            `json:"application_id"`
	Type           int               `json:"type"`
	Token          string            `json:"token"`
	GuildID        string            `json:"guild_id"`
	ChannelID      string            `json:"channel_id"`
	Channel        channel           `json:"channel"`
	Member         *member           `json:"member"`
	User           user              `json:"user"`
	Data           interactionData   `json:"data"`
	Message        *message          `json:"message"`
	Locale         string            `json:"locale"`
	AppPermissions string            `json:"app_permissions"`
	Context        int               `json:"context"`
	Owners         map[string]string `json:"authorizing_integration_owners"`
}

// interactionData is what was chosen or filled in.
type interactionData struct {
	Name       string        `json:"name"`
	Type       int           `json:"type"`
	Options    []optionValue `json:"options"`
	CustomID   string        `json:"custom_id"`
	Values     []string      `json:"values"`
	Components components    `json:"components"`
	TargetID   string        `json:"target_id"`
	Resolved   struct {
		Messages    map[string]message    `json:"messages"`
		Attachments map[string]attachment `json:"attachments"`
	} `json:"resolved"`
}

// attachment is a file that somebody uploaded.
type attachment struct {
	Filename string `json:"filename"`
	Size     int64  `json:"size"`
	URL      string `json:"url"`
}

// optionValue is an option of a command as it was filled in.
type optionValue struct {
	Name    string          `json:"name"`
	Value   json.RawMessage `json:"value"`
	Focused bool            `json:"focused"`
	Options []optionValue   `json:"options"`
}

// text is the option's value as text, whatever its type.
func (o optionValue) text() string {
	var s string
	if json.Unmarshal(o.Value, &s) == nil {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	return string(bytes.TrimSpace(o.Value))
}

// by is who did it.
func (i *interaction) by() user {
	if i.Member != nil {
		return i.Member.User
	}
	return i.User
}

// roles are those of the user in the server.
func (i *interaction) roles() []string {
	if i.Member == nil {
		return nil
	}
	return i.Member.Roles
}

// option is the text of an option; "" when it is not given.
func (i *interaction) option(name string) string { return optionNamed(i.Data.Options, name) }

func optionNamed(options []optionValue, name string) string {
	for _, o := range options {
		if o.Name == name && len(o.Value) > 0 {
			return o.text()
		}
	}
	return ""
}

// The permissions that the bot asks about.
const (
	administrator     = 1 << 3 // has all others
	viewChannel       = 1 << 10
	sendMessages      = 1 << 11
	embedLinks        = 1 << 14
	attachFiles       = 1 << 15
	readHistory       = 1 << 16
	createThreads     = 1 << 35
	sendInThreads     = 1 << 38
	invitePermissions = viewChannel | sendMessages | embedLinks | attachFiles | readHistory | createThreads | sendInThreads
)

// may reports whether the bot has the permissions where the interaction is.
func (i *interaction) may(permissions uint64) bool {
	had, err := strconv.ParseUint(i.AppPermissions, 10, 64)
	return err == nil && had&permissions == permissions
}

// writing are the permissions that an answer with a picture takes there.
func (i *interaction) writing() uint64 {
	if i.Channel.thread() {
		return sendInThreads | attachFiles
	}
	return sendMessages | attachFiles
}

// installed reports whether the bot itself is where the interaction is, and
// not only the user's app.
func (i *interaction) installed() bool {
	if i.GuildID == "" {
		return i.Context != privateContext && (i.Channel.Type == directChat || i.Channel.Type == 0)
	}
	_, guild := i.Owners["0"]
	return guild || len(i.Owners) == 0
}
