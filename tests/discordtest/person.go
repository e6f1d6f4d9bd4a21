package discordtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// The kinds of interactions.
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

// A Person is a user who does things.
type Person struct {
	User
	// Locale of their client, "en-US" unless set.
	Locale string
	// Roles they have in the guild.
	Roles  []string
	server *Server
}

// Person makes a user.
func (s *Server) Person(name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Person{User: s.newUser(name, false), Locale: "en-US", server: s}
}

// Owner is the person who owns the bot's application.
func (s *Server) Owner() *Person { return &Person{User: s.owner, Locale: "en-US", server: s} }

// AddGuild makes another guild, one that Discord tells the shard about.
func (s *Server) AddGuild(shard int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		s.lastID += 1 << 22 // as if time had passed
		if id := s.newID(); s.shardOf(id, s.options.Shards) == shard {
			return id
		}
	}
}

// Channel makes a text channel in the first guild.
func (s *Server) Channel(name string) *Channel { return s.ChannelIn(s.guild, name) }

// ChannelIn makes a text channel in a guild.
func (s *Server) ChannelIn(guild, name string) *Channel {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Channel{ID: s.newID(), GuildID: guild, Name: name, Type: GuildText, Permissions: allPermissions}
	s.channels[c.ID] = c
	return c
}

// SetNSFW marks a channel as age-restricted, or no longer.
func (s *Server) SetNSFW(channel *Channel, nsfw bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	channel.NSFW = nsfw
	s.dispatch("CHANNEL_UPDATE", channel.object())
}

// Direct is the person's direct chat with the bot.
func (p *Person) Direct() *Channel {
	p.server.mu.Lock()
	defer p.server.mu.Unlock()
	return p.server.directChannel(p.User)
}

// Private makes a direct chat of the person with somebody else than the bot, in
// which they can use the app because they installed it.
func (p *Person) Private() *Channel {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &Channel{ID: s.newID(), Type: DirectChat, Permissions: allPermissions, recipient: s.newUser("friend", false), private: true}
	s.channels[c.ID] = c
	return c
}

// directChannel finds or makes a direct chat. The lock must be held.
func (s *Server) directChannel(u User) *Channel {
	for _, c := range s.channels {
		if c.Type == DirectChat && c.recipient.ID == u.ID {
			return c
		}
	}
	c := &Channel{ID: s.newID(), Type: DirectChat, Permissions: allPermissions, recipient: u}
	s.channels[c.ID] = c
	return c
}

// Thread returns the thread whose name contains the text, waiting for it.
func (s *Server) Thread(name string, timeout time.Duration) *Channel {
	var found *Channel
	s.await(timeout, func() bool {
		for _, c := range s.channels {
			if c.Type == PublicThread && strings.Contains(c.Name, name) {
				found = c
				return true
			}
		}
		return false
	})
	return found
}

// Message waits for a message in the channel, made after the one with the ID
// after ("" for any), that fits. It returns nil when none comes.
func (s *Server) Message(channel *Channel, after string, timeout time.Duration, fits func(*Message) bool) *Message {
	var found *Message
	s.await(timeout, func() bool {
		for _, id := range s.order {
			m := s.messages[id]
			if m.ChannelID == channel.ID && id > after && !m.Deleted && fits(m) {
				copied := *m
				found = &copied
				return true
			}
		}
		return false
	})
	return found
}

// Messages are all messages of the channel that still stand.
func (s *Server) Messages(channel *Channel) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, id := range s.order {
		if m := s.messages[id]; m.ChannelID == channel.ID && !m.Deleted {
			out = append(out, *m)
		}
	}
	return out
}

// AllMessages are those of all channels that still stand.
func (s *Server) AllMessages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, id := range s.order {
		if m := s.messages[id]; !m.Deleted {
			out = append(out, *m)
		}
	}
	return out
}

// Download fetches an attachment from the CDN.
func (s *Server) Download(a Attachment) ([]byte, error) {
	response, err := http.Get(a.URL)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(response.Body)
	if closing := response.Body.Close(); err == nil {
		err = closing
	}
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("the CDN answered %s", response.Status)
	}
	return data, err
}

