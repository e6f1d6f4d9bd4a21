package dialogue

import (
	"strings"
	"testing"
)

// TestRules plays the examples of every rule: each is read by its rule, and by
// none before it, and leads to its label.
func TestRules(t *testing.T) {
	planner := New()
	names := map[string]bool{}
	for _, r := range planner.rules {
		if names[r.name] || len(r.examples) == 0 || len(r.wordings) == 0 {
			t.Errorf("rule %q: its name is taken, or it has no example or no wording", r.name)
		}
		names[r.name] = true
		for _, x := range r.examples {
			t.Run(r.name+": "+x.said, func(t *testing.T) {
				said := strings.Split(x.said, " / ")
				talk := Conversation{Turns: []Turn{{Prompt: x.prompt}}}
				for _, before := range said[:len(said)-1] {
					plan := planner.Plan(before, talk).Plan
					if plan == nil {
						t.Fatalf("%q is not understood", before)
					}
					talk.Turns = append(talk.Turns, Turn{Utterance: before, Prompt: plan.Prompt, Weights: plan.Weights, Plan: plan})
				}
				last := said[len(said)-1]
				if by := lastRule(planner, last, talk); by != r.name {
					t.Errorf("it is read by %q", by)
				}
				got := outcome(planner.Plan(last, talk))
				if _, label, ok := strings.Cut(got, " | "); ok {
					got = label
				}
				if got != x.want {
					t.Errorf("it leads to %q, want %q", got, x.want)
				}
			})
		}
	}
}

// lastRule is the name of the rule that reads the last clause of an utterance.
func lastRule(p *Planner, said string, talk Conversation) string {
	h := p.hear(said, talk)
	e := p.newEdit(talk)
	e.heard, e.too, e.only = h.words, h.goesOn(), h.confines()
	clauses := p.en.Clauses(h.spoken)
	for i, clause := range clauses {
		e.rule, e.last = "", i+1 == len(clauses)
		e.carryOut(i, e.corrected(i, h, clause))
	}
	return e.rule
}
