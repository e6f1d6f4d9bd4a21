package discord

import (
	"context"
	"errors"
	"log/slog"

	"pentimento/bot/discord/object"
	"pentimento/bot/discord/state"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
	"pentimento/jobs"
	"pentimento/session"
)

// An eraser removes what is kept about people.
type eraser struct {
	running *turn.Running
	queue   jobs.Queue
	store   session.Store
	state   *state.State
}

// erase removes what is kept about a user, after stopping their turns.
func (e eraser) erase(ctx context.Context, userID string) error {
	if err := e.running.CancelAll(ctx, userID); err != nil {
		return err
	}
	return errors.Join(e.queue.Forget(ctx, userID), e.store.Forget(ctx, userID), e.state.Forget(userID))
}

// forgetting handles /forget and its buttons.
type forgetting struct {
	eraser eraser
	style  view.Style
	report *turn.Report
	log    *slog.Logger
}

// ask asks before what is kept about the user is deleted.
func (h *forgetting) ask(ctx context.Context, r *request) (*turn.Turn, error) {
	r.show(ctx, view.AskForget(h.style, r.By().ID))
	return nil, nil
}

// forget deletes it.
func (h *forgetting) forget(ctx context.Context, r *request) (*turn.Turn, error) {
	// Deleting may take longer than an answer may.
	if !r.replace(ctx, "Deleting …") {
		return nil, nil
	}
	text := "Deleted. I know nothing about you any more."
	if err := h.eraser.erase(ctx, r.By().ID); err != nil {
		text = h.report.Sentence(err)
	}
	if err := r.complete(ctx, object.Content{Text: text}); err != nil {
		h.log.Warn("a deletion is not reported", "error", err)
	}
	return nil, nil
}

// keep leaves everything as it is.
func (h *forgetting) keep(ctx context.Context, r *request) (*turn.Turn, error) {
	r.replace(ctx, "Nothing was changed.")
	return nil, nil
}
