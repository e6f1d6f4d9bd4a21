package cli

import (
	"context"

	"pentimento/dialogue"
)

// planCommand is `pentimento plan`: JSON lines in, JSON lines out, so that
// planners can be scored.
type planCommand struct{}

// Run plans until the input ends.
func (c *planCommand) Run(ctx context.Context, p *Process) error {
	return dialogue.RunPlan(ctx, p.In, p.Out)
}
