package discord

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"pentimento/bot"
	"pentimento/session"
)

// interact answers an interaction. Whatever it is, its first answer goes out
// before anything is drawn.
func (b *Bot) interact(ctx context.Context, i *interaction) {
	if i.Type == autocompleteInteraction {
		b.complete(ctx, i)
		return
	}
	if err := b.admit(ctx, i.by(), b.placeOf(ctx, i)); err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	switch i.Type {
	case commandInteraction:
		b.command(ctx, i)
	case componentInteraction:
		b.press(ctx, i)
	case modalInteraction:
		b.submit(ctx, i)
	}
}

// placeOf is where the interaction is.
func (b *Bot) placeOf(ctx context.Context, i *interaction) place {
	p := place{guild: i.GuildID, channel: i.ChannelID, parent: i.Channel.ParentID, roles: i.roles(), nsfw: i.Channel.NSFW}
	if i.Channel.thread() && b.o.Policy.AgeRestricted {
		ctx, cancel := context.WithTimeout(ctx, looking)
		defer cancel()
		p.nsfw = b.channel(ctx, i.Channel.ParentID).NSFW
	}
	return p
}

// admit returns a refusal for people and places that the bot doesn't serve.
func (b *Bot) admit(_ context.Context, who user, at place) error {
	switch blocked, err := b.state.blocked(who.ID); {
	case err != nil:
		b.log.Error("who is blocked cannot be read", "error", err)
		return refusal("I can't remember anything just now. Try again in a minute.")
	case blocked:
		return refusal("You may not use me here.")
	}
	return b.o.Policy.admits(at)
}

// answer gives the first answer to an interaction, and logs when it can't.
func (b *Bot) answer(ctx context.Context, i *interaction, r *discordgo.InteractionResponse) bool {
	if err := b.api.respond(ctx, i, r); err != nil {
		b.log.Warn("an interaction was not answered", "error", err)
		return false
	}
	return true
}

// show answers with a message.
func (b *Bot) show(ctx context.Context, i *interaction, c content) bool {
	rows, files := c.parts()
	data := &discordgo.InteractionResponseData{Content: c.text, Components: rows, Files: files, AllowedMentions: noMentions()}
	if c.private {
		data.Flags = discordgo.MessageFlagsEphemeral
	}
	return b.answer(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseChannelMessageWithSource, Data: data})
}

// tell answers with a sentence for the user alone.
func (b *Bot) tell(ctx context.Context, i *interaction, text string) bool {
	return b.show(ctx, i, content{text: cut(text, maxContent), private: true})
}

// command carries out a command.
func (b *Bot) command(ctx context.Context, i *interaction) {
	name := b.canonical(i.Data.Name)
	handlers := map[string]func(context.Context, *interaction){
		historyCommand: b.history, animateCommand: b.animate, settingsCommand: b.settings, shareCommand: b.share,
		forkCommand: b.fork, exportCommand: b.export, importCommand: b.importFile, forgetCommand: b.forget, helpCommand: b.help,
		adminCommand: b.admin, editMessage: b.editMessage, recipeMessage: b.recipe, deleteMessage: b.deleteMessage,
	}
	if handle, ok := handlers[name]; ok {
		handle(ctx, i)
		return
	}
	t := b.turnOf(i)
	if err := b.fill(t, i, name); err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	b.take(ctx, i, t, name == imagineCommand)
}

// canonical is the name that the code knows a command by.
func (b *Bot) canonical(name string) string {
	for from, to := range b.o.Rename {
		if to == name {
			return from
		}
	}
	return name
}

// turnOf is a turn in the session that the user has where the interaction is.
func (b *Bot) turnOf(i *interaction) *turn {
	return &turn{speaker: i.by(), roles: i.roles(), key: sessionKey(i.by().ID, i.ChannelID), asked: bot.Request{Author: i.by().ID, Event: i.ID}}
}

// fill has the turn do what the command says.
func (b *Bot) fill(t *turn, i *interaction, name string) error {
	switch name {
	case imagineCommand:
		prompt := cut(i.option("prompt"), maxPrompt)
		b.answering(t, prompt, func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
			return c.Imagine(ctx, r, prompt)
		})
	case editCommand:
		b.saying(t, cut(i.option("request"), maxPrompt))
	case refineCommand:
		b.saying(t, "add "+strings.TrimPrefix(cut(i.option("request"), maxPrompt), "add "))
	case swapCommand:
		b.saying(t, fmt.Sprintf("replace the %s with %s", cut(i.option("from"), 200), cut(i.option("to"), 200)))
	case weightCommand:
		factor, err := strconv.ParseFloat(i.option("factor"), 64)
		if err != nil {
			return refusal("Give the factor as a number, 1.5 for example.")
		}
		b.weighing(t, i.option("word"), factor)
	case attentionCommand:
		b.heating(t, i.option("word"))
	case revertCommand, redoCommand, gotoCommand:
		return b.moving(t, name, i.option("turns")+i.option("turn"))
	default:
		return refusal("I don't know that command any more; try /help.")
	}
	return nil
}

