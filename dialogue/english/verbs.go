package english

// Directions are where somebody can look or turn.
const Directions List = "left right up down away forward backward forwards backwards straight sideways around"

// StartsVerb tells whether words begin with a verb: "wear a hat", "running".
func (en *Reader) StartsVerb(y Words) bool {
	if len(y) == 0 || y[0].Mark {
		return false
	}
	if y[0].Lower == "be" || y[0].Lower == "have" || y[0].Lower == "wear" || y[0].Lower == "wearing" || y[0].Lower == "holding" || y[0].Lower == "doing" {
		return true
	}
	if Closed(y[0].Lower) {
		return false
	}
	can := en.Possible(y[0].Lower)
	return can.Verb >= 0 && (can.Gerund || can.Verb >= can.Noun || len(y) > 1 && can.Adjective < can.Verb)
}
