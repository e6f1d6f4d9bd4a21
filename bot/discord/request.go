package discord

import (
	"context"
	"log/slog"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// A request is an interaction as its handler answers it.
type request struct {
	*object.Interaction
	// command is the command that was given, handle that of the component or modal
	// that was used.
	command bot.Command
	handle  view.Handle

	api      *rest.Client
	delivery turn.Delivery
	log      *slog.Logger
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
		_, err = r.api.Post(ctx, r.ChannelID, "", view.Undelivered())
	}
	if err != nil {
		r.log.Warn("an interaction stays without an answer", "error", err)
	}
	return false
}

// show answers with a message.
func (r *request) show(ctx context.Context, c object.Content) bool {
	return r.answered(ctx, r.api.Show(ctx, r.Interaction, c))
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

// tell answers with a sentence for the user alone.
func (r *request) tell(ctx context.Context, text string) bool {
	return r.show(ctx, object.Content{Text: view.Cut(text, view.MaxContent), Private: true})
}

// thumbnails is how many pictures a message about several turns shows.
const thumbnails = 25

// turn is a turn in the session that the user has where the interaction is.
func (r *request) turn() *turn.Turn {
	return &turn.Turn{
		Speaker: r.By(), Roles: r.Roles(), Key: view.SessionKey(r.By().ID, r.ChannelID),
		Request: bot.Request{Author: r.By().ID, Event: r.ID, Thumbnails: thumbnails},
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