// weighing is a turn that gives a word a factor.
func (b *Bot) weighing(t *turn, word string, factor float64) {
	b.answering(t, fmt.Sprintf("%s ×%.3g", word, factor), func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		return c.Weight(ctx, r, word, factor)
	})
}

// moving is a turn that goes to another picture, which takes no drawing.
func (b *Bot) moving(t *turn, name, number string) error {
	n := 1
	if number != "" {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n < 1 {
			return refusal("Give a number of turns: 1, 2, 3 …")
		}
	}
	t.quick = true
	b.answering(t, fmt.Sprintf("%s %d", name, n), func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		switch name {
		case revertCommand:
			return c.Revert(ctx, r, n)
		case redoCommand:
			return c.Redo(ctx, r, n)
		}
		return c.Goto(ctx, r, n)
	})
	return nil
}

// take acknowledges an interaction that asks for a turn, finds the place for
// its answer, and plays it. fresh opens a thread for the session.
func (b *Bot) take(ctx context.Context, i *interaction, t *turn, fresh bool) {
	if b.isDraining() {
		b.tell(ctx, i, "I take no new pictures just now; try again in a few minutes.")
		return
	}
	if err := b.unspeakable(t); err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	// Where only the user's app is, its answers are all that can be written.
	if !i.installed() || i.GuildID != "" && !i.may(i.writing()) {
		if b.answer(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredChannelMessageWithSource}) {
			t.where = &answerSurface{b.api, i}
			b.play(ctx, t)
		}
		return
	}
	if !b.acknowledge(ctx, i, t) {
		return
	}
	channelID := i.ChannelID
	if fresh {
		channelID = b.home(ctx, i, t)
	}
	t.where = &channelSurface{api: b.api, channel: channelID}
	b.play(ctx, t)
}

// acknowledge answers at once: a command with what was said, a component or a
// modal of a message without a word.
func (b *Bot) acknowledge(ctx context.Context, i *interaction, t *turn) bool {
	if i.Type == commandInteraction || i.Message == nil {
		return b.show(ctx, i, content{text: "**" + escape(cut(t.speaker.name(), 40)) + "**: " + quote(t.said)})
	}
	return b.answer(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate})
}

// home opens a thread for a new session where that is possible, moves the
// turn's session there, and returns the channel to answer in.
func (b *Bot) home(ctx context.Context, i *interaction, t *turn) string {
	if i.GuildID == "" || i.Channel.Type != guildText || !i.may(createThreads|sendInThreads) {
		return i.ChannelID
	}
	id, err := b.ownThread(ctx, i, t)
	if err != nil {
		b.log.Info("no thread for the session; it stays in the channel", "error", err)
		return i.ChannelID
	}
	t.key = sessionKey(t.speaker.ID, id)
	return id
}

// ownThread opens a thread at the answer to the command. Who it belongs to is
// remembered before it is there: what its owner says in it may arrive before
// the answer to the request that opens it.
func (b *Bot) ownThread(ctx context.Context, i *interaction, t *turn) (string, error) {
	message, err := b.api.original(ctx, i)
	if err != nil {
		return "", err
	}
	// A thread has the ID of the message that it is opened at.
	if err := b.state.put(bucketThreads, message, []byte(t.speaker.ID)); err != nil {
		return "", err
	}
	id, err := b.api.openThread(ctx, i.ChannelID, message, cut(strings.Join(strings.Fields(t.said), " "), 90))
	if err != nil {
		return "", errors.Join(err, b.state.remove(bucketThreads, message))
	}
	if id != message {
		err = b.state.put(bucketThreads, id, []byte(t.speaker.ID))
	}
	return id, err
}

func (b *Bot) isDraining() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.draining
}

