package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// operators handles /admin.
type operators struct {
	identity *identity
	eraser   eraser
	state    *state.State
	quota    turn.Quota
	began    time.Time
	log      *slog.Logger
}

// act carries out what those who run the bot ask for.
func (h *operators) act(ctx context.Context, r *request) (*turn.Turn, error) {
	if !slices.Contains(h.identity.operators(), r.By().ID) || len(r.Data.Options) == 0 {
		return nil, bot.Problemf(bot.Invalid, "only those who run this bot can do that")
	}
	what := r.Data.Options[0]
	text, err := h.administer(ctx, what.Name, what.Options.Text("user"))
	h.log.Info("an admin acted", "admin", r.By().ID, "action", what.Name)
	if err == nil {
		r.tell(ctx, text)
	}
	return nil, err
}

func (h *operators) administer(ctx context.Context, action, userID string) (string, error) {
	if action != "stats" && action != "drain" && view.Snowflake(userID) == 0 {
		return "Say who.", nil
	}
	switch action {
	case "block":
		return "Blocked.", h.state.SetBlocked(userID, true)
	case "unblock":
		return "Admitted again.", h.state.SetBlocked(userID, false)
	case "reset":
		return "Everything about them is deleted, and today's count.", errors.Join(h.eraser.erase(ctx, userID), h.state.ForgetUsage(userID, h.quota.Today()))
	case "drain":
		if h.eraser.running.ToggleDraining() {
			return "I take no new pictures until you drain again or restart me.", nil
		}
		return "I take new pictures again.", nil
	case "stats":
		line, err := h.eraser.queue.Stats(ctx)
		pictures, persons := h.state.Drawn(h.quota.Today())
		return fmt.Sprintf("up %s · %d waiting, %d being drawn by %s · today %s by %s",
			h.quota.Now().Sub(h.began).Round(time.Second), line.Waiting, line.Running, bot.Plural(line.Workers, "worker"), bot.Plural(pictures, "picture"), bot.Plural(persons, "person")), err
	}
	return "I don't know that.", nil
}
