// Package rulestest has the rules of colour for the bundled model's pictures.
// The program judges those by a network; tests and benchmarks judge by rules,
// which know nothing that was learnt.
package rulestest

import (
	_ "embed"

	"pentimento/study/rules"
)

//go:embed pocket.yaml
var pocket []byte

// Pocket returns the rules for pictures of the bundled model.
func Pocket() *rules.Rules {
	r, err := rules.Parse(pocket)
	if err != nil {
		panic(err) // the file is here and tested
	}
	return r
}