// press carries out a button or select.
func (b *Bot) press(ctx context.Context, i *interaction) {
	h, err := b.signer.read(i.Data.CustomID)
	if err != nil {
		b.refused(i.by().ID, "a forged button")
		b.tell(ctx, i, "I don't know that button. If the picture is old, reply to it instead.")
		return
	}
	if h.Owner != snowflake(i.by().ID) && h.Verb != verbAttention && h.Verb != verbHeat {
		b.tell(ctx, i, "These buttons belong to somebody else. Reply to the picture to continue it in a session of your own.")
		return
	}
	t := b.turnOf(i)
	t.key = sessionKey(snowflakeText(h.Owner), snowflakeText(h.Place))
	t.asked.Turn = int(h.Turn)
	switch h.Verb {
	case verbUndo, verbRedo:
		name := map[verb]string{verbUndo: revertCommand, verbRedo: redoCommand}[h.Verb]
		if err := b.moving(t, name, "1"); err != nil {
			b.tell(ctx, i, b.sentence(err))
			return
		}
		b.take(ctx, i, t, false)
	case verbWeight:
		b.pressWeight(ctx, i, t)
	case verbAttention:
		b.askWord(ctx, i, t, h)
	case verbHeat:
		if len(i.Data.Values) == 1 {
			b.heating(t, i.Data.Values[0])
			b.take(ctx, i, t, false)
		}
	case verbShare:
		b.shareTurn(ctx, i, t.key, int(h.Turn))
	case verbRedraw:
		b.askRedraw(ctx, i, h)
	case verbRedrawYes:
		b.redraw(ctx, i, t)
	case verbCancel:
		b.cancelTurn(ctx, i)
	case verbChoice:
		b.choose(ctx, i, t)
	case verbForget:
		b.forgetNow(ctx, i)
	case verbKeep:
		b.replace(ctx, i, "Nothing was changed.")
	default:
		b.tell(ctx, i, "I don't know that button any more.")
	}
}

// replace puts a sentence in the place of the message whose button was
// pressed.
func (b *Bot) replace(ctx context.Context, i *interaction, text string) bool {
	return b.answer(ctx, i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseUpdateMessage,
		Data: &discordgo.InteractionResponseData{Content: text, Components: []discordgo.MessageComponent{}, AllowedMentions: noMentions()},
	})
}

// pressWeight makes a word of the picture stronger or weaker.
func (b *Bot) pressWeight(ctx context.Context, i *interaction, t *turn) {
	if len(i.Data.Values) != 1 {
		return
	}
	number, word, _ := strings.Cut(i.Data.Values[0], " ")
	factor, err := strconv.ParseFloat(number, 64)
	if err != nil || word == "" {
		b.tell(ctx, i, "I don't understand that choice.")
		return
	}
	b.weighing(t, word, factor)
	b.take(ctx, i, t, false)
}

// looking is how long may be taken to find out what to answer: an interaction
// is answered within three seconds.
const looking = time.Second

// glance reads a session for the first answer to an interaction.
func (b *Bot) glance(ctx context.Context, key session.Key) (*session.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, looking)
	defer cancel()
	return b.o.Store.Load(ctx, key)
}

// askWord asks whose attention is to be shown.
func (b *Bot) askWord(ctx context.Context, i *interaction, t *turn, h handle) {
	s, err := b.glance(ctx, t.key)
	var one session.Turn
	if err == nil {
		one, err = s.Turn(int(h.Turn))
	}
	if err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	h.Verb = verbHeat
	var options []discordgo.SelectMenuOption
	for _, w := range contentWords(one.Recipe.Prompt) {
		if len(options) < maxOptions {
			options = append(options, discordgo.SelectMenuOption{Label: w, Value: w})
		}
	}
	if len(options) == 0 {
		b.tell(ctx, i, "This picture has no words to look at.")
		return
	}
	b.show(ctx, i, content{text: "Whose attention?", private: true, rows: row1(discordgo.SelectMenu{
		MenuType: discordgo.StringSelectMenu, CustomID: b.signer.sign(h), Placeholder: "A word of the picture", Options: options,
	})})
}

// askRedraw asks before a picture is drawn with another seed.
func (b *Bot) askRedraw(ctx context.Context, i *interaction, h handle) {
	yes, no := h, h
	yes.Verb, no.Verb = verbRedrawYes, verbKeep
	b.show(ctx, i, content{
		text: "Draw it again with another seed? That gives another picture of the same words; this one stays.", private: true,
		rows: row1(b.button("Draw another", discordgo.PrimaryButton, yes), b.button("Keep this one", discordgo.SecondaryButton, no)),
	})
}

// redraw draws the prompt of a turn as a new picture.
func (b *Bot) redraw(ctx context.Context, i *interaction, t *turn) {
	s, err := b.glance(ctx, t.key)
	var one session.Turn
	if err == nil {
		one, err = s.Turn(t.asked.Turn)
	}
	if err != nil {
		b.tell(ctx, i, b.sentence(err))
		return
	}
	prompt := one.Recipe.Prompt
	b.answering(t, prompt, func(ctx context.Context, c *bot.Conversation, r bot.Request) (*bot.Answer, error) {
		// Not the seed that is set, which gave this picture.
		if err := c.Options.Set("seed", "auto"); err != nil {
			return nil, err
		}
		return c.Imagine(ctx, r, prompt)
	})
	b.take(ctx, i, t, false)
}