// Say types a message.
func (p *Person) Say(channel *Channel, text string) *Message { return p.post(channel, text, nil, nil) }

// Reply answers a message, with a ping.
func (p *Person) Reply(channel *Channel, to *Message, text string) *Message {
	return p.post(channel, text, to, nil)
}

// Upload posts a file that was never uploaded: the bot gets its description.
func (p *Person) Upload(channel *Channel, text string, file Attachment) *Message {
	return p.post(channel, text, nil, []Attachment{file})
}

// Send posts a file with a few words; to is the message that it answers, or nil.
func (p *Person) Send(channel *Channel, to *Message, text string, file File) *Message {
	p.server.mu.Lock()
	attached := p.server.attached(file)
	p.server.mu.Unlock()
	return p.post(channel, text, to, []Attachment{attached})
}

func (p *Person) post(channel *Channel, text string, to *Message, files []Attachment) *Message {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.newMessage(channel.ID, p.User)
	m.Content, m.Attachments = text, append([]Attachment{}, files...)
	if strings.Contains(text, "<@"+s.bot.ID+">") {
		m.Mentions = append(m.Mentions, s.bot)
	}
	if to != nil {
		m.Type = 19
		m.Reference = &Reference{ChannelID: to.ChannelID, MessageID: to.ID, GuildID: channel.GuildID}
		if had := s.messages[to.ID]; had != nil && !had.Deleted {
			copied := *had
			m.Referenced = &copied
			m.Mentions = append(m.Mentions, had.Author)
		}
	}
	s.add(m)
	event := s.event(m, channel)
	if channel.GuildID != "" {
		event["member"] = map[string]any{"roles": append([]string{}, p.Roles...)}
	}
	s.dispatch("MESSAGE_CREATE", event)
	copied := *m
	return &copied
}

// event is a message as the gateway tells it to the bot: without the Message
// Content intent most are empty.
func (s *Server) event(m *Message, channel *Channel) map[string]any {
	told := *m
	if !s.mayRead(m, channel) {
		told.Content, told.Attachments, told.Embeds, told.Components = "", []Attachment{}, []any{}, []Component{}
	}
	data, err := json.Marshal(told)
	if err != nil {
		s.problem("%v", err)
	}
	out := map[string]any{}
	if err := json.Unmarshal(data, &out); err != nil {
		s.problem("%v", err)
	}
	if channel.GuildID != "" {
		out["guild_id"] = channel.GuildID
		out["member"] = map[string]any{"roles": []string{}}
	}
	return out
}

// mayRead reports whether the bot is told the content of a message.
func (s *Server) mayRead(m *Message, channel *Channel) bool {
	if s.options.MessageContent || channel.Type == DirectChat || m.Author.ID == s.bot.ID {
		return true
	}
	for _, u := range m.Mentions {
		// A reply to the answer of a command is not a mention.
		if u.ID == s.bot.ID && (m.Referenced == nil || m.Referenced.WebhookID == "" || strings.Contains(m.Content, "<@"+s.bot.ID+">")) {
			return true
		}
	}
	return false
}

// Edit changes what the person said in a message.
func (p *Person) Edit(channel *Channel, m *Message, text string) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	said := s.messages[m.ID]
	said.Content = text
	said.edited()
	s.dispatch("MESSAGE_UPDATE", s.event(said, channel))
}

// A File is one that a person attaches to a command.
type File struct {
	Name string
	Data []byte
	// Claims is the size that Discord tells the bot; that of Data if zero.
	Claims int
	// URL replaces the CDN's.
	URL string
}

// attached puts a file on the CDN and returns what the bot is told of it. The
// lock must be held.
func (s *Server) attached(f File) Attachment {
	a := s.keep(upload{f.Name, f.Data})
	if f.Claims != 0 {
		a.Size = f.Claims
	}
	if f.URL != "" {
		a.URL, a.ProxyURL = f.URL, f.URL
	}
	return a
}

