package cli

import (
	"context"

	"pentimento/dialogue"
	"pentimento/models"
	"pentimento/models/pocket"
)

// planCommand is `pentimento plan`: JSON lines in, JSON lines out, so that
// planners can be scored.
type planCommand struct{}

// Run plans until the input ends. Of the models that a line may name, it knows
// the words of the bundled one.
func (c *planCommand) Run(ctx context.Context, p *Process) error {
	bundled, err := models.ReadFS(ctx, pocket.Files(), "pocket", models.Options{})
	if err != nil {
		return err
	}
	return dialogue.RunPlan(ctx, p.In, p.Out, map[string][]string{bundled.Name(): bundled.Vocabulary()})
}
