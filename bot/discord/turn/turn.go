// Package turn carries out what people ask for: a turn follows the others of its
// session, has its picture drawn, and shows in one message how that fares, from
// its place in the queue to the picture, across a restart of the bot.
//
// Start with [Runner.Run]. line.go keeps the order of a session, surface.go is
// where a turn's message stands, throttle.go keeps the message from changing too
// often, running.go is which turns can be cancelled, resume.go goes on with what
// the last process left, and report.go tells user and operator how turns end.
package turn

import (
	"context"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/view"
	"pentimento/session"
)

// A Turn is something asked for, and the message that answers it.
type Turn struct {
	// Speaker asks, in the session Key, and has the Roles in the server.
	Speaker object.User
	Roles   []string
	Key     session.Key
	// Request is the event that asks, and the picture that is spoken of.
	Request bot.Request
	// Said is what is shown while the turn waits.
	Said string
	// Channel is where it was asked for, by the Interaction or, if that is nil, in a
	// message.
	Channel     string
	Interaction *object.Interaction
	// Arrival is its place among what the speaker asks for there; nil for none.
	Arrival *Arrival
	// Surface is where the answer is written, Tell says something to the speaker
	// elsewhere; nil where that cannot be.
	Surface Surface
	Tell    func(ctx context.Context, c object.Content) error

	// Before is called when all turns before this one have ended, and returns the
	// picture that is spoken of; it may be nil.
	Before func(ctx context.Context) (turnID int, err error)
	// Do carries the turn out.
	Do func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error)
	// After is told the message of a quick turn that succeeded; it may be nil.
	After func(ctx context.Context, messageID string)
	// Quick turns draw nothing new: they do not wait for others, and their message
	// is the answer from the beginning.
	Quick bool
	// Pages says that a quick turn puts many pictures together.
	Pages bool
	// Fresh turns begin a session, which gets a thread of its own where it can.
	Fresh bool

	session *session.Session // if it was read, as it was after asOf turns had ended
	asOf    int

	message string // the ID of its message
	note    string // the name under which its message is noted as waiting
	place   *spot  // in the line
	cancel  context.CancelCauseFunc
	ended   chan struct{} // closed when its message shows how it ended
	drawing bool          // guarded by the lock of Running
	counted bool          // as one of the speaker's pictures of today
}

// Found gives the turn its session, if it was read already. asOf is what
// [Running.Ended] was before that.
func (t *Turn) Found(s *session.Session, asOf int) { t.session, t.asOf = s, asOf }

// queue is the session whose other turns come before this one: the speaker's own,
// also where they look at somebody else's picture, which holds nobody else up.
func (t *Turn) queue() session.Key { return session.Key{User: t.Speaker.ID, Place: t.Key.Place} }

// shown is what the turn's message tells of it.
func (t *Turn) shown() view.Turn { return view.Turn{Said: t.Said, Speaker: t.Speaker, Key: t.Key} }
