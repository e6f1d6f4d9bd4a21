package bot

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pentimento/dialogue"
	"pentimento/editor"
	"pentimento/recipe"
)

// ordinals tell which of several equal words is meant: "second cat".
func ordinals() []string { return []string{"first", "second", "third", "fourth", "fifth", "sixth"} }

// spans are all places of a prompt at which a phrase stands.
func (m Model) spans(prompt, phrase string) []recipe.Span {
	var all []recipe.Span
	for at := 0; at < len(prompt); {
		span, err := m.Find(prompt[at:], phrase)
		if err != nil || span.End <= span.Start {
			break
		}
		all = append(all, recipe.Span{Start: at + span.Start, End: at + span.End})
		at += span.End
	}
	return all
}

// word finds the phrase that a command names in a prompt: "cat", or "second cat"
// where it stands more than once. If it is not clear which is meant, the question
// asks, and command is what is asked for with the words "second cat".
func (m Model) word(prompt, phrase string, command func(which string) string) (recipe.Span, *dialogue.Question, error) {
	all := m.spans(prompt, phrase)
	switch {
	case len(all) == 1:
		return all[0], nil, nil
	case len(all) > 1 && len(all) <= len(ordinals()):
		return recipe.Span{}, whichWord(prompt, phrase, all, command), nil
	case len(all) > 1:
		return all[0], nil, nil
	}
	nth, rest, _ := strings.Cut(strings.TrimPrefix(strings.ToLower(phrase), "the "), " ")
	if i := slices.Index(ordinals(), nth); i >= 0 {
		if all := m.spans(prompt, rest); i < len(all) {
			return all[i], nil, nil
		}
	}
	return recipe.Span{}, nil, fmt.Errorf("%w: %q is not in “%s”", editor.ErrNoSuchWord, phrase, prompt)
}

// whichWord asks which of the places of a phrase is meant, and quotes them with the
// words around them.
func whichWord(prompt, phrase string, all []recipe.Span, command func(which string) string) *dialogue.Question {
	q := &dialogue.Question{Kind: dialogue.Clarify}
	var places []string
	for i, span := range all {
		places = append(places, fmt.Sprintf("the %s in “%s”", ordinals()[i], around(prompt, span)))
		q.Choices = append(q.Choices, command(ordinals()[i]+" "+strings.ToLower(phrase)))
	}
	q.Text = fmt.Sprintf("The prompt says “%s” more than once: %s. Which one?", phrase, strings.Join(places, ", "))
	return q
}

// around is a span with two words before it and one after it.
func around(prompt string, span recipe.Span) string {
	before, after := strings.Fields(prompt[:span.Start]), strings.Fields(prompt[span.End:])
	words := append(slices.Clone(before[max(0, len(before)-2):]), prompt[span.Start:span.End])
	return strings.Join(append(words, after[:min(1, len(after))]...), " ")
}

// picked carries out the command that an utterance picks among those of the question
// that is open: by its number, its place or its words. ok is unset where it picks
// none.
func (c *Conversation) picked(ctx context.Context, r Request, utterance string) (answer *Answer, ok bool, err error) {
	if c.Pending != nil && c.Pending.Kind == dialogue.Pick {
		return c.taken(ctx, r, utterance)
	}
	if c.Pending == nil || len(c.Pending.Choices) == 0 || !strings.HasPrefix(c.Pending.Choices[0], "/") {
		return nil, false, nil
	}
	choices := c.Pending.Choices
	c.Pending = nil
	i := pick(utterance, choices)
	if i < 0 {
		return nil, false, nil
	}
	if word, ok := strings.CutPrefix(choices[i], "/attention "); ok {
		answer, err = c.Attention(ctx, r, word)
		return answer, true, err
	}
	words := strings.Fields(strings.TrimPrefix(choices[i], "/weight "))
	factor, err := strconv.ParseFloat(words[len(words)-1], 64)
	if err != nil {
		return nil, false, fmt.Errorf("read the weight in %q: %w", choices[i], err)
	}
	answer, err = c.Weight(ctx, r, strings.Join(words[:len(words)-1], " "), factor)
	return answer, true, err
}

// pick is the index of the one choice that an answer names, or -1.
func pick(said string, choices []string) int {
	if i := slices.IndexFunc(choices, func(choice string) bool { return strings.EqualFold(choice, strings.TrimSpace(said)) }); i >= 0 {
		return i
	}
	words := strings.FieldsFunc(strings.ToLower(said), func(r rune) bool { return r == ' ' || r == '.' || r == ',' || r == '!' })
	words = slices.DeleteFunc(words, func(w string) bool { return w == "the" || w == "one" || w == "please" })
	if len(words) == 0 {
		return -1
	}
	if n, err := strconv.Atoi(words[0]); err == nil && len(words) == 1 && n >= 1 && n <= len(choices) {
		return n - 1
	}
	found := -1
	for i, choice := range choices {
		has := strings.Fields(choice)
		if slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(has, w) }) {
			continue
		}
		if found >= 0 {
			return -1
		}
		found = i
	}
	return found
}
