package bot

import (
	"context"

	"pentimento/dialogue"
)

// A Planner understands what somebody says in a conversation: [Grammar] by
// rules, llm.Planner by asking a language model what the rules cannot read.
type Planner interface {
	Plan(ctx context.Context, utterance string, talk dialogue.Conversation) dialogue.Reply
	// Picture plans a new picture of a prompt as it stands.
	Picture(prompt string, talk dialogue.Conversation) dialogue.Reply
	// Repertoire says what the model draws, with up to that many words of a kind.
	Repertoire(talk dialogue.Conversation, words int) string
}

// Grammar is the planner that needs nothing but itself.
type Grammar struct{ *dialogue.Planner }

// Plan understands by the grammar, which takes no time worth cancelling.
func (g Grammar) Plan(_ context.Context, utterance string, talk dialogue.Conversation) dialogue.Reply {
	return g.Planner.Plan(utterance, talk)
}
