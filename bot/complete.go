package bot

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"pentimento/session"
)

// A Completion is what an argument may be completed to, and how it is offered.
type Completion struct{ Value, Label string }

// Completions are what the argument of the command may be, the likeliest first,
// in a session whose head is spoken of. given are the arguments before it.
func (a Argument) Completions(s *session.Session, given map[string]string) []Completion {
	var values []string
	switch {
	case a.Choices != nil:
		values = a.Choices
	case a.Kind == Setting:
		values = SettingNames()
	case a.Kind == Value:
		values = SettingValues(given["name"])
	case a.Kind == Word:
		if head, err := s.Turn(s.Head); err == nil {
			values = ContentWords(head.Recipe.Prompt)
		}
	case a.Kind == TurnID:
		var out []Completion
		for _, t := range slices.Backward(s.Turns) {
			out = append(out, Completion{strconv.Itoa(t.ID), fmt.Sprintf("%d: %s", t.ID, Describe(t))})
		}
		return out
	}
	var out []Completion
	for _, v := range values {
		out = append(out, Completion{v, v})
	}
	return out
}

// ContentWords are the words of a prompt that are worth looking at or weighing,
// each once.
func ContentWords(prompt string) []string {
	small := map[string]bool{}
	for w := range strings.FieldsSeq("a an the of in on at with and or by to from for is are under over near his her its their") {
		small[w] = true
	}
	var out []string
	for w := range strings.FieldsFuncSeq(prompt, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' }) {
		if len(w) < 2 || len(w) > 60 || small[strings.ToLower(w)] {
			continue
		}
		small[strings.ToLower(w)] = true
		out = append(out, w)
	}
	return out
}
