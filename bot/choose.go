package bot

import (
	"fmt"
	"strings"

	"pentimento/editor"
	"pentimento/session"
)

// Which model a picture is drawn with: a new one's is chosen, an edit's is that of
// the picture that it edits.

// models are all that draw here, the one first that draws where none is chosen.
func (c *Conversation) models() []Model { return append([]Model{c.Model}, c.Others...) }

// modelNamed is the model of that name, in any case; the default for "" and "auto".
// The error is a [*Problem] that lists them.
func (c *Conversation) modelNamed(name string) (Model, error) {
	if name == "" || name == "auto" {
		return c.Model, nil
	}
	for _, m := range c.models() {
		if strings.EqualFold(m.Name, name) {
			return m, nil
		}
	}
	return Model{}, Problemf(NotFound, "there is no model %q here: use %s", name, strings.Join(c.ModelNames(), ", "))
}

// ModelNames are what the models are called that draw here, the default first.
func (c *Conversation) ModelNames() []string {
	var names []string
	for _, m := range c.models() {
		names = append(names, m.Name)
	}
	return names
}

// modelOf is the model with that digest. The error is a [*Problem] that says what can
// be done without it.
func (c *Conversation) modelOf(digest string) (Model, error) {
	for _, m := range c.models() {
		if digest == "" || m.Digest == digest {
			return m, nil
		}
	}
	if err := c.otherPrecision(digest); err != nil {
		return Model{}, err
	}
	return Model{}, &Problem{
		Kind: Invalid, Err: &editor.ModelError{Want: digest, Have: c.Model.Digest},
		Text: "this picture was drawn with the model " + short(digest) + ", which is not here any more, so it cannot be drawn again or edited. Start a new picture, or ask whoever runs me for that model",
	}
}

// otherPrecision says of a digest that is one of the models at another precision how
// to draw with it; nil of any other.
func (c *Conversation) otherPrecision(digest string) error {
	for _, m := range c.models() {
		if m.PrecisionOf == nil {
			continue
		}
		own, known := m.PrecisionOf(m.Digest)
		if p, ok := m.PrecisionOf(digest); ok && known && p != own {
			return &Problem{
				Kind: Invalid, Err: &editor.ModelError{Want: digest, Have: m.Digest, Precision: p},
				Text: fmt.Sprintf("this picture was made with the model %s at %s, and another precision draws another picture. It can be drawn and edited where I am started with --precision %[2]s", m.Name, p),
			}
		}
	}
	return nil
}

// short is the beginning of a digest, which is enough to tell it from others.
func short(digest string) string { return digest[:min(12, len(digest))] }

// spokenOf is the model of the picture at the head of the session; of the next new
// one while there is none.
func (c *Conversation) spokenOf(s *session.Session) (Model, error) {
	if s.Head == 0 {
		return c.modelNamed(c.Options.Model)
	}
	turn, err := s.Turn(s.Head)
	if err != nil {
		return Model{}, err
	}
	return c.modelOf(turn.Settings.Model)
}
