package dialogue

import (
	"errors"
	"fmt"
	"strings"

	"pentimento/dialogue/caption"
)

// ErrNoChange says that a prompt asks for nothing that is not there, or is too
// long to be compared.
var ErrNoChange = errors.New("the prompt changes nothing")

// ErrUnwritten says that a prompt is none that a caption of the picture could be, or
// has words that the model does not know.
var ErrUnwritten = errors.New("the prompt is no caption of the picture")

// PlanTo makes the plan that edits the head of a conversation into a prompt that
// something other than the grammar wrote. What the grammar may not write is not
// taken from others either ([ErrUnwritten]). Spans, operations and words to blend
// come from aligning the two prompts; weights are by word of the new prompt,
// beside those that the head's words have. The preset may be empty. Where the
// model has no room for the prompt, the reply is the question what to leave out.
func (p *Planner) PlanTo(talk Conversation, prompt, preset string, weights map[string]float64) (Reply, error) {
	if len(talk.Turns) == 0 {
		return Reply{}, ErrNoChange
	}
	e := p.newEdit(talk)
	if !restore(e, Turn{Prompt: prompt}) {
		return Reply{}, ErrNoChange
	}
	if err := e.captioned(); err != nil {
		return Reply{}, err
	}
	e.caption.SetWeights(weights)
	if preset != "" {
		e.preset = preset
	}
	plan := e.finish()
	if len(plan.Ops) == 0 || strings.TrimSpace(plan.Prompt) == "" {
		return Reply{}, ErrNoChange
	}
	reply := answerable(e.inRoom(), talk)
	for _, plan := range reply.Plans() {
		plan.Unknown = p.unknownWords(plan, talk)
		plan.Instead = p.insteadOf(plan.Unknown, talk)
	}
	return reply, nil
}

// captioned looks at a prompt that others wrote as the guard looks at what the rules
// write. Its words need not have been said: to say in others what was meant is what
// somebody else was asked for.
func (e *edit) captioned() error {
	switch {
	case e.caption.Sane() && caption.OpensCaption(e.caption.Parse()) && e.holds():
		return nil
	case e.question != nil:
		return fmt.Errorf("%w: %s", ErrUnwritten, e.question.Text)
	}
	return ErrUnwritten
}
