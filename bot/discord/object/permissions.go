package object

import "strconv"

// The permissions that the bot asks about, as bits.
const (
	Administrator = 1 << 3 // has all others
	ViewChannel   = 1 << 10
	SendMessages  = 1 << 11
	EmbedLinks    = 1 << 14
	AttachFiles   = 1 << 15
	ReadHistory   = 1 << 16
	CreateThreads = 1 << 35
	SendInThreads = 1 << 38

	// InvitePermissions are those that the bot is invited with.
	InvitePermissions = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadHistory | CreateThreads | SendInThreads
)

// privateContext is a direct chat or group of others, in which the bot is not.
const privateContext = 2

// Private reports whether the interaction is in a direct chat or group of others.
func (i *Interaction) Private() bool { return i.GuildID == "" && i.Context == privateContext }

// May reports whether the bot has the permissions where the interaction is.
func (i *Interaction) May(permissions uint64) bool {
	had, err := strconv.ParseUint(i.AppPermissions, 10, 64)
	return err == nil && had&permissions == permissions
}

// Installed reports whether the bot itself is where the interaction is, and
// not only the user's app.
func (i *Interaction) Installed() bool {
	if i.GuildID == "" {
		return i.Context != privateContext && (i.Channel.Type == DirectChat || i.Channel.Type == GuildText)
	}
	_, guild := i.Owners["0"]
	return guild || len(i.Owners) == 0
}

// MayPost reports whether the bot may write a message with a picture where the
// interaction is. Where it may not, it can still answer the interaction.
func (i *Interaction) MayPost() bool {
	permissions := uint64(SendMessages | AttachFiles)
	if i.Channel.Thread() {
		permissions = SendInThreads | AttachFiles
	}
	return i.Installed() && (i.GuildID == "" || i.May(permissions))
}

// MayOpenThread reports whether the bot may open a thread at a message where the
// interaction is, and has the other permissions too.
func (i *Interaction) MayOpenThread(others uint64) bool {
	return i.GuildID != "" && i.Channel.Type == GuildText && i.May(CreateThreads|others)
}
