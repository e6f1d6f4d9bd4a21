package sessiontest

import (
	"testing"

	"pentimento/recipe"
	"pentimento/session"
)

// Records are those of a session with a branch.
func Records(t testing.TB, key session.Key) session.Records {
	t.Helper()
	var codec session.Codec
	defer codec.Clear()
	r, err := codec.Apply(&session.Session{Key: key}, session.Records{}, func(s *session.Session) error {
		for _, turn := range []session.Turn{
			{Utterance: "a cat", Settings: recipe.Settings{Seed: 7, Steps: 20}, Plan: []byte(`{"a":[1]}`)},
			{Parent: 1, Utterance: "a dog", Recipe: recipe.Turn{Prompt: "a dog", Weights: []recipe.Weight{{Factor: 2}}}},
			{Parent: 1, Utterance: "a bird"},
		} {
			if _, err := s.Add(turn); err != nil {
				return err
			}
		}
		return s.Revert(1)
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
