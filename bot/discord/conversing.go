package discord

import (
	"context"
	"strconv"
	"strings"
	"time"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
	"pentimento/session"
)

// maxPrompt is how long a prompt or request may be.
const maxPrompt = 1000

// conversing handles what asks something of a conversation: commands, and the
// buttons and forms of pictures.
type conversing struct {
	table   []bot.Command
	style   view.Style
	store   session.Store
	copies  copier
	running *turn.Running
}

// command makes the turn one that carries out a command with the arguments.
func command(t *turn.Turn, c bot.Command, arguments map[string]string) (*turn.Turn, error) {
	in, err := c.Read(t.Request, arguments)
	if err != nil {
		return nil, err
	}
	t.Said, t.Quick, t.Pages = c.Name, !c.Draws, c.Pages
	if c.Said != nil {
		t.Said = c.Said(in)
	}
	t.Do = func(ctx context.Context, talk *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		in.Request = r
		return c.Do(ctx, talk, in)
	}
	return t, nil
}

// command makes the turn one that carries out the command with that name.
func (h *conversing) command(t *turn.Turn, name string, arguments map[string]string) (*turn.Turn, error) {
	c, _ := bot.Named(h.table, name)
	return command(t, c, arguments)
}

// arguments are those of a command, by name.
func (r *request) arguments() map[string]string {
	out := map[string]string{}
	for _, a := range r.command.Arguments {
		text := object.Spoken(r.Data.Options.Text(a.Name), nil)
		if a.Longest > 0 {
			text = view.Cut(text, a.Longest)
		}
		if a.Kind == bot.Code {
			text = strings.Trim(strings.TrimSpace(text), "`") // as it is shown
		}
		out[a.Name] = text
	}
	return out
}

// fromTable does what the table says of a command.
func (h *conversing) fromTable(_ context.Context, r *request) (*turn.Turn, error) {
	return withFile(r)
}

// imagine does so in a session of its own.
func (h *conversing) imagine(ctx context.Context, r *request) (*turn.Turn, error) {
	t, err := h.fromTable(ctx, r)
	if err == nil {
		t.Fresh = true
	}
	return t, err
}

func (h *conversing) undo(_ context.Context, r *request) (*turn.Turn, error) {
	return h.command(r.pressed(), "revert", nil)
}

func (h *conversing) redo(_ context.Context, r *request) (*turn.Turn, error) {
	return h.command(r.pressed(), "redo", nil)
}

// weigh makes a word of the picture stronger or weaker.
func (h *conversing) weigh(_ context.Context, r *request) (*turn.Turn, error) {
	factor, word, _ := strings.Cut(r.chosen(), " ")
	return h.command(r.pressed(), "weight", map[string]string{"word": word, "factor": factor})
}

// heat shows where the chosen word acts.
func (h *conversing) heat(_ context.Context, r *request) (*turn.Turn, error) {
	return h.command(r.pressed(), "attention", map[string]string{"word": r.chosen()})
}

// looking is how long may be taken to find out what to offer somebody who types.
const looking = time.Second

// glanceAt reads the turn whose component was used.
func (h *conversing) glanceAt(ctx context.Context, r *request) (session.Turn, error) {
	s, err := h.store.Load(ctx, r.handle.Key())
	if err != nil {
		return session.Turn{}, err
	}
	if err := r.pressed().Request.About(s); err != nil {
		return session.Turn{}, err
	}
	return s.Turn(int(r.handle.Turn))
}

// askWord asks whose attention is to be shown.
func (h *conversing) askWord(ctx context.Context, r *request) (*turn.Turn, error) {
	one, err := h.glanceAt(ctx, r)
	if err != nil {
		return nil, err
	}
	question, ok := view.AskWord(h.style, r.handle, one)
	if !ok {
		return nil, bot.Problemf(bot.NotFound, "this picture has no words to look at")
	}
	r.show(ctx, question)
	return nil, nil
}

// askRedraw asks before a picture is drawn with another seed.
func (h *conversing) askRedraw(ctx context.Context, r *request) (*turn.Turn, error) {
	r.show(ctx, view.AskRedraw(h.style, r.handle))
	return nil, nil
}

