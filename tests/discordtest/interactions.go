package discordtest

import (
	"encoding/json"
	"net/http"
	"time"
)

// The kinds of answers to an interaction.
const (
	callbackMessage        = 4
	callbackDeferred       = 5
	callbackDeferredUpdate = 6
	callbackUpdate         = 7
	callbackChoices        = 8
	callbackModal          = 9
)

// acknowledgeWithin is how long Discord gives a bot to answer.
const acknowledgeWithin = 3 * time.Second

// An Interaction is something that a user did with the bot's commands or
// components.
type Interaction struct {
	ID, Token, Channel string
	Sent               time.Time
	// Acknowledged is when the bot answered; zero while it hasn't.
	Acknowledged time.Time
	// Answer is the kind of the answer, Data what it holds.
	Answer int
	Data   json.RawMessage
	// Message is the answer's message, or the one that it updates; "" for none.
	Message string

	kind     int
	pressed  string // the message whose component was used
	expired  bool
	followUp int
	server   *Server
}

// callback takes the first answer to an interaction.
func (s *Server) callback(c *call) {
	i := s.interactions[c.parts[1]]
	if i == nil || i.Token != c.parts[2] || time.Since(i.Sent) > s.options.AcknowledgeWithin || i.expired {
		apiError(c.w, 404, 10062, "Unknown interaction")
		return
	}
	if !i.Acknowledged.IsZero() {
		apiError(c.w, 400, 40060, "Interaction has already been acknowledged.")
		return
	}
	var in struct {
		Type int
		Data json.RawMessage
	}
	if err := json.Unmarshal(c.body, &in); err != nil {
		apiError(c.w, 400, 50035, err.Error())
		return
	}
	if !s.takeAnswer(c, i, in.Type, in.Data) {
		return
	}
	i.Acknowledged, i.Answer, i.Data = time.Now(), in.Type, in.Data
	s.notify()
	c.w.WriteHeader(http.StatusNoContent)
}

// takeAnswer carries the answer out; what Discord refuses is answered.
func (s *Server) takeAnswer(c *call, i *Interaction, kind int, data json.RawMessage) bool {
	switch kind {
	case callbackMessage:
		p, ok := s.readData(c, data, false)
		if !ok {
			return false
		}
		m := s.answerMessage(i, p.Flags)
		s.apply(c, m, p)
		s.add(m)
	case callbackDeferred:
		var p payload
		if len(data) > 0 {
			if err := json.Unmarshal(data, &p); err != nil {
				apiError(c.w, 400, 50035, err.Error())
				return false
			}
		}
		s.add(s.answerMessage(i, p.Flags|Loading))
	case callbackDeferredUpdate:
		i.Message = i.pressed
	case callbackUpdate:
		p, ok := s.readData(c, data, true)
		if !ok {
			return false
		}
		i.Message = i.pressed
		if m := s.messages[i.pressed]; m != nil {
			s.apply(c, m, p)
			m.edited()
		}
	case callbackChoices:
		return s.takeChoices(c, data)
	case callbackModal:
		return s.takeModal(c, i, data)
	default:
		apiError(c.w, 400, 50035, "Invalid Form Body")
		return false
	}
	return true
}

// answerMessage is the message of an answer to an interaction.
func (s *Server) answerMessage(i *Interaction, flags int) *Message {
	m := s.newMessage(i.Channel, s.bot)
	m.Type, m.WebhookID, m.Flags = 20, s.bot.ID, flags
	i.Message = m.ID
	return m
}

func (s *Server) takeChoices(c *call, data json.RawMessage) bool {
	var in struct{ Choices []Choice }
	if err := json.Unmarshal(data, &in); err != nil || len(in.Choices) > maxOptions {
		s.problem("an autocompletion of %d choices (%v)", len(in.Choices), err)
		apiError(c.w, 400, 50035, "Invalid Form Body")
		return false
	}
	for _, choice := range in.Choices {
		if n := len([]rune(choice.Name)); n == 0 || n > 100 {
			s.problem("a choice's name has %d characters", n)
		}
	}
	return true
}

func (s *Server) takeModal(c *call, i *Interaction, data json.RawMessage) bool {
	var in struct {
		CustomID   string `json:"custom_id"`
		Title      string
		Components []Component
	}
	err := json.Unmarshal(data, &in)
	if err == nil {
		err = checkComponents(in.Components)
	}
	if err != nil || in.CustomID == "" || in.Title == "" || len([]rune(in.Title)) > 45 || i.kind == interactionModal {
		s.problem("a modal with the title %q: %v", in.Title, err)
		apiError(c.w, 400, 50035, "Invalid Form Body")
		return false
	}
	return true
}

// webhook serves the answers that come after the first, by token.
func (s *Server) webhook(c *call) {
	var i *Interaction
	for _, one := range s.interactions {
		if len(c.parts) > 2 && one.Token == c.parts[2] {
			i = one
		}
	}
	if i == nil || i.expired || time.Since(i.Sent) > 15*time.Minute {
		apiError(c.w, 404, 10015, "Unknown Webhook")
		return
	}
	if c.at("POST", "webhooks", "*", "*") {
		s.followUp(c, i)
		return
	}
	if len(c.parts) != 5 {
		apiError(c.w, 404, 0, "404: Not Found")
		return
	}
	id := c.parts[4]
	if id == "@original" {
		id = i.Message
	}
	m := s.messages[id]
	if m == nil || m.Deleted {
		apiError(c.w, 404, 10008, "Unknown Message")
		return
	}
	switch c.method {
	case http.MethodGet:
		c.json(200, m)
	case http.MethodDelete:
		s.deleteMessage(c, m)
	case http.MethodPatch:
		p, ok := s.read(c, true)
		if !ok {
			return
		}
		s.apply(c, m, p)
		m.Flags &^= Loading
		m.edited()
		s.notify()
		c.json(200, m)
	}
}

func (s *Server) followUp(c *call, i *Interaction) {
	p, ok := s.read(c, false)
	if !ok {
		return
	}
	i.followUp++
	m := s.newMessage(i.Channel, s.bot)
	m.Type, m.WebhookID, m.Flags = 20, s.bot.ID, p.Flags
	s.apply(c, m, p)
	s.add(m)
	c.json(200, m)
}
