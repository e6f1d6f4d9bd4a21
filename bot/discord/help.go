package discord

import (
	"context"

	"pentimento/bot"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// help handles /help.
type help struct {
	table []bot.Command
	style view.Style
}

// show tells the user alone what the bot can do.
func (h *help) show(ctx context.Context, r *request) (*turn.Turn, error) {
	r.tell(ctx, view.Help(h.style, h.table))
	return nil, nil
}
