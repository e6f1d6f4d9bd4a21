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
	"pentimento/session"
)

// heating is a turn that shows where a word acts.
func (b *Bot) heating(t *turn, word string) {
	t.said = "attention of " + word
	t.do = func(ctx context.Context, c *bot.Conversation, r bot.Request) (content, error) {
		heat, err := c.Attention(ctx, r, word)
		if err != nil {
			return content{}, err
		}
		overlay, err := picture.Heat(heat.PNG, heat.Map, heat.Width, heat.Height, heat.Word)
		if err != nil {
			return content{}, err
		}
		return content{
			text:  fmt.Sprintf("attention of **%s** in turn %d", escape(heat.Word), heat.Turn.ID),
			files: []upload{{b.fileName(ctx, "attention.png", heat.PNG), overlay}},
		}, nil
	}
}

// page is a turn that shows the session in some way, without drawing.
func (b *Bot) page(ctx context.Context, i *interaction, said string, make func(context.Context, *bot.Conversation) (content, error)) {
	t := b.turnOf(i)
	t.said, t.quick = said, true
	t.do = func(ctx context.Context, c *bot.Conversation, _ bot.Request) (content, error) {
		return make(ctx, c)
	}
	b.take(ctx, i, t, false)
}

// history shows all turns as a tree, with thumbnails.
func (b *Bot) history(ctx context.Context, i *interaction) {
	b.page(ctx, i, "history", func(ctx context.Context, c *bot.Conversation) (content, error) {
		s, err := c.Session(ctx)
		if err != nil {
			return content{}, err
		}
		if s.Head == 0 {
			return content{}, bot.ErrNothingDrawn
		}
		turns := s.Turns[max(0, len(s.Turns)-maxThumbnails):]
		frames, err := framesOf(ctx, c, s, turns, func(t session.Turn) string { return fmt.Sprintf("%d: %s", t.ID, describe(t)) })
		if err != nil {
			return content{}, err
		}
		sheet, err := fitting(frames, maxFile, contactSheet)
		if err != nil {
			return content{}, err
		}
		return content{text: cut(tree(s), maxContent), files: []upload{{b.fileName(ctx, "history.png", shownIn(frames)...), sheet}}}, nil
	})
}

// maxThumbnails is how many pictures a history shows.
const maxThumbnails = 25

// tree draws the session's turns, each below the one it edits.
func tree(s *session.Session) string {
	var out strings.Builder
	var walk func(turns []session.Turn, depth int)
	walk = func(turns []session.Turn, depth int) {
		for _, t := range turns {
			mark := ""
			if t.ID == s.Head {
				mark = "  ← here"
			}
			fmt.Fprintf(&out, "%s%d  %s%s\n", strings.Repeat("  ", min(depth, 20)), t.ID, strings.ReplaceAll(cut(describe(t), 60), "`", "'"), mark)
			walk(s.Children(t.ID), depth+1)
		}
	}
	walk(s.Roots(), 0)
	const room = maxContent - 20
	text := out.String()
	if len(text) > room {
		text = "…\n" + text[len(text)-room:]
	}
	return "```\n" + strings.ToValidUTF8(text, "") + "```"
}

// framesOf are the pictures of turns, with labels.
func framesOf(ctx context.Context, c *bot.Conversation, s *session.Session, turns []session.Turn, label func(session.Turn) string) ([]picture.Frame, error) {
	var frames []picture.Frame
	for _, t := range turns {
		data, err := c.Picture(ctx, s, t.ID)
		if errors.Is(err, errUnsafe) && len(turns) > 1 {
			continue // one of before there was a checker
		}
		if err != nil {
			return nil, err
		}
		frames = append(frames, picture.Frame{PNG: data, Label: label(t)})
	}
	if len(frames) == 0 {
		return nil, errUnsafe
	}
	return frames, nil
}

// contactSheet is a page of frames, five to a row.
func contactSheet(frames []picture.Frame) ([]byte, error) { return picture.Sheet(frames, 5) }

// maxFile is how long a file may be that Discord takes everywhere.
const maxFile = 10 << 20

