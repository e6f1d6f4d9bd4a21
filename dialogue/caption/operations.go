package caption

import (
	"strconv"
	"strings"

	"pentimento/recipe"
)

// A Blend holds the words whose attention bounds an edit, as byte spans of the
// source and of the target prompt.
type Blend struct {
	Source []recipe.Span `json:"source,omitempty"`
	Target []recipe.Span `json:"target,omitempty"`
}

// An OpKind is one of the operations of Prompt-to-Prompt.
type OpKind string

// An Op is one difference between a source prompt and a target prompt. Source and
// Target are byte spans; one that does not apply (the source of words added, the
// target of words removed) is empty and marks the place.
type Op struct {
	Kind   OpKind      `json:"kind"`
	Source recipe.Span `json:"source"`
	Target recipe.Span `json:"target"`
	// From and To are the words without articles and connectives.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Factor is the new weight of Reweight.
	Factor float64 `json:"factor,omitempty"`
	// Noun is what the words belong to: "hair" for blond → red.
	Noun string `json:"noun,omitempty"`
}

// The kinds of operations.
const (
	Swap     OpKind = "swap"     // words replaced by others
	Refine   OpKind = "refine"   // words added
	Remove   OpKind = "remove"   // words taken out
	Reweight OpKind = "reweight" // attention of words scaled
)

// Label writes operations in the fewest words: "blond → red, + glasses".
func Label(ops []Op) string {
	var parts []string
	for _, op := range ops {
		switch op.Kind {
		case Swap:
			parts = append(parts, op.From+" → "+op.To)
		case Refine:
			parts = append(parts, "+ "+op.To)
		case Remove:
			parts = append(parts, "− "+op.From)
		case Reweight:
			parts = append(parts, op.To+" ×"+strconv.FormatFloat(round(op.Factor), 'f', -1, 64))
		}
	}
	return strings.Join(parts, ", ")
}
