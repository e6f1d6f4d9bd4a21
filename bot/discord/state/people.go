package state

import "encoding/json"

// Blocked reports whether an admin has blocked the user.
func (s *State) Blocked(user string) (bool, error) {
	value, err := s.look(tableBlocked, user)
	return value != nil, err
}

// SetBlocked blocks a user, or admits them again.
func (s *State) SetBlocked(user string, blocked bool) error {
	if !blocked {
		return s.remove(tableBlocked, user)
	}
	return s.put(tableBlocked, user, []byte{1})
}

// usage is how much somebody drew on a day.
type usage struct {
	Day string `json:"day"`
	N   int    `json:"n"`
}

// Spend counts a picture of the user unless they have had most of them on the
// day, which it names; ok tells whether they may draw it.
func (s *State) Spend(user, day string, most int) (ok bool, err error) {
	err = s.change(tableUsage, user, func(had []byte) ([]byte, error) {
		var u usage
		if had != nil && json.Unmarshal(had, &u) != nil || u.Day != day {
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

// ForgetUsage takes back what the user drew.
func (s *State) ForgetUsage(user string) error { return s.remove(tableUsage, user) }

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
