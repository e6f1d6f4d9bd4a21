package web

import (
	"testing"
	"time"

	"pentimento/recipe"
	"pentimento/session"
)

// The page of a conversation as long as one can be shows the latest turns at once, and
// the others when they are asked for.
func TestLongestConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &stub{})
	ann := w.ann()
	address := ann.begin()
	key := session.Key{User: "ann", Place: placeOf(address[len("/c/"):])}
	_, err := w.store.Update(t.Context(), key, func(s *session.Session) error {
		for i := range session.MaxTurns {
			if _, err := s.Add(session.Turn{Parent: max(0, i-i%50), Identity: uint64(i + 1), Time: time.Now(), Utterance: "again", Edit: "blond → red", Recipe: recipe.Turn{Prompt: "a woman's face with red hair"}}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	all := ann.all(address)
	if len(all.Turns) != window || all.Total != session.MaxTurns || all.Turns[window-1].ID != session.MaxTurns {
		t.Errorf("the page begins with %d of %d turns", len(all.Turns), all.Total)
	}
	took := time.Since(began)
	ann.ask("GET", all.Turns[0].Picture+"?small", nil)
	t.Logf("all in %v, a picture in %v", took, time.Since(began)-took)
	if d := ann.say(address, "add glasses"); d.Problem == nil {
		t.Errorf("it goes on: %+v", d)
	}
	answer, data := ann.ask("GET", address+"/turns?before=9801", nil)
	if len(data) < 10_000 || len(data) > 200_000 {
		t.Errorf("the turns before: %s, %d bytes", answer.Status, len(data))
	}
}
