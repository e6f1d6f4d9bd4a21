package discord

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// A request is an interaction as its handler answers it. Discord takes the first
// answer within three seconds. If the handler needs longer, the request is
// answered for it, and what the handler says comes in the place of that answer, to
// the user alone.
type request struct {
	*object.Interaction
	// command is the command that was given, handle that of the component or modal
	// that was used.
	command bot.Command
	handle  view.Handle

	api      *rest.Client
	delivery turn.Delivery
	log      *slog.Logger

	mu    sync.Mutex
	first bool // the first answer was given
	late  bool // it was given for the handler
}

// hurry is how long a handler may take before its request is answered for it.
const hurry = 2 * time.Second

// inTime has the request answered after that time, unless it is answered before or
// stop is called.
func (r *request) inTime(ctx context.Context) (stop func() bool) {
	return time.AfterFunc(hurry, func() {
		r.give(ctx, func() error { r.late = true; return r.api.Defer(ctx, r.Interaction, true) }, nil)
	}).Stop
}

// give gives the first answer, or does what is to be done if that was given for the
// handler. It reports whether that went well, and logs the error if not.
func (r *request) give(ctx context.Context, first, after func() error) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case !r.first:
		r.first = true
		return r.answered(ctx, first())
	case r.late && after != nil:
		if err := after(); err != nil {
			r.log.Warn("an interaction was not answered", "error", err)
			return false
		}
		return true
	}
	return false
}

// answered reports whether the first answer to the interaction was given. If it was
// not, it logs why, and the user gets a sentence.
func (r *request) answered(ctx context.Context, err error) bool {
	if err == nil {
		return true
	}
	r.log.Warn("an interaction was not answered", "error", err)
	if r.Type == object.AutocompleteInteraction {
		return false
	}
	// Simply: what was refused may be what was said.
	err = r.api.Show(ctx, r.Interaction, view.Undelivered())
	if err != nil && r.MayPost() {
		_, err = r.api.Post(ctx, r.ChannelID, "", "", view.Undelivered())
	}
	if err != nil {
		r.log.Warn("an interaction stays without an answer", "error", err)
	}
	return false
}

// instead puts a message in the place of the answer that was given for the
// handler.
func (r *request) instead(ctx context.Context, c object.Content) func() error {
	return func() error { return r.complete(ctx, c) }
}

// complete replaces the message of the first answer.
func (r *request) complete(ctx context.Context, c object.Content) error {
	return r.delivery.Write(ctx, c, func(ctx context.Context, c object.Content) error {
		_, err := r.api.EditOriginal(ctx, r.Interaction, c)
		return err
	})
}

// tellAfter says something to the user alone after the first answer.
func (r *request) tellAfter(ctx context.Context, c object.Content) error {
	return r.api.FollowUp(ctx, r.Interaction, c)
}

// show answers with a message.
func (r *request) show(ctx context.Context, c object.Content) bool {
	return r.give(ctx, func() error { return r.api.Show(ctx, r.Interaction, c) }, r.instead(ctx, c))
}

// tell answers with a sentence for the user alone.
func (r *request) tell(ctx context.Context, text string) bool {
	return r.show(ctx, object.Content{Text: view.Cut(text, view.MaxContent), Private: true})
}

// acknowledge answers a component or modal of a message without a word.
func (r *request) acknowledge(ctx context.Context) bool {
	return r.give(ctx,
		func() error { return r.api.Acknowledge(ctx, r.Interaction) },
		func() error { return r.api.RemoveOriginal(ctx, r.Interaction) },
	)
}

// wait answers with a message that says that one is coming, for the user alone if
// it is private.
func (r *request) wait(ctx context.Context, private bool) bool {
	return r.give(ctx, func() error { return r.api.Defer(ctx, r.Interaction, private) }, func() error { return nil })
}

// replace answers a component by putting a sentence in the place of its message.
func (r *request) replace(ctx context.Context, text string) bool {
	return r.give(ctx, func() error { return r.api.Replace(ctx, r.Interaction, text) }, r.instead(ctx, object.Content{Text: text}))
}

// ask answers with a modal.
func (r *request) ask(ctx context.Context, customID, title string, rows []discordgo.MessageComponent) bool {
	return r.give(ctx,
		func() error { return r.api.Ask(ctx, r.Interaction, customID, title, rows) },
		r.instead(ctx, object.Content{Text: "That took me too long to ask you what should change. Try again, or reply to the picture."}),
	)
}

// thumbnails is how many pictures a message about several turns shows.
const thumbnails = 25

// turn is a turn in the session that the user has where the interaction is.
func (r *request) turn() *turn.Turn {
	return &turn.Turn{
		Speaker: r.By(), Roles: r.Roles(), Key: view.SessionKey(r.By().ID, r.ChannelID),
		Request: bot.Request{Author: r.By().ID, Event: r.ID, Thumbnails: thumbnails},
		Channel: r.ChannelID, Interaction: r.Interaction,
	}
}

// pressed is a turn about the picture whose component was used.
func (r *request) pressed() *turn.Turn {
	t := r.turn()
	t.Key, t.Request.Turn, t.Request.Identity = r.handle.Key(), int(r.handle.Turn), &r.handle.Identity
	return t
}

// chosen is what was chosen in a select; empty if that cannot be told.
func (r *request) chosen() string {
	if len(r.Data.Values) != 1 {
		return ""
	}
	return r.Data.Values[0]
}
