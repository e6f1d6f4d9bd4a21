package cli

import "pentimento/dialogue"

// planCommand is `pentimento plan`: JSON lines in, JSON lines out, so that
// planners can be scored.
type planCommand struct{}

// Run plans until the input ends.
func (c *planCommand) Run(w *world) error {
	return dialogue.RunPlan(w.ctx, w.in, w.out)
}
