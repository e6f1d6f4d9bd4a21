package dialogue

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"pentimento/files"
)

// A planRequest is a line of input of [RunPlan].
type planRequest struct {
	ID          string        `json:"id"`
	Source      string        `json:"source"`
	Instruction string        `json:"instruction"`
	History     []planHistory `json:"history"`
	Ahead       []planHistory `json:"ahead"`
	Model       string        `json:"model"`
}

// A planHistory is a turn before the request: what was said and the prompt that
// it led to. A bare string is what was said.
type planHistory struct {
	Instruction string `json:"instruction"`
	Utterance   string `json:"utterance"`
	Target      string `json:"target"`
	Prompt      string `json:"prompt"`
	// object tells that it was no bare string: without a target, it drew nothing.
	object bool
}

// prompt is the prompt that the turn led to; empty where it drew nothing, or where
// the history does not say.
func (h planHistory) prompt() string { return h.Target + h.Prompt }

// UnmarshalJSON reads an object or a string.
func (h *planHistory) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &h.Instruction)
	}
	type plain planHistory
	h.object = true
	return json.Unmarshal(data, (*plain)(h))
}

// A planResult is a line of output of [RunPlan].
type planResult struct {
	ID       string       `json:"id"`
	Target   string       `json:"target,omitempty"`
	Ops      []Op         `json:"ops,omitempty"`
	Intent   string       `json:"intent,omitempty"`
	Label    string       `json:"label,omitempty"`
	Back     int          `json:"back,omitempty"` // turns gone back before; ops are the picture's there
	Undone   []string     `json:"undone,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Answer   string       `json:"answer,omitempty"`
	Question string       `json:"question,omitempty"`
	Kind     QuestionKind `json:"kind,omitempty"`
	Choices  []string     `json:"choices,omitempty"`
}

// maxLine bounds a line of input of [RunPlan], in bytes.
const maxLine = 1 << 20

// maxHistory is how many turns of a history are looked at, the last ones.
const maxHistory = 100

// RunPlan reads requests from r, one JSON object a line
//
//	{"id", "source", "instruction", "history": [{"instruction", "target"}, …],
//	 "ahead": [{"instruction", "target"}, …], "model"}
//
// and writes for each what was planned, so that planners can be scored. The
// source is the prompt of the picture shown; the history lists the turns before
// the instruction, the last of which led to the source; among turns with a
// target, one without drew nothing, and what it asked is what the instruction
// answers. Ahead are the turns that were taken back, the next one first. The
// model's words are looked up by its name in vocabularies; a model that is not
// there knows all words.
func RunPlan(ctx context.Context, r io.Reader, w io.Writer, vocabularies map[string][]string) error {
	planner := New()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	for n := 1; lines.Scan(); n++ {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("plan line %d: %w", n, err)
		}
		line := lines.Bytes()
		if n == 1 {
			line = files.WithoutMark(line)
		}
		if len(line) == 0 {
			continue
		}
		var request planRequest
		if err := json.Unmarshal(line, &request); err != nil {
			return fmt.Errorf("read line %d: %w", n, err)
		}
		if err := out.Encode(planner.result(request, vocabularies[request.Model])); err != nil {
			return fmt.Errorf("write the plan of line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read requests: %w", err)
	}
	return nil
}

// result plans a request in a conversation with a model of that vocabulary.
func (p *Planner) result(request planRequest, vocabulary []string) planResult {
	talk := p.conversation(request, vocabulary)
	reply := p.Plan(request.Instruction, talk)
	result := planResult{ID: request.ID}
	if reply.Answer != "" {
		result.Answer, result.Intent = reply.Answer, "answer"
		return result
	}
	if q := reply.Question; q != nil {
		result.Question, result.Kind, result.Choices, result.Intent = q.Text, q.Kind, q.Choices, "question"
		return result
	}
	plan := reply.Plan
	result.Target, result.Ops, result.Label, result.Undone, result.Reason = plan.Prompt, plan.Ops, plan.Label, plan.Undone, plan.Reason
	result.Back = plan.Back
	result.Intent = string(plan.Action)
	switch n := len(talk.Turns); plan.Action {
	case Edit:
		result.Intent = plan.Preset
	case Undo:
		result.Target = talk.Turns[n-1-plan.Steps].Prompt
	case Goto:
		turn, _ := talk.turn(plan.Steps)
		result.Target = turn.Prompt
	case Redo:
		result.Target = request.Ahead[min(plan.Steps, len(request.Ahead))-1].prompt()
	case Imagine, Restart, Set, Vary, Bound, Remask:
	}
	return result
}

// conversation rebuilds the turns of a request's history. Each is planned anew,
// and the plan is kept where it led to what the history says.
func (p *Planner) conversation(request planRequest, vocabulary []string) Conversation {
	talk := Conversation{CanRedo: len(request.Ahead) > 0, Vocabulary: vocabulary}
	if len(vocabulary) > 0 {
		talk.Known = func(word string) bool { return slices.Contains(vocabulary, word) }
	}
	drawn := slices.ContainsFunc(request.History, func(h planHistory) bool { return h.prompt() != "" }) || request.Source == ""
	for _, h := range request.History[max(0, len(request.History)-maxHistory):] {
		said, prompt := h.Instruction+h.Utterance, h.prompt()
		var plan *Plan
		switch {
		case prompt == "":
			reply := p.Plan(said, talk)
			if talk.Pending = reply.Question; reply.Plan != nil && !(drawn && h.object) {
				plan, prompt = reply.Plan, reply.Plan.Prompt
			}
		case len(talk.Turns) > 0:
			plan = p.difference(talk.head(), prompt)
		}
		if prompt == "" {
			continue
		}
		talk.Pending = nil
		talk.Turns = append(talk.Turns, Turn{Utterance: said, Prompt: prompt, Plan: plan})
	}
	if n := len(talk.Turns); request.Source != "" && (n == 0 || talk.Turns[n-1].Prompt != request.Source) {
		talk.Turns = append(talk.Turns, Turn{Prompt: request.Source})
	}
	for i, h := range request.Ahead {
		talk.Others = append(talk.Others, Turn{ID: len(talk.Turns) + i + 1, Utterance: h.Instruction + h.Utterance, Prompt: h.prompt()})
	}
	return talk
}

// difference is the plan that leads from a turn to a prompt, as far as the
// prompts tell; nil if they are too long to be compared.
func (p *Planner) difference(from Turn, prompt string) *Plan {
	e := p.newEdit(Conversation{Turns: []Turn{from}})
	if !restore(e, Turn{Prompt: prompt}) {
		return nil
	}
	return e.finish()
}
