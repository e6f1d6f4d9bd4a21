package discord

import (
	"context"
	"log/slog"
	"strings"
	"sync"

	"pentimento/bot"
	"pentimento/bot/discord/object"
	"pentimento/bot/discord/rest"
	"pentimento/bot/discord/turn"
	"pentimento/bot/discord/view"
)

// A listener acts on messages that are said to the bot.
type listener struct {
	addressing   addressing
	edit         bot.Command // what an utterance does
	style        view.Style
	admission    *admission
	acknowledger *acknowledger
	copies       copier
	runner       *turn.Runner
	api          *rest.Client
	log          *slog.Logger

	mu     sync.Mutex
	warned map[string]bool // channels in which the missing intent was explained
}

// hear acts on a message if it is said to the bot.
func (l *listener) hear(ctx context.Context, m *object.Message, arrival *turn.Arrival) {
	defer arrival.Pass()
	self := l.addressing.identity.self()
	if m.Author.Bot || m.WebhookID != "" || m.Author.ID == self || m.Type != object.PlainMessage && m.Type != object.ReplyMessage {
		return
	}
	t := &turn.Turn{
		Speaker: m.Author, Roles: m.Roles(), Key: view.SessionKey(m.Author.ID, m.ChannelID),
		Request: bot.Request{Author: m.Author.ID, Event: m.ID},
		Surface: turn.InChannel(l.api, m.ChannelID, m.ID, m.ID), Channel: m.ChannelID, Arrival: arrival,
		Tell: func(ctx context.Context, c object.Content) error {
			_, err := l.api.Post(ctx, m.ChannelID, "", "", c)
			return err
		},
	}
	replied := l.addressing.repliedTo(ctx, m, self)
	if !l.addressing.addressed(ctx, m, self, replied, t) {
		return
	}
	if replied != nil {
		if h, ok := pictureOf(l.style.Signer, replied); ok {
			l.copies.about(t, h, m.ChannelID)
		}
	}
	asked, err := l.ask(ctx, m, self, t)
	switch {
	case err != nil:
		l.say(ctx, m, l.runner.Report.Sentence(err))
	case asked:
		l.runner.Run(ctx, t)
	}
}

// ask makes the turn one that says what the message says. It is false if the
// message asks for nothing, which is answered. The error is for the author.
func (l *listener) ask(ctx context.Context, m *object.Message, self string, t *turn.Turn) (bool, error) {
	if err := l.admission.admit(m.Author, l.admission.placeOfMessage(ctx, m)); err != nil {
		return false, err
	}
	text := utterance(m, self)
	if files, take := l.sent(m, self); take != nil {
		if _, err := withPicture(t, l.api, files, view.Cut(text, maxPrompt), take); err != nil {
			return false, err
		}
		err := l.acknowledger.refusal(t)
		return err == nil, err
	}
	switch {
	case text == "" && len(m.Attachments) > 0:
		l.say(ctx, m, "I can't open that; send a PNG, JPEG, GIF or WebP, or say in words what you would like to see. `/"+l.style.Command("import")+"` takes what `/"+l.style.Command("export")+"` gave.")
		return false, nil
	case text == "" && m.GuildID != "" && !hasMention(m, self):
		l.explainIntent(ctx, m, self)
		return false, nil
	case text == "":
		l.say(ctx, m, "Say what you would like to see, or what to change: “make her hair red”.")
		return false, nil
	}
	if _, err := command(t, l.edit, map[string]string{"request": view.Cut(text, maxPrompt)}); err != nil {
		return false, err
	}
	err := l.acknowledger.refusal(t)
	return err == nil, err
}

// sent are the files of a message in which there is a picture, and what is to be done
// with it; nil for none. In a reply to a picture of the bot's it may be that one painted
// over. A mention in a reply to somebody else's picture means that one.
func (l *listener) sent(m *object.Message, self string) ([]object.Attachment, taking) {
	replied := m.Referenced
	if _, _, ok := pictureIn(m.Attachments); ok {
		if replied != nil && replied.Author.ID == self {
			return m.Attachments, (*bot.Conversation).Receive
		}
		return m.Attachments, (*bot.Conversation).OpenSaying
	}
	if replied == nil || replied.Author.ID == self || !hasMention(m, self) {
		return nil, nil
	}
	if _, _, ok := pictureIn(replied.Attachments); ok {
		return replied.Attachments, (*bot.Conversation).OpenSaying
	}
	return nil, nil
}

// utterance is what was said, without the mention of the bot and with the names of
// others.
func utterance(m *object.Message, self string) string {
	text := m.Content
	for _, mention := range []string{"<@" + self + ">", "<@!" + self + ">"} {
		text = strings.ReplaceAll(text, mention, " ")
	}
	return strings.Join(strings.Fields(strings.ToValidUTF8(object.Spoken(text, m.Mentions), "\uFFFD")), " ")
}

// say answers a message with a sentence.
func (l *listener) say(ctx context.Context, m *object.Message, text string) {
	err := turn.Delivery{Backoff: l.runner.Backoff}.Write(ctx, object.Content{Text: view.Cut(text, view.MaxContent)}, func(ctx context.Context, c object.Content) error {
		_, err := l.api.Post(ctx, m.ChannelID, m.ID, m.ID, c)
		return err
	})
	if err != nil {
		l.log.Warn("no answer can be written", "error", err)
	}
}

// explainIntent says, once in a channel, how to talk to a bot that is not
// told what people write.
func (l *listener) explainIntent(ctx context.Context, m *object.Message, self string) {
	l.mu.Lock()
	known := l.warned[m.ChannelID]
	if len(l.warned) >= maxPlaces {
		clear(l.warned)
	}
	l.warned[m.ChannelID] = true
	l.mu.Unlock()
	if !known {
		l.say(ctx, m, "I can't read messages here, because the Message Content intent is off. "+
			"Mention me (<@"+self+"> make her hair red), reply to a picture with the ping on, use /edit, or the buttons.")
	}
}
