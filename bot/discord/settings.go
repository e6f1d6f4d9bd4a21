package discord

import (
	"context"

	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// settings handles /settings.
type settings struct{ conversations *turn.Conversations }

// set shows or changes how pictures are drawn, to the user alone.
func (h *settings) set(ctx context.Context, r *request) (*turn.Turn, error) {
	t, arguments := r.turn(), r.arguments()
	if arguments["name"] != "" && arguments["value"] == "" {
		arguments["value"] = "auto"
	}
	if _, err := command(t, r.command, arguments); err != nil {
		return nil, err
	}
	c := h.conversations.Open(t.Key)
	before := *c
	a, err := t.Do(ctx, c, t.Request)
	if err == nil {
		err = h.conversations.KeepOptions(&before, c)
	}
	if err != nil {
		return nil, err
	}
	out, err := view.Answer(view.Style{}, view.Turn{}, a)
	if err == nil {
		r.tell(ctx, out.Text)
	}
	return nil, err
}
