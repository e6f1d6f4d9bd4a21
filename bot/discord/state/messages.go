package state

import "encoding/json"

// An OpenMessage is a message that waits for its picture, or one that is about
// to be written.
type OpenMessage struct {
	// Channel is where it stands, Message is its ID: empty while it may not be
	// there yet.
	Channel string `json:"channel"`
	Message string `json:"message,omitempty"`
	Said    string `json:"said"`
	// Quick is set if it is the answer from the beginning, and nothing is drawn.
	Quick bool `json:"quick,omitempty"`
	// User and Place are the turn's session, Event is what asked for it.
	User  string `json:"user,omitempty"`
	Place string `json:"place,omitempty"`
	Event string `json:"event,omitempty"`
	// Application and Token change the answer to the interaction that asked, for
	// as long as Discord allows; without them a message asked. Answer says that what
	// waits is that answer.
	Application string `json:"application,omitempty"`
	Token       string `json:"token,omitempty"`
	Answer      bool   `json:"answer,omitempty"`
	// Shards are those of the process that wrote it.
	Shards string `json:"shards,omitempty"`
}

// Open remembers a message that waits, under the event that asked for it.
func (s *State) Open(event string, m OpenMessage) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.put(tableOpen, event, data)
}

// Settle forgets the message that an event asked for: it shows how its turn
// ended.
func (s *State) Settle(event string) error { return s.remove(tableOpen, event) }

// Unfinished returns the messages that waited when a process ended whose shards
// are ours. They are remembered until they are settled, each under its name.
func (s *State) Unfinished(ours func(shards string) bool) (map[string]OpenMessage, error) {
	out := map[string]OpenMessage{}
	err := s.each(tableOpen, func(name string, data []byte) error {
		var m OpenMessage
		if json.Unmarshal(data, &m) != nil || !ours(m.Shards) {
			return nil
		}
		if m.Message == "" && m.Event != name {
			m.Message = name // as versions wrote it that remembered what was written already
		}
		out[name] = m
		return nil
	})
	return out, err
}
