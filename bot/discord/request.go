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

	api *rest.Client
	log *slog.Logger
}

// answered reports whether the first answer to the interaction was given, and logs
// the error if it was not.
func (r *request) answered(err error) bool {
	if err != nil {
		r.log.Warn("an interaction was not answered", "error", err)
	}
	return err == nil
}

// show answers with a message.
func (r *request) show(ctx context.Context, c object.Content) bool {
	return r.answered(r.api.Show(ctx, r.Interaction, c))
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
	t.Key, t.Request.Turn = r.handle.Key(), int(r.handle.Turn)
	return t
}

// chosen is what was chosen in a select; empty if that cannot be told.
func (r *request) chosen() string {
	if len(r.Data.Values) != 1 {
		return ""
	}
	return r.Data.Values[0]
}
