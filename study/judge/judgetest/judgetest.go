// Package judgetest has the rules of colour for the bundled model's pictures.
// The program judges those by a network; tests and benchmarks judge by rules,
// which know nothing that was learnt.
package judgetest

import (
	_ "embed"

	"pentimento/study/judge"
)

//go:embed pocket.yaml
var pocket []byte

// Pocket returns the rules for pictures of the bundled model.
func Pocket() *judge.Rules {
	r, err := judge.Parse(pocket)
	if err != nil {
		panic(err) // the file is here and tested
	}
	return r
}
