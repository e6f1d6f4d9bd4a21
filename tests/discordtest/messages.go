package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// payload is what a bot sends to make or change a message.
type payload struct {
	Content     *string
	Components  *[]Component
	Attachments *[]struct{ ID any }
	Flags       int
	Reference   *Reference `json:"message_reference"`
	Nonce       string
	Once        bool `json:"enforce_nonce"`
	Mentions    *struct {
		Parse       *[]string
		Users       []string
		RepliedUser bool `json:"replied_user"`
	} `json:"allowed_mentions"`
}

// read checks a message's payload; a problem is answered.
func (s *Server) read(c *call, edit bool) (payload, bool) {
	return s.readData(c, c.body, edit)
}

func (s *Server) readData(c *call, data []byte, edit bool) (payload, bool) {
	var p payload
	if err := json.Unmarshal(data, &p); err != nil {
		apiError(c.w, 400, 50035, err.Error())
		return p, false
	}
	if err := checkMessage(data, len(c.files), edit); err != nil {
		s.problem("%s %s: %v", c.method, c.path, err)
		apiError(c.w, 400, 50035, err.Error())
		return p, false
	}
	return p, true
}

// newMessage makes an empty message of the bot. The lock must be held.
func (s *Server) newMessage(channel string, author User) *Message {
	return &Message{
		ID: s.newID(), ChannelID: channel, Author: author, Timestamp: now(),
		Mentions: []User{}, RoleMention: []string{}, Attachments: []Attachment{}, Embeds: []any{}, Components: []Component{},
	}
}

// add puts a message into its channel. The lock must be held.
func (s *Server) add(m *Message) {
	s.messages[m.ID] = m
	s.order = append(s.order, m.ID)
	s.notify()
}

// apply changes a message as the payload says, with the files of the call.
func (s *Server) apply(c *call, m *Message, p payload) {
	if p.Content != nil {
		m.Content = *p.Content
	}
	if p.Components != nil {
		m.Components = numbered(*p.Components)
	}
	keep := map[string]bool{}
	if p.Attachments != nil {
		for _, a := range *p.Attachments {
			keep[fmt.Sprint(a.ID)] = true
		}
		var kept []Attachment
		for _, a := range m.Attachments {
			if keep[a.ID] {
				kept = append(kept, a)
			}
		}
		m.Attachments = append([]Attachment{}, kept...)
	} else if c.method == http.MethodPatch && len(c.files) > 0 {
		m.Attachments = []Attachment{}
	}
	for n, f := range c.files {
		// Where attachments are listed, so have new ones to be.
		if p.Attachments == nil || keep[fmt.Sprint(n)] {
			m.Attachments = append(m.Attachments, s.keep(f))
		}
	}
	m.Pings = pings(m, p)
}

// pings are the users whom the message notifies.
func pings(m *Message, p payload) []string {
	if p.Mentions != nil && p.Mentions.Parse != nil && len(*p.Mentions.Parse) == 0 && len(p.Mentions.Users) == 0 {
		return nil
	}
	var out []string
	for _, word := range []string{"@everyone", "@here", "<@"} {
		if strings.Contains(m.Content, word) {
			out = append(out, word)
		}
	}
	return out
}

// numbered gives components the IDs that Discord gives them.
func numbered(rows []Component) []Component {
	one, n := 1, 0
	out := make([]Component, len(rows))
	for i, row := range rows {
		n++
		row.ID = n
		row.Components = append([]Component(nil), row.Components...)
		for j := range row.Components {
			n++
			row.Components[j].ID = n
			if row.Components[j].Type == 3 {
				if row.Components[j].MinValues == nil {
					row.Components[j].MinValues = &one
				}
				if row.Components[j].MaxValues == nil {
					row.Components[j].MaxValues = &one
				}
			}
		}
		out[i] = row
	}
	return out
}

// keep stores a file and returns its attachment, with a link that is signed.
func (s *Server) keep(f upload) Attachment {
	id := s.newID()
	path := "/cdn/attachments/" + id + "/" + f.name
	s.files[path] = f.data
	url := s.http.URL + path + "?ex=ffffffff&is=0&hm=" + id
	kind := "application/octet-stream"
	switch {
	case strings.HasSuffix(f.name, ".png"):
		kind = "image/png"
	case strings.HasSuffix(f.name, ".gif"):
		kind = "image/gif"
	}
	return Attachment{ID: id, Filename: f.name, Size: len(f.data), URL: url, ProxyURL: url, ContentType: kind}
}

