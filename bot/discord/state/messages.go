package state

import "encoding/json"

// An OpenMessage is a message that waits for its picture.
type OpenMessage struct {
	Channel string `json:"channel"`
	Said    string `json:"said"`
	// User and Place are the turn's session, Event is what asked for it.
	User  string `json:"user,omitempty"`
	Place string `json:"place,omitempty"`
	Event string `json:"event,omitempty"`
	// Shards are those of the process that wrote it.
	Shards string `json:"shards,omitempty"`
}

// Open remembers a message that waits for its picture.
func (s *State) Open(id string, m OpenMessage) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return s.put(tableOpen, id, data)
}

// Settle forgets a message that shows how its turn ended.
func (s *State) Settle(id string) error { return s.remove(tableOpen, id) }

// TakeOpen returns the messages, by ID, that waited when a process last ended
// whose shards are ours, and forgets them.
func (s *State) TakeOpen(ours func(shards string) bool) (map[string]OpenMessage, error) {
	out := map[string]OpenMessage{}
	err := s.removeAll(tableOpen, func(id string, data []byte) bool {
		var m OpenMessage
		taken := json.Unmarshal(data, &m) == nil && ours(m.Shards)
		if taken {
			out[id] = m
		}
		return taken
	})
	return out, err
}
