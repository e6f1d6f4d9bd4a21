// Package study is the research instrument: it draws the same edits under many
// hyper-parameters, measures every picture, and keeps what it measured.
//
// Data flows one way, and the files follow it:
//
//	file.go        a study's file: prompts, edits, seeds, sweeps
//	parameters.go  the hyper-parameters that sweeps set
//	expand.go      file → cells, one for each picture that is measured
//	method.go      cell → picture, by Prompt-to-Prompt or what it is compared with
//	measure.go     picture → metrics
//	run.go, log.go all cells, in parallel, appended to a file that a killed run goes on with
//	interval.go    results → means with confidence intervals
//	search.go      results → the best parameters for each kind of edit
//
// [Parse] reads a study, [Shipped] has those of the paper, [Run] runs one.
// What is shown of the results is the business of whoever called.
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
