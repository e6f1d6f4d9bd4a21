package dialogue

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"pentimento/dialogue/caption"
	"pentimento/recipe"
)

// check fails where a reply breaks what callers rely on.
func check(t *testing.T, utterance string, talk Conversation, r Reply) {
	t.Helper()
	if r.Plan != nil && r.Question != nil || (r.Answer != "") == (r.Plan != nil || r.Question != nil) {
		t.Fatalf("%q: plan, question and answer are %v, %v and %q", utterance, r.Plan, r.Question, r.Answer)
	}
	if r.Answer != "" {
		return
	}
	if r.Question != nil {
		if r.Question.Text == "" || r.Question.Kind == "" {
			t.Fatalf("%q: empty question %+v", utterance, r.Question)
		}
		return
	}
	p := r.Plan
	if _, err := json.Marshal(p); err != nil {
		t.Fatalf("%q: %v", utterance, err)
	}
	source := ""
	if len(talk.Turns) > 0 {
		source = talk.Turns[len(talk.Turns)-1].Prompt
	}
	inside := func(what string, s recipe.Span, text string) {
		if s.Start < 0 || s.End < s.Start || s.End > len(text) {
			t.Fatalf("%q: %s %v lies outside %q", utterance, what, s, text)
		}
		if utf8.ValidString(text) && !utf8.ValidString(text[s.Start:s.End]) {
			t.Fatalf("%q: %s %v cuts a character of %q", utterance, what, s, text)
		}
	}
	for _, op := range p.Ops {
		inside("source of an operation", op.Source, source)
		inside("target of an operation", op.Target, p.Prompt)
	}
	for _, w := range p.Weights {
		inside("weight", w.Span, p.Prompt)
		if w.Factor < caption.MinWeight || w.Factor > caption.MaxWeight {
			t.Fatalf("%q: weight %v", utterance, w.Factor)
		}
	}
	for _, s := range p.Blend.Source {
		inside("blend source", s, source)
	}
	for _, s := range p.Blend.Target {
		inside("blend target", s, p.Prompt)
	}
	switch p.Action {
	case Imagine, Edit:
		if strings.TrimSpace(p.Prompt) == "" {
			t.Fatalf("%q: empty prompt", utterance)
		}
	case Undo:
		if p.Steps < 1 || p.Steps >= len(talk.Turns) {
			t.Fatalf("%q: undo %d of %d turns", utterance, p.Steps, len(talk.Turns))
		}
	case Goto:
		if p.Steps < 1 || p.Steps > len(talk.Turns) {
			t.Fatalf("%q: go to %d of %d turns", utterance, p.Steps, len(talk.Turns))
		}
	}
}

func FuzzPlan(f *testing.F) {
	for _, said := range []string{"make her hair red", "no, brown", "undo the hat", "a bit less curly", "add glasses and a hat", "", "\x00\xff", "ı̇'s", "and and , and", "with with with", "make make make", "→", "not not"} {
		f.Add("a woman's face with blond hair, glasses and a hat", said, "add a hat")
		f.Add("", said, said)
		f.Add("İ 😀's a , and the", said, said)
	}
	planner := New()
	f.Fuzz(func(t *testing.T, prompt, first, second string) {
		var talk Conversation
		if prompt != "" {
			talk.Turns = []Turn{{Prompt: prompt}}
		}
		for _, said := range []string{first, second, "no, " + second, "a bit more", "undo " + second} {
			r := planner.Plan(said, talk)
			check(t, said, talk, r)
			talk.Pending = r.Question
			if r.Plan != nil && (r.Plan.Action == Edit || r.Plan.Action == Imagine) {
				talk.Turns = append(talk.Turns, Turn{Utterance: said, Prompt: r.Plan.Prompt, Weights: r.Plan.Weights, Plan: r.Plan})
			}
		}
	})
}
