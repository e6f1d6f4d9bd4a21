// Package object has Discord's objects as far as the bot reads and writes them:
// users, channels, messages and interactions as they come, and the [Content] that
// a message is to show.
//
// What comes is decoded here and not by discordgo, which gives up on a whole
// message when one of its components is of a kind that discordgo does not know.
package object

// A User is somebody with an account.
type User struct {
	ID         string `json:"id"`
	Username   string `json:"username"`
	GlobalName string `json:"global_name"`
	Bot        bool   `json:"bot"`
}

// Name is what the user is called.
func (u User) Name() string {
	if u.GlobalName != "" {
		return u.GlobalName
	}
	return u.Username
}

// A Member is a user in a server.
type Member struct {
	User        User     `json:"user"`
	Roles       []string `json:"roles"`
	Permissions string   `json:"permissions"`
}

// A Channel is where something happens.
type Channel struct {
	ID       string `json:"id"`
	Type     int    `json:"type"`
	ParentID string `json:"parent_id"`
	NSFW     bool   `json:"nsfw"`
}

// The types of channels that matter.
const (
	GuildText        = 0
	DirectChat       = 1
	AnnouncingThread = 10
	PublicThread     = 11
	PrivateThread    = 12
)

// Thread reports whether the channel is a thread in another.
func (c Channel) Thread() bool {
	return c.Type == AnnouncingThread || c.Type == PublicThread || c.Type == PrivateThread
}

// An Application is what Discord tells a bot about itself.
type Application struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Flags int    `json:"flags"`
	Owner User   `json:"owner"`
	Team  *struct {
		OwnerID string `json:"owner_user_id"`
	} `json:"team"`
}
