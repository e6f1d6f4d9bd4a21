package main

import (
	"errors"
	"fmt"
	"slices"

	"pentimento/bot"
	"pentimento/editor"
	"pentimento/models/judge"
	"pentimento/models/pocket"
	"pentimento/recipe"
)

// meanRepeats is how often every edit of the mean is timed. The fastest counts.
const meanRepeats = 5

// meanEdit times the 19 edits of the group pocket, each as a conversation has it
// drawn right after its source, against that source: what an edit costs in the mean.
func (b *bench) meanEdit() (err error) {
	critic, err := judge.Open(b.runtime, pocket.Judge(), 1)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, critic.Close()) }()
	var seconds, rows float64
	n := 0.
	for _, r := range requests() {
		turns, err := b.chainOf(critic, r)
		if err != nil {
			return fmt.Errorf("%s: %w", r.said, err)
		}
		ratio, rowRatio, err := b.editVsPlain(turns)
		if err != nil {
			return fmt.Errorf("%s: %w", r.said, err)
		}
		fmt.Printf("  %-32s %.2f of a picture's time, %.2f of its rows\n", r.said, ratio, rowRatio)
		seconds, rows, n = seconds+ratio, rows+rowRatio, n+1
	}
	b.figures["speed.edit_vs_plain_mean"] = seconds / n
	b.figures["speed.edit_rows_vs_plain_mean"] = rows / n
	return nil
}

// chainOf is what a conversation makes of a request: a picture and its edit.
func (b *bench) chainOf(critic *judge.Network, r request) (turns []recipe.Turn, err error) {
	seed := uint64(7)
	talk, stop := b.conversation(editor.New(b.model), critic, bot.Options{Seed: &seed, Steps: b.steps, Guidance: 4.5})
	defer func() { err = errors.Join(err, stop()) }()
	for _, said := range []string{r.source, r.said} {
		answer, err := ask(b.ctx, talk, said)
		if err != nil {
			return nil, err
		}
		turns = append(turns, answer.Turn.Recipe)
	}
	return turns, nil
}

// editVsPlain times an edit whose source was just drawn and that source, taking
// turns, and counts their rows.
func (b *bench) editVsPlain(turns []recipe.Turn) (seconds, rows float64, err error) {
	engine := editor.New(b.model)
	var plains, edits []float64
	for range meanRepeats {
		engine.Forget()
		plain, plainRows, err := b.time(engine, b.recipe(turns[0]))
		if err != nil {
			return 0, 0, err
		}
		edit, editRows, err := b.time(engine, b.recipe(turns...))
		if err != nil {
			return 0, 0, err
		}
		plains, edits = append(plains, plain), append(edits, edit)
		rows = float64(editRows) / float64(plainRows)
	}
	return slices.Min(edits) / slices.Min(plains), rows, nil
}