// redraw draws the prompt of a turn as a new picture.
func (h *conversing) redraw(ctx context.Context, r *request) (*turn.Turn, error) {
	one, err := h.glanceAt(ctx, r)
	if err != nil {
		return nil, err
	}
	t := r.pressed()
	t.Said = one.Recipe.Prompt
	t.Do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		// Not the seed that is set, which gave this picture.
		seed := c.Options.Seed
		c.Options.Seed = nil
		defer func() { c.Options.Seed = seed }()
		return c.Imagine(ctx, r, one.Recipe.Prompt, c.WishesOf(one))
	}
	return t, nil
}

// cancel stops the turn that the message waits for. If there is not one any more,
// the user is told so.
func (h *conversing) cancel(ctx context.Context, r *request) (*turn.Turn, error) {
	if r.Message == nil || !h.running.Cancel(r.Message.ID, r.By().ID) {
		return nil, bot.Problemf(bot.NotFound, "there is nothing to cancel any more: it was drawn, or stopped before")
	}
	r.acknowledge(ctx)
	return nil, nil
}

// choose says the label of the pressed button, which answers a question.
func (h *conversing) choose(_ context.Context, r *request) (*turn.Turn, error) {
	said := ""
	if r.Message != nil {
		r.Message.Components.Each(func(c object.Component) {
			if c.CustomID == r.Data.CustomID {
				said = c.Label
			}
		})
	}
	if said == "" {
		return nil, bot.Problemf(bot.Invalid, "I can't read that button any more; type your answer instead")
	}
	return h.command(r.pressed(), "edit", map[string]string{"request": said})
}

// take takes the variation that the button stands for.
func (h *conversing) take(_ context.Context, r *request) (*turn.Turn, error) {
	return h.command(r.pressed(), "take", map[string]string{"number": strconv.Itoa(int(r.handle.Index) + 1)})
}

// askRequest opens a modal to say what should change in a picture of the bot's. Any
// other picture it opens.
func (h *conversing) askRequest(ctx context.Context, r *request) (*turn.Turn, error) {
	_, shown, err := targeted(h.style.Signer, r)
	if files := r.Data.Resolved.Messages[r.Data.TargetID].Attachments; err != nil {
		if _, _, ok := pictureIn(files); !ok {
			return nil, bot.Problemf(bot.NotFound, "that message has no picture that I could edit: a PNG, JPEG, GIF or WebP")
		}
		t := r.turn()
		t.Fresh = true
		return withPicture(t, r.api, files, "", (*bot.Conversation).OpenSaying)
	}
	if err == nil {
		id := h.style.Signer.Sign(shown.With(view.Edit))
		r.ask(ctx, id, "Edit this picture", view.RequestRows(maxPrompt))
	}
	return nil, err
}

// submit takes what was filled into that modal.
func (h *conversing) submit(_ context.Context, r *request) (*turn.Turn, error) {
	said := ""
	r.Data.Components.Each(func(c object.Component) {
		if c.CustomID == view.RequestField {
			said = strings.TrimSpace(object.Spoken(strings.ToValidUTF8(c.Value, "\uFFFD"), nil))
		}
	})
	if said == "" {
		return nil, errUnreadable
	}
	t := r.turn()
	h.copies.about(t, r.handle, r.ChannelID)
	return h.command(t, "edit", map[string]string{"request": view.Cut(said, maxPrompt)})
}

// complete offers what an argument may be while it is typed: words of the
// picture, or turns.
func (h *conversing) complete(ctx context.Context, r *request) (*turn.Turn, error) {
	var focused object.Option
	for _, o := range r.Data.Options {
		if o.Focused {
			focused = o
		}
	}
	soon, cancel := context.WithTimeout(ctx, looking)
	defer cancel()
	s, err := h.store.Load(soon, view.SessionKey(r.By().ID, r.ChannelID))
	if err != nil || s.Head == 0 {
		s = new(session.Session)
	}
	var argument bot.Argument
	for _, a := range r.command.Arguments {
		if a.Name == focused.Name {
			argument = a
		}
	}
	r.answered(ctx, r.api.Offer(ctx, r.Interaction, view.Completions(argument, s, focused.Text())))
	return nil, nil
}
