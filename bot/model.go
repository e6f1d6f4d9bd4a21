package bot

import (
	"strings"

	"pentimento/editor"
	"pentimento/models"
	"pentimento/recipe"
)

// Model is what a conversation knows of the model that draws its pictures. It
// cannot draw: that is done by those who take jobs from the queue.
type Model struct {
	// Digest is the model in a recipe, Name what people call it.
	Digest, Name string
	// ContextLength is how many tokens of a prompt it reads.
	ContextLength int
	// Width and Height are the size of its pictures in pixels where none is asked
	// for; 0 if that is not known.
	Width, Height int
	// SizeMultiple divides the sides of its pictures in other sizes; 0 where it draws
	// in one size.
	SizeMultiple int
	// Usual is how it is drawn with where nobody says otherwise.
	Usual models.Usual
	// Steps and Guidance are those of its new pictures; 0 for the options' own.
	Steps    int
	Guidance float64
	// Draws reports whether it draws with settings, the error is for the user; nil
	// if that is not known.
	Draws func(recipe.Settings) error
	// PrecisionOf is the precision at which the model would have a digest, false at
	// none; nil if it is not known.
	PrecisionOf func(digest string) (models.Precision, bool)
	// Words are those that it was trained on; nil if it does not say.
	Words []string
	// Find returns the first span of a prompt that is the phrase, or
	// [editor.ErrNoSuchWord].
	Find func(prompt, phrase string) (recipe.Span, error)
	// Reads is how many bytes of a prompt it reads: all of them, or those before
	// the first word that there is no room for; nil if it is not known.
	Reads func(prompt string) int

	known map[string]bool // Words in small letters
}

// ModelOf is what there is to know of m, which need not be opened to draw.
func ModelOf(m *models.Model) Model {
	spec := m.Spec()
	out := Model{
		Digest: m.Digest(), Name: m.Name(), ContextLength: spec.ContextLength, Words: m.Vocabulary(),
		Width: spec.ImageWidth, Height: spec.ImageHeight, Usual: spec.Usual(),
		PrecisionOf: m.PrecisionOf,
		Draws:       func(s recipe.Settings) error { return editor.Check(spec, s) },
		Find:        func(prompt, phrase string) (recipe.Span, error) { return editor.Find(m.Tokenizer(), prompt, phrase) },
		Reads:       func(prompt string) int { return m.Tokenizer().Encode(prompt).Read },
	}
	if spec.Resizable {
		out.SizeMultiple = spec.SizeMultiple
	}
	out.known = make(map[string]bool, len(out.Words))
	for _, w := range out.Words {
		out.known[strings.ToLower(w)] = true
	}
	return out
}

// mostTimes is how many times as many pixels as its own a model's picture may
// have: attention takes time and memory by the square of them.
const mostTimes = 4

// Check refuses options that the model cannot draw with. The error is a
// [*Problem].
func (m Model) Check(o Options) error { return m.bears(o.settings(m)) }

// bears refuses settings that the model cannot draw with, which are within bounds
// one by one. The error is a [*Problem].
func (m Model) bears(s recipe.Settings) error {
	err := s.Validate()
	if err == nil && m.Draws != nil {
		err = m.Draws(s)
	}
	if err != nil {
		return &Problem{Kind: Invalid, Text: "that cannot be drawn: " + err.Error(), Err: err}
	}
	if own := m.Width * m.Height; own > 0 && s.Width*s.Height > mostTimes*own {
		return Problemf(Invalid, "pictures of %d×%d pixels are too large for this model: it draws up to %d times as many as in %d×%d", s.Width, s.Height, mostTimes, m.Width, m.Height)
	}
	return nil
}

// fits tells whether the model reads a prompt to its end.
func (m Model) fits(prompt string) bool { return m.Reads == nil || m.Reads(prompt) >= len(prompt) }

// knows is a test for the words of the model; nil when it does not say.
func (m Model) knows() func(string) bool {
	if len(m.Words) == 0 {
		return nil
	}
	return func(word string) bool { return m.known[strings.ToLower(word)] }
}
