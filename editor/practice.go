package editor

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"pentimento/models"
	"pentimento/recipe"
)

// Of a practice: steps and guidance where the model has no wish.
const (
	practiceSteps    = 10
	practiceGuidance = 6
)

// practised are prompts that have models compute different things: faces, views
// and things, by day and by night.
func practised() []string {
	return []string{
		"a woman with long red hair and glasses",
		"a lake between snowy mountains at sunset",
		"a black dog on a sofa in front of a green wall",
		"a city street at night",
	}
}

// Practice draws a picture of each of a few prompts, at all noise levels of a run.
func Practice() models.Practice {
	return models.Practice{
		Name: fmt.Sprintf("%d steps, guidance %d: %s", practiceSteps, practiceGuidance, strings.Join(practised(), "; ")),
		Draw: practise,
	}
}

func practise(ctx context.Context, m *models.Model, step func(done, of int)) error {
	usual := m.Spec().Usual()
	settings := recipe.Settings{
		Model: m.Digest(), Scheduler: usual.Scheduler,
		Steps: cmp.Or(usual.Steps, practiceSteps), Guidance: cmp.Or(usual.Guidance, practiceGuidance),
	}
	e := New(m)
	prompts := practised()
	for i, prompt := range prompts {
		settings.Seed = uint64(i)
		r := recipe.Recipe{Version: recipe.Version, Settings: settings, Turns: []recipe.Turn{{Prompt: prompt}}}
		_, err := e.Draw(ctx, r, func(p Progress) { step(i*p.Steps+p.Step, len(prompts)*p.Steps) })
		if err != nil {
			return fmt.Errorf("draw %q: %w", prompt, err)
		}
		e.Forget()
	}
	return nil
}
