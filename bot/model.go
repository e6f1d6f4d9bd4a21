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
	// MaxSteps is how many denoising steps it takes at most; 0 if that is not known.
	MaxSteps int
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
	out := Model{
		Digest: m.Digest(), Name: m.Name(), ContextLength: m.Spec().ContextLength, MaxSteps: m.Spec().Schedule.TrainSteps, Words: m.Vocabulary(),
		Find:  func(prompt, phrase string) (recipe.Span, error) { return editor.Find(m.Tokenizer(), prompt, phrase) },
		Reads: func(prompt string) int { return m.Tokenizer().Encode(prompt).Read },
	}
	out.known = make(map[string]bool, len(out.Words))
	for _, w := range out.Words {
		out.known[strings.ToLower(w)] = true
	}
	return out
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