// cancelTurn stops the turn that the message waits for, and tells the truth
// when there is none.
func (b *Bot) cancelTurn(ctx context.Context, i *interaction) {
	id := ""
	if i.Message != nil {
		id = i.Message.ID
	}
	b.mu.Lock()
	t := b.turns[id]
	b.mu.Unlock()
	if t == nil || t.speaker.ID != i.by().ID {
		b.tell(ctx, i, "There is nothing to cancel any more: it was drawn, or stopped before.")
		return
	}
	t.cancel(errCancelled)
	b.answer(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate})
}

// choose says the label of the pressed button, which answers a question.
func (b *Bot) choose(ctx context.Context, i *interaction, t *turn) {
	said := ""
	if i.Message != nil {
		i.Message.Components.each(func(c component) {
			if c.CustomID == i.Data.CustomID {
				said = c.Label
			}
		})
	}
	if said == "" {
		b.tell(ctx, i, "I can't read that button any more; type your answer instead.")
		return
	}
	b.saying(t, said)
	b.take(ctx, i, t, false)
}

// editMessage opens a modal to say what should change in a picture.
func (b *Bot) editMessage(ctx context.Context, i *interaction) {
	_, h, ok := b.targeted(ctx, i)
	if !ok {
		return
	}
	h.Verb = verbEdit
	b.answer(ctx, i, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: &discordgo.InteractionResponseData{
		CustomID: b.signer.sign(h), Title: "Edit this picture",
		Components: row1(discordgo.TextInput{
			CustomID: "request", Label: "What should change?", Style: discordgo.TextInputShort,
			Placeholder: "make her hair red", Required: true, MinLength: 1, MaxLength: maxPrompt,
		}),
	}})
}

// submit takes what was filled into a modal.
func (b *Bot) submit(ctx context.Context, i *interaction) {
	h, err := b.signer.read(i.Data.CustomID)
	said := ""
	i.Data.Components.each(func(c component) {
		if c.CustomID == "request" {
			said = strings.TrimSpace(strings.ToValidUTF8(c.Value, "\uFFFD"))
		}
	})
	if err != nil || h.Verb != verbEdit || said == "" {
		b.tell(ctx, i, "I can't read that; say it in a reply to the picture instead.")
		return
	}
	t := b.turnOf(i)
	b.speakOf(t, h, i.ChannelID)
	b.take(ctx, i, b.saying(t, cut(said, maxPrompt)), false)
}

// targeted returns the message that a message command is about and which picture
// it shows. If it shows none, the user is told.
func (b *Bot) targeted(ctx context.Context, i *interaction) (messageID string, shown handle, ok bool) {
	m := i.Data.Resolved.Messages[i.Data.TargetID]
	if shown, ok = b.pictureOf(&m); !ok {
		b.tell(ctx, i, "That message has no picture of mine.")
	}
	return m.ID, shown, ok
}

// pictureOf reads from a message of the bot's which picture it shows.
func (b *Bot) pictureOf(m *message) (handle, bool) {
	var found handle
	m.Components.each(func(c component) {
		if h, err := b.signer.read(c.CustomID); err == nil && h.Turn != 0 && found.Turn == 0 {
			found = h
		}
	})
	return found, found.Turn != 0
}

// complete offers words of the picture, or turns, while an option is typed.
func (b *Bot) complete(ctx context.Context, i *interaction) {
	typed := ""
	name := ""
	for _, o := range i.Data.Options {
		if o.Focused {
			typed, name = strings.ToLower(o.text()), o.Name
		}
	}
	choices := []*discordgo.ApplicationCommandOptionChoice{}
	if s, err := b.glance(ctx, sessionKey(i.by().ID, i.ChannelID)); err == nil && s.Head != 0 {
		choices = completions(s, name, typed)
	}
	b.answer(ctx, i, &discordgo.InteractionResponse{
		Type: discordgo.InteractionApplicationCommandAutocompleteResult,
		Data: &discordgo.InteractionResponseData{Choices: choices},
	})
}

// completions are the choices for an option.
func completions(s *session.Session, option, typed string) []*discordgo.ApplicationCommandOptionChoice {
	choices := []*discordgo.ApplicationCommandOptionChoice{}
	add := func(name string, value any) {
		if len(choices) < maxOptions && strings.Contains(strings.ToLower(name), typed) {
			choices = append(choices, &discordgo.ApplicationCommandOptionChoice{Name: cut(name, 100), Value: value})
		}
	}
	if option == "turn" {
		for _, t := range slices.Backward(s.Turns) {
			add(fmt.Sprintf("%d: %s", t.ID, describe(t)), t.ID)
		}
		return choices
	}
	if head, err := s.Turn(s.Head); err == nil {
		for _, w := range contentWords(head.Recipe.Prompt) {
			add(w, w)
		}
	}
	return choices
}

// describe is a turn in a few words.
func describe(t session.Turn) string {
	if t.Edit != "" {
		return t.Edit
	}
	return t.Recipe.Prompt
}