// serveFile is the CDN.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	data, ok := s.files[r.URL.Path]
	s.mu.Unlock()
	if !ok || r.URL.Query().Get("hm") == "" {
		http.Error(w, "This content is no longer available.", http.StatusNotFound)
		return
	}
	_, _ = w.Write(data) // the client may have gone
}

func (s *Server) postMessage(c *call) {
	ch := s.channels[c.parts[1]]
	if ch == nil {
		apiError(c.w, 404, 10003, "Unknown Channel")
		return
	}
	if ch.private {
		apiError(c.w, 403, 50001, "Missing Access")
		return
	}
	if !ch.takes(c) {
		apiError(c.w, 403, 50013, "Missing Permissions")
		return
	}
	p, ok := s.read(c, false)
	if !ok {
		return
	}
	if p.Once && p.Nonce != "" {
		if had := s.messages[s.nonces[p.Nonce]]; had != nil {
			c.json(200, had) // as it was written first
			return
		}
	}
	m := s.newMessage(ch.ID, s.bot)
	if p.Nonce != "" {
		s.nonces[p.Nonce] = m.ID
	}
	s.apply(c, m, p)
	if p.Reference != nil {
		m.Type, m.Reference = 19, p.Reference
		m.Reference.ChannelID = ch.ID
	}
	s.add(m)
	s.dispatch("MESSAGE_CREATE", s.event(m, ch))
	c.json(200, m)
}

// takes reports whether the bot may write the message of the call there.
func (ch *Channel) takes(c *call) bool {
	needed := uint64(sendMessages)
	if ch.Type == PublicThread {
		needed = sendInThreads
	}
	if len(c.files) > 0 {
		needed |= attachFiles
	}
	return ch.Permissions&needed == needed
}

// withMessage finds a message of the path's channel.
func (s *Server) withMessage(c *call, id string, do func(*Message)) {
	m := s.messages[id]
	if m == nil || m.Deleted || m.ChannelID != c.parts[1] || m.Flags&Ephemeral != 0 {
		apiError(c.w, 404, 10008, "Unknown Message")
		return
	}
	do(m)
}

func (s *Server) patchMessage(c *call, m *Message) {
	if m.Author.ID != s.bot.ID {
		apiError(c.w, 403, 50005, "Cannot edit a message authored by another user")
		return
	}
	if ch := s.channels[m.ChannelID]; len(c.files) > 0 && !ch.takes(c) {
		apiError(c.w, 403, 50013, "Missing Permissions")
		return
	}
	p, ok := s.read(c, true)
	if !ok {
		return
	}
	s.apply(c, m, p)
	m.edited()
	s.notify()
	c.json(200, m)
}

func (m *Message) edited() {
	t := now()
	m.Edited = &t
	m.Edits++
}

func (s *Server) deleteMessage(c *call, m *Message) {
	m.Deleted = true
	s.notify()
	c.w.WriteHeader(204)
}

// startThread opens a thread, at a message or beside it.
func (s *Server) startThread(c *call, at *Message) {
	parent := s.channels[c.parts[1]]
	if parent == nil || parent.Type != GuildText {
		apiError(c.w, 400, 50024, "Cannot execute action on this channel type")
		return
	}
	if parent.Permissions&createThreads == 0 {
		apiError(c.w, 403, 50013, "Missing Permissions")
		return
	}
	var in struct{ Name string }
	if err := json.Unmarshal(c.body, &in); err != nil || in.Name == "" || len([]rune(in.Name)) > 100 {
		s.problem("a thread named %q", in.Name)
		apiError(c.w, 400, 50035, "Invalid Form Body")
		return
	}
	id := s.newID()
	if at != nil {
		id = at.ID
		if s.channels[id] != nil {
			apiError(c.w, 400, 160004, "A thread has already been created for this message")
			return
		}
	}
	ch := &Channel{ID: id, Type: PublicThread, GuildID: parent.GuildID, ParentID: parent.ID, Name: in.Name, OwnerID: s.bot.ID, Permissions: parent.Permissions, NSFW: parent.NSFW}
	s.channels[id] = ch
	s.notify()
	s.dispatch("THREAD_CREATE", ch.object())
	c.json(201, ch.object())
}