// fitting makes a file of at most that many bytes of the frames, of smaller ones
// if need be.
func fitting(frames []picture.Frame, most int, make func([]picture.Frame) ([]byte, error)) ([]byte, error) {
	for range 4 {
		data, err := make(frames)
		if err != nil || len(data) <= most {
			return data, err
		}
		if frames, err = halved(frames); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%d pictures do not fit into %d bytes", len(frames), most)
}

// halved are the frames with pictures half as wide and high.
func halved(frames []picture.Frame) ([]picture.Frame, error) {
	out := make([]picture.Frame, len(frames))
	for i, f := range frames {
		full, err := picture.Decode(f.PNG)
		if err != nil {
			return nil, fmt.Errorf("make a picture smaller: %w", err)
		}
		data, err := picture.Encode(picture.Halve(full))
		if err != nil {
			return nil, fmt.Errorf("make a picture smaller: %w", err)
		}
		out[i] = picture.Frame{PNG: data, Label: f.Label}
	}
	return out, nil
}

// shownIn are the pictures of frames.
func shownIn(frames []picture.Frame) [][]byte {
	var out [][]byte
	for _, f := range frames {
		out = append(out, f.PNG)
	}
	return out
}

// pathFrames are the pictures on the way to a turn; 0 means the head.
func pathFrames(ctx context.Context, c *bot.Conversation, id int) ([]picture.Frame, *session.Session, error) {
	s, err := c.Session(ctx)
	if err != nil {
		return nil, nil, err
	}
	if s.Head == 0 {
		return nil, nil, bot.ErrNothingDrawn
	}
	if id == 0 {
		id = s.Head
	}
	path, err := s.Path(id)
	if err != nil {
		return nil, nil, err
	}
	frames, err := framesOf(ctx, c, s, path[max(0, len(path)-maxThumbnails):], describe)
	return frames, s, err
}

// animate makes a GIF of the way to the picture.
func (b *Bot) animate(ctx context.Context, i *interaction) {
	b.page(ctx, i, "animate", func(ctx context.Context, c *bot.Conversation) (content, error) {
		frames, _, err := pathFrames(ctx, c, 0)
		if err != nil {
			return content{}, err
		}
		film, err := fitting(frames, maxFile, picture.Animate)
		if err != nil {
			return content{}, err
		}
		return content{text: plural(len(frames), "picture"), files: []upload{{b.fileName(ctx, "animation.gif", shownIn(frames)...), film}}}, nil
	})
}

// settings shows or changes how pictures are drawn.
func (b *Bot) settings(ctx context.Context, i *interaction) {
	key := sessionKey(i.by().ID, i.ChannelID)
	o := b.state.options(key.User, key.Place, b.o.Defaults)
	name, value := i.option("name"), i.option("value")
	if name != "" {
		if value == "" {
			value = "auto"
		}
		if err := o.Set(name, value); err != nil {
			b.tell(ctx, i, capital(escape(err.Error()))+".")
			return
		}
		if o.Steps > maxSteps {
			b.tell(ctx, i, b.sentence(errTooManySteps))
			return
		}
		if err := b.state.setOptions(key.User, key.Place, o); err != nil {
			b.tell(ctx, i, b.sentence(err))
			return
		}
	}
	b.tell(ctx, i, "```\n"+o.String()+"```")
}

// maxSteps keeps one user's picture from taking everybody's time.
const maxSteps = 100

var errTooManySteps = refusal(fmt.Sprintf("I draw with up to %d steps here.", maxSteps))

// forget asks before it deletes what is kept about the user.
func (b *Bot) forget(ctx context.Context, i *interaction) {
	h := handle{Owner: snowflake(i.by().ID)}
	yes, no := h, h
	yes.Verb, no.Verb = verbForget, verbKeep
	b.show(ctx, i, content{
		text:    "Delete all your sessions, pictures, settings and what you shared? Messages that are already in channels stay; delete those in Discord.",
		private: true,
		rows:    row1(b.button("Delete it all", discordgo.DangerButton, yes), b.button("Keep it", discordgo.SecondaryButton, no)),
	})
}

func (b *Bot) forgetNow(ctx context.Context, i *interaction) {
	// Deleting may take longer than an answer may.
	if !b.replace(ctx, i, "Deleting …") {
		return
	}
	text := "Deleted. I know nothing about you any more."
	if err := b.erase(ctx, i.by().ID); err != nil {
		text = b.sentence(err)
	}
	if _, err := b.api.editOriginal(ctx, i, content{text: text}); err != nil {
		b.log.Warn("a deletion is not reported", "error", err)
	}
}

// erase removes what is kept about a user, after stopping their turns.
func (b *Bot) erase(ctx context.Context, userID string) error {
	b.mu.Lock()
	var stopped []*turn
	for _, t := range b.turns {
		if t.key.User == userID || t.speaker.ID == userID {
			t.cancel(errCancelled)
			stopped = append(stopped, t)
		}
	}
	b.mu.Unlock()
	// One that came too late to be stopped is still being kept.
	for _, t := range stopped {
		select {
		case <-t.ended:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.Join(b.o.Queue.Forget(ctx, userID), b.o.Store.Forget(ctx, userID), b.state.forget(userID))
}

func (b *Bot) help(ctx context.Context, i *interaction) {
	b.tell(ctx, i, fmt.Sprintf(`**Say what you would like to see, then what to change about it.** It stays the same picture.
`+"`/%s a woman's face with blond hair`"+` starts one. Then, in its thread or in a reply to it: *make her hair red*, *a bit curlier*, *add glasses*, *no, undo the glasses*.
A reply to an older picture goes on from there. A reply to somebody else's picture continues it as your own.
`+"`/%s`"+` goes back, `+"`/%s`"+` shows all turns, `+"`/%s`"+` where a word acts, `+"`/%s`"+` lets others continue, `+"`/%s`"+` deletes what I keep about you.
I keep what you say and the pictures, to go back and forth in them, until you delete them.`,
		b.shown(imagineCommand), b.shown(revertCommand), b.shown(historyCommand), b.shown(attentionCommand), b.shown(shareCommand), b.shown(forgetCommand)))
}

// admin carries out what those who run the bot ask for.
func (b *Bot) admin(ctx context.Context, i *interaction) {
	b.mu.Lock()
	known := false
	for _, id := range b.admins {
		known = known || id == i.by().ID
	}
	b.mu.Unlock()
	if !known || len(i.Data.Options) == 0 {
		b.tell(ctx, i, "Only those who run this bot can do that.")
		return
	}
	what := i.Data.Options[0]
	text, err := b.administer(ctx, what.Name, optionNamed(what.Options, "user"))
	if err != nil {
		text = b.sentence(err)
	}
	b.log.Info("an admin acted", "admin", i.by().ID, "action", what.Name)
	b.tell(ctx, i, text)
}

func (b *Bot) administer(ctx context.Context, action, userID string) (string, error) {
	if action != "stats" && action != "drain" && snowflake(userID) == 0 {
		return "Say who.", nil
	}
	switch action {
	case "block":
		return "Blocked.", b.state.put(bucketBlocked, userID, []byte{1})
	case "unblock":
		return "Admitted again.", b.state.remove(bucketBlocked, userID)
	case "reset":
		return "Everything about them is deleted, and today's count.", errors.Join(b.erase(ctx, userID), b.state.remove(bucketUsage, userID))
	case "drain":
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.draining = !b.draining; b.draining {
			return "I take no new pictures until you drain again or restart me.", nil
		}
		return "I take new pictures again.", nil
	case "stats":
		line, err := b.o.Queue.Stats(ctx)
		pictures, people := b.state.drawn(b.today())
		return fmt.Sprintf("up %s · %d waiting, %d being drawn by %s · today %d pictures counted by %d people",
			b.o.Clock.Now().Sub(b.began).Round(time.Second), line.Waiting, line.Running, plural(line.Workers, "worker"), pictures, people), err
	}
	return "I don't know that.", nil
}
