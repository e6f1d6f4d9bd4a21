package bot

import "pentimento/recipe"

// Where several people have pictures drawn, what one of them asks for does not take
// everybody's time.

const (
	// affordableSteps is how many steps people may set, affordableTurns how many turns a
	// recipe may have that they bring along: all of them are drawn at once.
	affordableSteps = 100
	affordableTurns = 30
)

// Affordable refuses a recipe that would take everybody's time.
func Affordable(r recipe.Recipe) error {
	if len(r.Turns) <= affordableTurns && r.Settings.Steps <= affordableSteps {
		return nil
	}
	return Problemf(Refused, "that recipe has %s of %s; I draw up to %d turns of up to %d steps",
		Plural(len(r.Turns), "turn"), Plural(r.Settings.Steps, "step"), affordableTurns, affordableSteps)
}

// AffordableAfter refuses options that would take everybody's time, unless those before
// them, which may be the operator's, did already.
func (o Options) AffordableAfter(before Options) error {
	if o.Steps > max(before.Steps, affordableSteps) {
		return Problemf(Refused, "I draw with up to %d steps here", affordableSteps)
	}
	return nil
}