// Slash runs a command; options are strings, numbers and files by name, a
// subcommand's under its name.
func (p *Person) Slash(channel *Channel, name string, options map[string]any) *Interaction {
	return p.command(channel, interactionCommand, name, options, "", "")
}

// Autocomplete asks for choices while an option is typed.
func (p *Person) Autocomplete(channel *Channel, name, option, typed string) *Interaction {
	return p.command(channel, interactionAutocomplete, name, map[string]any{option: typed}, option, "")
}

// OnMessage runs a command of a message's menu.
func (p *Person) OnMessage(channel *Channel, name string, m *Message) *Interaction {
	return p.command(channel, interactionCommand, name, nil, "", m.ID)
}

func (p *Person) command(channel *Channel, kind int, name string, options map[string]any, focused, target string) *Interaction {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	data := map[string]any{"name": name, "id": "0", "type": 1}
	files := map[string]Attachment{}
	given := map[string]any{}
	for option, value := range options {
		if f, is := value.(File); is {
			a := s.attached(f)
			files[a.ID], value = a, a.ID
		}
		given[option] = value
	}
	for _, c := range s.commands {
		if c.Name == name {
			data["id"], data["type"] = c.ID, c.Type
			data["options"] = optionData(c.Options, given, focused)
		}
	}
	if data["id"] == "0" {
		s.problem("nobody registered the command %q", name)
	}
	if target != "" {
		data["target_id"] = target
		data["resolved"] = map[string]any{"messages": map[string]any{target: s.messages[target]}}
	}
	if len(files) > 0 {
		data["resolved"] = map[string]any{"attachments": files}
	}
	return p.interact(channel, kind, data, nil)
}

// optionData is what the user filled in.
func optionData(known []CommandOption, given map[string]any, focused string) []map[string]any {
	var out []map[string]any
	for _, o := range known {
		value, ok := given[o.Name]
		if !ok {
			continue
		}
		one := map[string]any{"name": o.Name, "type": o.Type}
		if inner, sub := value.(map[string]any); sub {
			one["options"] = optionData(o.Options, inner, focused)
		} else {
			one["value"] = value
		}
		if o.Name == focused {
			one["focused"] = true
		}
		out = append(out, one)
	}
	return out
}

// Press presses the button with the label. It returns nil if the message has
// none.
func (p *Person) Press(channel *Channel, m *Message, label string) *Interaction {
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Type == 2 && c.Label == label && !c.Disabled {
				return p.Use(channel, m, c.CustomID, 2, nil)
			}
		}
	}
	return nil
}

// Select chooses the value in the message's first select.
func (p *Person) Select(channel *Channel, m *Message, value string) *Interaction {
	for _, row := range m.Components {
		for _, c := range row.Components {
			if c.Type == 3 {
				return p.Use(channel, m, c.CustomID, 3, []string{value})
			}
		}
	}
	return nil
}

// Use sends a component's custom_id, also one that the message doesn't have.
func (p *Person) Use(channel *Channel, m *Message, customID string, kind int, values []string) *Interaction {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	data := map[string]any{"custom_id": customID, "component_type": kind}
	if values != nil {
		data["values"] = values
	}
	return p.interact(channel, interactionComponent, data, s.messages[m.ID])
}

// Submit fills in the modal that answered an interaction.
func (p *Person) Submit(channel *Channel, asked *Interaction, text string) *Interaction {
	var modal struct {
		CustomID   string `json:"custom_id"`
		Components []Component
	}
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := json.Unmarshal(asked.Data, &modal); err != nil || len(modal.Components) == 0 {
		s.problem("there is no modal to fill in: %s", asked.Data)
		return nil
	}
	field := modal.Components[0].Components[0]
	data := map[string]any{"custom_id": modal.CustomID, "components": []any{map[string]any{
		"type": 1, "components": []any{map[string]any{"type": 4, "custom_id": field.CustomID, "value": text}},
	}}}
	return p.interact(channel, interactionModal, data, s.messages[asked.pressed])
}

