package dialogue

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// An utterance is one of testdata/utterances.txt.
type utterance struct {
	number       int
	prompt, said string
	want         string
}

func readExamples(t *testing.T) []utterance {
	t.Helper()
	data, err := os.ReadFile("testdata/utterances.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []utterance
	prompt := ""
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case line == "" || line[0] == '#':
		case line[0] != ' ':
			prompt = line
		default:
			said, want, ok := strings.Cut(strings.TrimSpace(line), " => ")
			if !ok {
				t.Fatalf("line %d has no =>", i+1)
			}
			all = append(all, utterance{i + 1, prompt, said, strings.TrimSpace(want)})
		}
	}
	return all
}

// TestUtterances plays every line of testdata/utterances.txt.
func TestUtterances(t *testing.T) {
	planner := New()
	examples := readExamples(t)
	for _, e := range examples {
		t.Run(fmt.Sprintf("%d %s", e.number, e.said), func(t *testing.T) {
			talk := Conversation{Turns: []Turn{{Prompt: e.prompt}}}
			var reply Reply
			for said := range strings.SplitSeq(e.said, " / ") {
				reply = planner.Plan(said, talk)
				if reply.Question != nil {
					talk.Pending = reply.Question
					continue
				}
				talk.Pending = nil
				if reply.Plan == nil {
					continue
				}
				if p := reply.Plan; p.Action == Edit || p.Action == Imagine {
					talk.Turns = append(talk.Turns, Turn{Utterance: said, Prompt: p.Prompt, Weights: p.Weights, Plan: p})
				}
			}
			if got := outcome(reply); !agrees(got, e.want) {
				t.Errorf("%s\n  said %s\n  got  %s\n  want %s", e.prompt, e.said, got, e.want)
			}
		})
	}
}

// outcome writes a reply as the examples do.
func outcome(r Reply) string {
	switch {
	case r.Question != nil:
		return "? " + string(r.Question.Kind)
	case r.Answer != "":
		return "answer " + r.Answer
	case r.Plan.Action == Imagine:
		return "imagine " + r.Plan.Prompt
	case r.Plan.Action == Edit:
		return r.Plan.Prompt + " | " + r.Plan.Label
	case r.Plan.Action == Set:
		return "set " + r.Plan.Label
	case r.Plan.Action == Bound || r.Plan.Action == Remask:
		return string(r.Plan.Action) + " " + r.Plan.Region
	case r.Plan.Steps > 0:
		return fmt.Sprintf("%s %d", r.Plan.Action, r.Plan.Steps)
	}
	return string(r.Plan.Action)
}

func agrees(got, want string) bool {
	return got == want || want == "?" && strings.HasPrefix(got, "? ") || want == "answer" && strings.HasPrefix(got, "answer ")
}
