package study

import (
	"fmt"

	"pentimento/editor"
	"pentimento/recipe"
)

// windows are the parameters as the engine takes them.
func (p Parameters) windows() recipe.Windows {
	w := recipe.Windows{Cross: recipe.Window{To: p.Cross}, Self: recipe.Window{To: p.Self}, Value: recipe.Window{To: p.Value}}
	if p.Value > 0 {
		w.ValueMix = p.Beta
		if p.ValueLayers != allLayers {
			w.ValueLayers = recipe.ValueLayers(p.ValueLayers)
		}
	}
	return w
}

func (p Parameters) settings(seed uint64, digest string) recipe.Settings {
	return recipe.Settings{Model: digest, Seed: seed, Scheduler: p.Scheduler, Steps: p.Steps, Guidance: p.Guidance}
}

// turnsOf is the chain of an edit, from the source picture on.
func turnsOf(e *editor.Engine, p Parameters, from string, targets []Target) ([]recipe.Turn, error) {
	turns := []recipe.Turn{{Prompt: from}}
	for _, t := range targets {
		turn, err := turnTo(e, p, from, t)
		if err != nil {
			return nil, err
		}
		turns = append(turns, turn)
		from = t.To
	}
	return turns, nil
}

// turnTo is the edit of the prompt from to a target.
func turnTo(e *editor.Engine, p Parameters, from string, t Target) (recipe.Turn, error) {
	turn := recipe.Turn{Prompt: t.To, Windows: p.windows(), Preset: p.Preset, Start: p.Start}
	if t.Weigh != "" && p.Weight != 1 {
		span, err := find(e, t.To, t.Weigh)
		if err != nil {
			return turn, err
		}
		turn.Weights = []recipe.Weight{{Span: span[0], Factor: p.Weight}}
	}
	source, err := find(e, from, *t.Replaces)
	if err != nil {
		return turn, err
	}
	target, err := find(e, t.To, t.Words)
	if err != nil {
		return turn, err
	}
	if p.K > 0 && len(source)+len(target) > 0 {
		turn.Blend = recipe.Blend{Threshold: p.K, Start: p.BlendStart, Source: source, Target: target}
	}
	return turn, nil
}

// back is the target that undoes an edit of the prompt from.
func back(from string, t Target) Target {
	return Target{To: from, Words: *t.Replaces, Replaces: &t.Words}
}

// find returns where the words are in a prompt; no words are nowhere.
func find(e *editor.Engine, prompt, words string) ([]recipe.Span, error) {
	if words == "" {
		return nil, nil
	}
	span, err := e.Find(prompt, words)
	if err != nil {
		return nil, fmt.Errorf("find %q in %q: %w", words, prompt, err)
	}
	return []recipe.Span{span}, nil
}
