package study

import (
	"context"
	"fmt"

	"pentimento/editor"
	"pentimento/recipe"
	"pentimento/study/metric"
)

// cycles goes back to the first prompt, for the tasks that ask for it: as a
// turn after the edit, and as an edit of a fresh run of the edit's prompt.
func (in *instrument) cycles(ctx context.Context, at place, tasks []*task) error {
	target := at.edit.Turns[0]
	var ways []*task
	var fromFresh []recipe.Recipe
	for _, t := range tasks {
		if !t.cycle || t.turn() != 1 || t.parameters.Method != PromptToPrompt {
			continue
		}
		home, err := turnTo(in.engine, t.parameters, target.To, back(at.prompt.From, target))
		if err != nil {
			return err
		}
		t.home = home
		ways = append(ways, t)
		fromFresh = append(fromFresh, chain(t.settings, recipe.Turn{Prompt: target.To}, home))
	}
	if len(ways) == 0 {
		return nil
	}
	fresh, err := in.engine.DrawVariants(ctx, fromFresh)
	if err != nil {
		return fmt.Errorf("draw the way back from a fresh run: %w", err)
	}
	recorded := map[[2]*editor.Drawing]*editor.Drawing{}
	for i, t := range ways {
		in.back(t.metrics, "cycle_fresh", fresh[i])
		// Ways are equal where their edits are and the ways back too.
		way := [2]*editor.Drawing{t.drawing, fresh[i]}
		if recorded[way] == nil {
			d, err := in.engine.DrawVariants(ctx, []recipe.Recipe{chain(t.settings, append(t.turns[:len(t.turns):len(t.turns)], t.home)...)})
			if err != nil {
				return fmt.Errorf("draw the way back: %w", err)
			}
			recorded[way] = d[0]
		}
		in.back(t.metrics, "cycle_recorded", recorded[way])
	}
	return nil
}

// back measures how far the end of a way back is from the first picture.
func (in *instrument) back(m map[string]float64, name string, end *editor.Drawing) {
	c := metric.Difference(in.first.Image, end.Image, metric.All(in.first.Image))
	m[name], m[name+"_max"] = c.Mean, float64(c.Max)
}
