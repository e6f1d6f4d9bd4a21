package state

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// hide is a name for a user, or something of a user, that does not say who it is
// to anybody without the bot's key. What has to outlast /forget is kept under it.
func (s *State) hide(table, name string) string {
	sum := hmac.New(sha256.New, s.key)
	_, _ = fmt.Fprintf(sum, "%s\x00%s", table, name) // never fails
	return hex.EncodeToString(sum.Sum(nil)[:hiddenBytes])
}

// hiddenBytes is how long the names are that hide gives, in bytes before they
// are written in hexadecimal.
const hiddenBytes = 16

// hidePeople hides the names that versions before wrote as they are.
func (s *State) hidePeople() error {
	plain := func(table string) (map[string][]byte, error) {
		out := map[string][]byte{}
		err := s.each(table, func(name string, value []byte) error {
			if len(name) != 2*hiddenBytes {
				out[name] = value
			}
			return nil
		})
		return out, err
	}
	blocked, err := plain(tableBlocked)
	for user := range blocked {
		if err == nil {
			err = s.SetBlocked(user, true)
		}
		if err == nil {
			err = s.remove(tableBlocked, user)
		}
	}
	if err != nil {
		return fmt.Errorf("hide who is blocked: %w", err)
	}
	drawn, err := plain(tableUsage)
	for user, data := range drawn {
		var u usage
		if err == nil && json.Unmarshal(data, &u) == nil {
			err = s.put(tableUsage, s.hide(tableUsage, u.Day+" "+user), data)
		}
		if err == nil {
			err = s.remove(tableUsage, user)
		}
	}
	if err != nil {
		return fmt.Errorf("hide who drew how much: %w", err)
	}
	if len(blocked)+len(drawn) == 0 {
		return nil
	}
	return s.erase()
}

// Blocked reports whether an admin has blocked the user.
func (s *State) Blocked(user string) (bool, error) {
	value, err := s.look(tableBlocked, s.hide(tableBlocked, user))
	return value != nil, err
}

// SetBlocked blocks a user, or admits them again.
func (s *State) SetBlocked(user string, blocked bool) error {
	if !blocked {
		return s.remove(tableBlocked, s.hide(tableBlocked, user))
	}
	return s.put(tableBlocked, s.hide(tableBlocked, user), []byte{1})
}

// usage is how much somebody drew on a day.
type usage struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// Spend counts a picture of the user unless they have had most of them on the
// day, which it names; ok tells whether they may draw it. What was drawn on
// other days is forgotten.
func (s *State) Spend(user, day string, most int) (ok bool, err error) {
	s.begin(day)
	err = s.change(tableUsage, s.hide(tableUsage, day+" "+user), func(had []byte) ([]byte, error) {
		u := usage{Day: day}
		if had != nil && json.Unmarshal(had, &u) != nil {
			u = usage{Day: day}
		}
		if ok = u.N < most; !ok {
			return had, nil
		}
		u.N++
		return json.Marshal(u)
	})
	return ok, err
}

// begin forgets what was drawn on other days, once a day.
func (s *State) begin(day string) {
	s.mu.Lock()
	known := s.today == day
	s.today = day
	s.mu.Unlock()
	if known {
		return
	}
	err := s.removeAll(tableUsage, func(_ string, data []byte) bool {
		var u usage
		return json.Unmarshal(data, &u) != nil || u.Day != day
	})
	if err != nil {
		s.log.Error("what was drawn on other days is not forgotten yet", "error", err)
	}
}

// ForgetUsage takes back what the user drew on a day.
func (s *State) ForgetUsage(user, day string) error {
	return s.remove(tableUsage, s.hide(tableUsage, day+" "+user))
}

// Drawn counts the pictures of a day, and who drew them.
func (s *State) Drawn(day string) (pictures, people int) {
	err := s.each(tableUsage, func(_ string, data []byte) error {
		var u usage
		if json.Unmarshal(data, &u) == nil && u.Day == day {
			pictures, people = pictures+u.N, people+1
		}
		return nil
	})
	if err != nil {
		s.log.Error("the pictures of today cannot be counted", "error", err)
	}
	return pictures, people
}
