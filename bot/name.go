package bot

import (
	"fmt"

	"pentimento/dialogue"
	"pentimento/models/judge"
	"pentimento/recipe"
	"pentimento/session"
)

// An edit draws what its prompt leaves open anew where it acts: green hair whose
// colour nobody has named comes back blond when it is made straight. So what the
// source's picture shows there is named in the edited prompt.

// name puts into the prompt of an edit what the picture shown would lose.
func (c *Conversation) name(s *session.Session, plan *dialogue.Plan) error {
	if plan.Action != dialogue.Edit || s.Head == 0 {
		return nil
	}
	source, err := s.Turn(s.Head)
	if err != nil {
		return fmt.Errorf("read what the picture shows: %w", err)
	}
	model, err := c.modelOf(source.Settings.Model)
	if err != nil {
		return err
	}
	seen, said := judge.Seen(source.Seen), judge.Says(plan.Prompt)
	for _, name := range endangered(changes(judge.Says(source.Recipe.Prompt), said)) {
		if _, named := said[name]; named || len(seen[name]) == 0 {
			continue
		}
		value := seen[name][0]
		insertions := judge.Name(plan.Prompt, name, value)
		if len(insertions) == 0 || !model.fits(inserted(plan.Prompt, insertions)) {
			continue
		}
		insert(plan, insertions)
	}
	return nil
}

// insert puts words into the prompt of a plan, and moves all that points at it.
func insert(plan *dialogue.Plan, insertions []judge.Insertion) {
	plan.Prompt = inserted(plan.Prompt, insertions)
	shift := 0
	for _, in := range insertions {
		at, by := in.At+shift, len(in.Text)
		for i := range plan.Weights {
			move(&plan.Weights[i].Span, at, by)
		}
		for i := range plan.Ops {
			move(&plan.Ops[i].Target, at, by)
		}
		for _, spans := range [][]recipe.Span{plan.Blend.Target, plan.Named} {
			for i := range spans {
				move(&spans[i], at, by)
			}
		}
		shift += by
	}
	last := insertions[len(insertions)-1]
	end := last.At + shift
	plan.Named = append(plan.Named, recipe.Span{Start: end - len(last.Text), End: end})
}

// inserted is a prompt with the words in it.
func inserted(prompt string, insertions []judge.Insertion) string {
	for i := len(insertions) - 1; i >= 0; i-- {
		at := insertions[i].At
		prompt = prompt[:at] + insertions[i].Text + prompt[at:]
	}
	return prompt
}

// move shifts a span by what was put in before it, and widens it by what was put
// into it.
func move(span *recipe.Span, at, by int) {
	if span.Start >= at {
		span.Start += by
	}
	if span.End > at {
		span.End += by
	}
}
