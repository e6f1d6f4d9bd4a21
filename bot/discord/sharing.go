package discord

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/picture"
	"pentimento/recipe"
	"pentimento/session"
	"pentimento/session/recipefile"
)

// copyLifetime is how long a picture is shared that is copied at once.
const copyLifetime = time.Minute

// share shares the head.
func (b *Bot) share(ctx context.Context, i *interaction) {
	b.shareTurn(ctx, i, sessionKey(i.by().ID, i.ChannelID), 0)
}

// shareTurn writes the way to a turn as a filmstrip and a GIF, with the code
// for /fork, and opens a thread about it where that is possible.
func (b *Bot) shareTurn(ctx context.Context, i *interaction, key session.Key, id int) {
	t := b.turnOf(i)
	t.key, t.said, t.quick = key, "share", true
	t.do = func(ctx context.Context, c *bot.Conversation, _ bot.Request) (content, error) {
		frames, s, err := pathFrames(ctx, c, id)
		if err != nil {
			return content{}, err
		}
		if id == 0 {
			id = s.Head
		}
		shown := shownIn(frames)
		strip, err := fitting(frames, maxFile, contactSheet)
		if err != nil {
			return content{}, err
		}
		film, err := fitting(frames, maxFile, picture.Animate)
		if err != nil {
			return content{}, err
		}
		code, err := b.o.Store.Share(ctx, key, id, session.ShareLifetime)
		if err != nil {
			return content{}, err
		}
		return content{
			text:  fmt.Sprintf("**%s** shares %s for %d days. Continue from here with `/%s code:%s`", escape(cut(t.speaker.name(), 40)), plural(len(frames), "picture"), session.ShareDays, b.shown(forkCommand), code),
			files: []upload{{b.fileName(ctx, "filmstrip.png", shown...), strip}, {b.fileName(ctx, "animation.gif", shown...), film}},
		}, nil
	}
	if b.canOpenThread(i) {
		t.after = func(ctx context.Context, messageID string) {
			if _, err := b.api.openThread(ctx, i.ChannelID, messageID, "Shared by "+cut(t.speaker.name(), 60)); err != nil {
				b.log.Info("no thread for what is shared", "error", err)
			}
		}
	}
	b.take(ctx, i, t, false)
}

func (b *Bot) canOpenThread(i *interaction) bool {
	return i.GuildID != "" && i.Channel.Type == guildText && i.installed() && i.may(createThreads|sendMessages)
}

// shown is the name that a command has for users.
func (b *Bot) shown(name string) string {
	if to, ok := b.o.Rename[name]; ok {
		return to
	}
	return name
}

// fork continues from what somebody shared.
func (b *Bot) fork(ctx context.Context, i *interaction) {
	code := strings.Trim(strings.TrimSpace(i.option("code")), "`")
	t := b.turnOf(i)
	t.quick, t.asked.Allow = true, b.o.Policy.allows
	b.answering(t, "fork", func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		a, err := c.Fork(ctx, r, code)
		if errors.Is(err, session.ErrNoSuchShare) {
			err = refusal("Nothing is shared under that code, or not any more.")
		}
		return a, err
	})
	b.take(ctx, i, t, false)
}

// copyTurn copies a picture and the way to it into another session, and returns
// the copy's turn.
func (b *Bot) copyTurn(ctx context.Context, from session.Key, turnID int, to session.Key, event string) (int, error) {
	code, err := b.o.Store.Share(ctx, from, turnID, copyLifetime)
	if err != nil {
		return 0, err
	}
	s, err := b.conversation(to).Copy(ctx, bot.Request{Event: event, Allow: b.o.Policy.allows}, code)
	if err := errors.Join(err, b.o.Store.Revoke(context.WithoutCancel(ctx), from.User, code)); err != nil {
		return 0, err
	}
	return s.Head, nil
}

// export gives the picture and its recipe as files.
func (b *Bot) export(ctx context.Context, i *interaction) {
	key := sessionKey(i.by().ID, i.ChannelID)
	s, err := b.glance(ctx, key)
	if err == nil && s.Head == 0 {
		err = bot.ErrNothingDrawn
	}
	if err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	b.hand(ctx, i, key, s.Head)
}