// interact sends INTERACTION_CREATE. The lock must be held.
func (p *Person) interact(channel *Channel, kind int, data map[string]any, message *Message) *Interaction {
	s := p.server
	i := &Interaction{ID: s.newID(), Channel: channel.ID, Sent: time.Now(), kind: kind, server: s}
	i.Token = "interaction-token-" + i.ID
	s.interactions[i.ID] = i
	event := map[string]any{
		"id": i.ID, "application_id": s.bot.ID, "type": kind, "token": i.Token, "version": 1, "data": data,
		"channel_id": channel.ID, "channel": channel.object(), "locale": p.Locale, "attachment_size_limit": maxFile,
		"app_permissions": fmt.Sprint(channel.Permissions), "entitlements": []any{},
	}
	if channel.Type == DirectChat {
		event["user"], event["context"] = p.User, 1
		if channel.private {
			event["context"] = 2
		}
		event["authorizing_integration_owners"] = map[string]string{"1": p.ID}
	} else {
		event["guild_id"], event["context"] = channel.GuildID, 0
		event["member"] = map[string]any{"user": p.User, "roles": append([]string{}, p.Roles...), "permissions": "2147483647"}
		event["authorizing_integration_owners"] = map[string]string{"0": channel.GuildID}
		if channel.Permissions&sendMessages == 0 {
			event["authorizing_integration_owners"] = map[string]string{"1": p.ID}
		}
	}
	if message != nil {
		copied := *message
		event["message"], i.pressed = &copied, message.ID
	}
	s.dispatch("INTERACTION_CREATE", event)
	return i
}

// Wait waits until the bot has answered, and returns the answer as it is then;
// ok is false if it hasn't in time.
func (i *Interaction) Wait(timeout time.Duration) (answered Interaction, ok bool) {
	ok = i.server.await(timeout, func() bool {
		answered = *i
		return !i.Acknowledged.IsZero()
	})
	return answered, ok
}

// Text waits for the answer and returns the text of its message; if the message
// is loading, when it has one.
func (i *Interaction) Text(timeout time.Duration) string {
	answered, ok := i.written(timeout)
	if !ok {
		return ""
	}
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	if m := i.server.messages[answered.Message]; m != nil && m.ID != i.pressed {
		return m.Content
	}
	var data struct{ Content string }
	if err := json.Unmarshal(answered.Data, &data); err != nil {
		return ""
	}
	return data.Content
}

// written waits until the answer's message, if it has one, is loading no more.
func (i *Interaction) written(timeout time.Duration) (answered Interaction, ok bool) {
	ok = i.server.await(timeout, func() bool {
		answered = *i
		m := i.server.messages[i.Message]
		return !i.Acknowledged.IsZero() && (m == nil || m.Flags&Loading == 0)
	})
	return answered, ok
}

// Reply waits for the answer and returns its message; nil if it has none. One
// that is loading is waited for.
func (i *Interaction) Reply(timeout time.Duration) *Message {
	answered, ok := i.written(timeout)
	if !ok {
		return nil
	}
	i.server.mu.Lock()
	defer i.server.mu.Unlock()
	if m := i.server.messages[answered.Message]; m != nil {
		copied := *m
		return &copied
	}
	return nil
}

// Choices waits for the answer to an autocompletion.
func (i *Interaction) Choices(timeout time.Duration) []Choice {
	answered, _ := i.Wait(timeout)
	var data struct{ Choices []Choice }
	if err := json.Unmarshal(answered.Data, &data); err != nil {
		return nil
	}
	return data.Choices
}

// Acknowledgements lists how long the bot took to answer each interaction so
// far, and counts those that it hasn't answered in time.
func (s *Server) Acknowledgements() (took []time.Duration, missing int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.interactions {
		switch {
		case !i.Acknowledged.IsZero():
			took = append(took, i.Acknowledged.Sub(i.Sent))
		case time.Since(i.Sent) > s.options.AcknowledgeWithin:
			missing++
		}
	}
	return took, missing
}
