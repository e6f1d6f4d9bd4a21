package dialogue

import (
	"errors"
	"strings"
)

// ErrNoChange says that a prompt asks for nothing that is not there, or is too
// long to be compared.
var ErrNoChange = errors.New("the prompt changes nothing")

// PlanTo makes the plan that edits the head of a conversation into a prompt that
// something other than the grammar wrote. Spans, operations and words to blend
// come from aligning the two prompts; weights are by word of the new prompt,
// beside those that the head's words have. The preset may be empty.
func (p *Planner) PlanTo(talk Conversation, prompt, preset string, weights map[string]float64) (*Plan, error) {
	if len(talk.Turns) == 0 {
		return nil, ErrNoChange
	}
	e := p.newEdit(talk)
	if !restore(e, Turn{Prompt: prompt}) {
		return nil, ErrNoChange
	}
	e.caption.SetWeights(weights)
	if preset != "" {
		e.preset = preset
	}
	plan := e.finish()
	if len(plan.Ops) == 0 || strings.TrimSpace(plan.Prompt) == "" {
		return nil, ErrNoChange
	}
	plan.Unknown = p.unknownWords(plan, talk)
	plan.Instead = p.insteadOf(plan.Unknown, talk)
	return plan, nil
}