// recipe gives the picture in a message and its recipe as files.
func (b *Bot) recipe(ctx context.Context, i *interaction) {
	_, h, ok := b.targeted(ctx, i)
	if !ok {
		return
	}
	b.hand(ctx, i, sessionKey(snowflakeText(h.Owner), snowflakeText(h.Place)), int(h.Turn))
}

// hand gives the user alone a picture as /import reads it, in both ways. It may
// have to be drawn again, which can take longer than an answer may.
func (b *Bot) hand(ctx context.Context, i *interaction, key session.Key, id int) {
	waiting := &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseDeferredChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral},
	}
	if !b.answer(ctx, i, waiting) {
		return
	}
	out, err := b.files(ctx, i, key, id)
	if err != nil {
		out = content{text: b.sentence(err)}
	}
	if _, err := b.api.editOriginal(ctx, i, out); err != nil {
		b.log.Warn("a recipe cannot be given", "error", err)
	}
}

// files are a picture with its recipe, and what they say in a few words.
func (b *Bot) files(ctx context.Context, i *interaction, key session.Key, id int) (content, error) {
	e, err := b.conversation(key).Export(ctx, bot.Request{Author: i.by().ID, Event: i.ID, Turn: id})
	if err != nil {
		return content{}, err
	}
	t := e.Turn
	out := content{
		text: cut(fmt.Sprintf("**%s**\nturn %d · seed %d · %d steps · guidance %g · model %.12s\nBoth files hold the recipe: `/%s` draws the picture again from either.",
			escape(cut(t.Recipe.Prompt, 1400)), t.ID, t.Settings.Seed, t.Settings.Steps, t.Settings.Guidance, t.Settings.Model, b.shown(importCommand)), maxContent),
		files: []upload{{b.fileName(ctx, fmt.Sprintf("turn-%d.png", t.ID), e.PNG), e.PNG}, {fmt.Sprintf("turn-%d.json", t.ID), e.JSON}},
	}
	return out, nil
}

// maxImport is how large a file to import may be. A PNG of a picture has less
// than a tenth of it.
const maxImport = 10 << 20

// maxImportTurns is how many turns an imported recipe may have: all of them are
// drawn at once.
const maxImportTurns = 30

// importFile draws the picture of a file that /export gave.
func (b *Bot) importFile(ctx context.Context, i *interaction) {
	file, ok := i.Data.Resolved.Attachments[i.option("file")]
	switch {
	case !ok:
		b.tell(ctx, i, "I can't see that file; attach it again.")
		return
	case file.Size > maxImport:
		b.refused(i.by().ID, "a file that is too large")
		b.tell(ctx, i, b.sentence(errFileTooLarge))
		return
	}
	t := b.turnOf(i)
	b.answering(t, "import "+cut(file.Filename, 60), func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		data, err := b.api.download(ctx, file.URL, maxImport)
		if err != nil {
			return nil, err
		}
		document, err := recipefile.Read(data)
		if err != nil {
			b.refused(t.speaker.ID, "a file that cannot be imported")
			return nil, err
		}
		if err := affordable(document.Recipe); err != nil {
			return nil, err
		}
		return c.ImportDocument(ctx, r, document)
	})
	b.take(ctx, i, t, false)
}

// affordable refuses a recipe that would take everybody's time.
func affordable(r recipe.Recipe) error {
	if len(r.Turns) > maxImportTurns || r.Settings.Steps > maxSteps {
		return refusal(fmt.Sprintf("That recipe has %s of %d steps; I draw up to %d turns of up to %d steps.",
			plural(len(r.Turns), "turn"), r.Settings.Steps, maxImportTurns, maxSteps))
	}
	return nil
}

// deleteMessage deletes a message of the bot for the owner of its picture.
func (b *Bot) deleteMessage(ctx context.Context, i *interaction) {
	id, h, ok := b.targeted(ctx, i)
	switch {
	case !ok:
	case h.Owner != snowflake(i.by().ID):
		b.tell(ctx, i, "That picture belongs to somebody else; only they can delete it.")
	default:
		text := "Deleted. The turn is still in your /" + b.shown(historyCommand) + "; /" + b.shown(forgetCommand) + " deletes all."
		if err := b.api.remove(ctx, i.ChannelID, id); err != nil {
			text = b.sentence(err)
		}
		b.tell(ctx, i, text)
	}
}
