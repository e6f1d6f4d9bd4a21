// Package study is the research instrument. It draws the same edits under many
// hyper-parameters, measures every picture, and tells what the numbers say:
//
//	sweeps → measures → findings → report
//
// Data flows that one way, and the files follow it. Sweeps:
//
//	file.go, values.go  a study as it is written: prompts, edits, seeds, sweeps
//	parameters.go       the hyper-parameters that sweeps set
//	cells.go            sweeps → cells, one for each picture that is measured
//
// Measures:
//
//	run.go, sources.go  hands cells that share a source picture to instruments
//	task.go, turns.go   cell → edit → picture
//	method.go           Prompt-to-Prompt and what it is compared with
//	measure.go          picture → metrics; metrics.go says what each means
//	region.go           where an edit should change the picture, and where not
//	success.go          whether the picture shows what was asked
//	wholeness.go        whether it is of one piece
//	cycle.go            how far the way back is from the first picture
//	log.go              results on disk, with which a killed run goes on
//
// Findings:
//
//	estimate.go         results → means with confidence intervals
//	search.go           results → the best parameters for each kind of edit
//	claims.go           which of a study's sentences the numbers bear out
//
// The report is package report. [Parse] reads a study, [Shipped] has those of
// the paper, [Run] runs some.
package study

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

//go:embed experiments/*.yaml
var experiments embed.FS

// Shipped returns the YAML of a study that is part of the program.
func Shipped(name string) ([]byte, error) {
	data, err := experiments.ReadFile(path.Join("experiments", name+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("there is no study %q: use %s, or a file", name, strings.Join(ShippedNames(), ", "))
	}
	return data, nil
}

// ShippedNames lists the studies that are part of the program.
func ShippedNames() []string {
	files, err := fs.Glob(experiments, "experiments/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	return files
}
