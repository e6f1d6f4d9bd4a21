package state

import (
	"encoding/json"

	"pentimento/bot"
	"pentimento/dialogue"
	"pentimento/session"
)

// nameOf is a session's name in tables.
func nameOf(key session.Key) string { return key.User + "/" + key.Place }

// Options are what the user set in a session; those given if nothing.
func (s *State) Options(key session.Key, without bot.Options) bot.Options {
	set := without
	if data := s.get(tableOptions, nameOf(key)); data != nil && json.Unmarshal(data, &set) != nil {
		return without
	}
	return set
}

// SetOptions remembers what the user set in a session.
func (s *State) SetOptions(key session.Key, o bot.Options) error {
	data, err := json.Marshal(o)
	if err != nil {
		return err
	}
	return s.put(tableOptions, nameOf(key), data)
}

// Question is the one that waits for an answer in a session; nil for none.
func (s *State) Question(key session.Key) *dialogue.Question {
	data := s.get(tableAsked, nameOf(key))
	if data == nil {
		return nil
	}
	q := new(dialogue.Question)
	if err := json.Unmarshal(data, q); err != nil {
		s.log.Warn("a question from before cannot be read", "error", err)
		return nil
	}
	return q
}

// SetQuestion remembers the question that waits for an answer; nil for none.
func (s *State) SetQuestion(key session.Key, q *dialogue.Question) error {
	if q == nil {
		return s.remove(tableAsked, nameOf(key))
	}
	data, err := json.Marshal(q)
	if err != nil {
		return err
	}
	return s.put(tableAsked, nameOf(key), data)
}

// ThreadOwner is the user for whose session a thread was opened; empty for any
// other thread.
func (s *State) ThreadOwner(thread string) string { return string(s.get(tableThreads, thread)) }

// SetThreadOwner remembers for whose session a thread is opened. An empty user
// forgets it.
func (s *State) SetThreadOwner(thread, user string) error {
	if user == "" {
		return s.remove(tableThreads, thread)
	}
	return s.put(tableThreads, thread, []byte(user))
}
