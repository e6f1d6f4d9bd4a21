package discord

import (
	"context"
	"errors"
	"log/slog"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// sharing handles what gives pictures to others, and takes theirs.
type sharing struct {
	table         []bot.Command
	style         view.Style
	conversations *turn.Conversations
	runner        *turn.Runner
	report        *turn.Report
	log           *slog.Logger
}

// share shares the head.
func (h *sharing) share(_ context.Context, r *request) (*turn.Turn, error) {
	return h.inThread(r, r.turn())
}

// sharePressed shares the picture whose button was pressed.
func (h *sharing) sharePressed(_ context.Context, r *request) (*turn.Turn, error) {
	return h.inThread(r, r.pressed())
}

// inThread shares what the turn is about, and opens a thread about it where that
// is possible.
func (h *sharing) inThread(r *request, t *turn.Turn) (*turn.Turn, error) {
	if r.Installed() && r.MayOpenThread(object.SendMessages) {
		t.After = func(ctx context.Context, messageID string) {
			if _, err := r.api.OpenThread(ctx, r.ChannelID, messageID, "Shared by "+view.Cut(t.Speaker.Name(), 60)); err != nil {
				h.log.Info("no thread for what is shared", "error", err)
			}
		}
	}
	share, _ := bot.Named(h.table, "share")
	return command(t, share, nil)
}

// export gives the picture at the head and its recipe as files.
func (h *sharing) export(ctx context.Context, r *request) (*turn.Turn, error) {
	return nil, h.hand(ctx, r, r.turn())
}

// recipe gives the picture in a message and its recipe as files.
func (h *sharing) recipe(ctx context.Context, r *request) (*turn.Turn, error) {
	_, shown, err := targeted(h.style.Signer, r)
	if err != nil {
		return nil, err
	}
	if !shown.OwnedBy(r.By().ID) {
		looking, cancel := context.WithTimeout(ctx, looking)
		defer cancel()
		s, err := h.conversations.Pattern.Store.Load(looking, shown.Key())
		if err == nil {
			err = forOthers(s, shown)
		}
		if err != nil {
			return nil, err
		}
	}
	r.handle = shown
	return nil, h.hand(ctx, r, r.pressed())
}

// hand gives the user alone the picture that the turn is about, as /import reads
// it, in both ways. It may have to be drawn again, which can take longer than an
// answer may.
func (h *sharing) hand(ctx context.Context, r *request, t *turn.Turn) error {
	t.Said, t.Quick, t.Surface = "export", true, turn.InAnswer(r.api, r.Interaction)
	if err := h.runner.Note(t); err != nil {
		return err
	}
	if !r.wait(ctx, true) {
		h.runner.Settle(t)
		return nil
	}
	out, err := h.files(ctx, t)
	if err != nil {
		out = object.Content{Text: h.report.Sentence(err)}
	}
	if err := r.complete(ctx, out); err != nil {
		h.log.Warn("a recipe cannot be given", "error", err)
		return nil
	}
	h.runner.Settle(t)
	return nil
}

// files are the picture that the turn is about, with its recipe.
func (h *sharing) files(ctx context.Context, t *turn.Turn) (object.Content, error) {
	export, _ := bot.Named(h.table, "export")
	if _, err := command(t, export, nil); err != nil {
		return object.Content{}, err
	}
	a, err := t.Do(ctx, h.conversations.Open(t.Key), t.Request)
	if err != nil {
		return object.Content{}, err
	}
	return view.Answer(h.style, view.Turn{Said: t.Said, Speaker: t.Speaker, Key: t.Key}, a)
}

// importFile draws the picture of a file that /export gave.
func (h *sharing) importFile(_ context.Context, r *request) (*turn.Turn, error) {
	do := r.command.Do
	r.command.Do = func(ctx context.Context, c *bot.Conversation, in bot.Input) (*bot.Answer, error) {
		a, err := do(ctx, c, in)
		if isNoRecipe(err) {
			h.report.Refused(r.By().ID, "a file that cannot be imported")
		}
		return a, err
	}
	t, err := withFile(r)
	if errors.Is(err, errFileTooLarge) {
		h.report.Refused(r.By().ID, "a file that is too large")
	}
	if err == nil {
		t.Request.AllowImport = bot.Affordable
	}
	return t, err
}

// isNoRecipe reports whether a file could not be read as a recipe.
func isNoRecipe(err error) bool {
	for _, known := range []error{recipefile.ErrNoRecipe, recipefile.ErrNewer, recipefile.ErrInvalid, recipefile.ErrTooLarge} {
		if errors.Is(err, known) {
			return true
		}
	}
	return false
}

// remove deletes a message of the bot for the owner of its picture.
func (h *sharing) remove(ctx context.Context, r *request) (*turn.Turn, error) {
	id, shown, err := targeted(h.style.Signer, r)
	if err != nil {
		return nil, err
	}
	if !shown.OwnedBy(r.By().ID) {
		return nil, bot.Problemf(bot.Invalid, "that picture belongs to somebody else; only they can delete it")
	}
	if err := r.api.Remove(ctx, r.ChannelID, id); err != nil {
		return nil, err
	}
	_, err = h.conversations.Pattern.Store.Update(ctx, shown.Key(), func(s *session.Session) error {
		if (bot.Request{Turn: int(shown.Turn), Identity: &shown.Identity}).About(s) != nil {
			return nil // it is not kept any more
		}
		return s.Withdraw(int(shown.Turn))
	})
	if err != nil {
		return nil, err
	}
	r.tell(ctx, "Deleted. The turn is still in your /"+h.style.Command("history")+"; /"+h.style.Command("forget")+" deletes all.")
	return nil, nil
}
