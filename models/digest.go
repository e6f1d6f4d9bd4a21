package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"pentimento/models/assembly"
	"pentimento/models/tokenizer"
)

// digestFiles are the files that a picture depends on, sorted by name. What
// only describes the folder (model_index.json, vocabulary.json) is left out.
func (in *inspection) digestFiles() []string {
	files := []string{schedulerFile}
	for i := range in.encoders() {
		dir := assembly.Numbered(tokenizerFolder, i)
		for _, name := range tokenizer.Files(func(name string) bool { return in.folder.has(dir + "/" + name) }) {
			files = append(files, dir+"/"+name)
		}
	}
	for _, p := range in.parts() {
		files = append(files, p.configFile())
		if in.folder.made != nil {
			continue
		}
		files = append(files, p.file())
		for _, weights := range p.external {
			files = append(files, p.name+"/"+weights)
		}
	}
	files = slices.DeleteFunc(files, func(file string) bool { return !in.folder.has(file) })
	slices.Sort(files)
	return files
}

// computeDigest is the sha256 of the lines that `sha256sum` prints for the
// files that matter, in the order of their names. Of a model that is made of
// files of weights these stand in the place of its graphs, which say no more
// than they do.
func (in *inspection) computeDigest(ctx context.Context) (string, error) {
	known := map[string]string{}
	for _, p := range in.parts() {
		known[p.file()] = p.sum
	}
	var lines strings.Builder
	for _, file := range in.digestFiles() {
		sum := known[file]
		if sum == "" {
			var err error
			if sum, err = in.folder.sha256(ctx, file); err != nil {
				return "", in.folder.failed(file, err)
			}
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum, file)
	}
	if err := in.sumInputs(ctx, &lines); err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(lines.String()))
	return hex.EncodeToString(sum[:]), nil
}

// sumInputs writes a line for every file of weights that the model is made of.
// Where one is read for the first time, its weights are looked at, too.
func (in *inspection) sumInputs(ctx context.Context, lines *strings.Builder) error {
	made := in.folder.made
	if made == nil {
		return nil
	}
	s := in.folder.sums
	if slices.ContainsFunc(made.inputs, func(i assembly.Input) bool { return s.skips(i.Path) }) {
		return errUnsummed
	}
	var looking sync.WaitGroup
	var wrong error
	unknown := func(path string) bool { return s.known(path) == "" }
	if slices.ContainsFunc(made.inputs, func(i assembly.Input) bool { return unknown(i.Path) }) {
		looking.Go(func() { wrong = assembly.CheckFinite(ctx, made.source, unknown) })
	}
	defer looking.Wait()
	var read []keptSum
	for _, input := range made.inputs {
		sum, err := s.sum(ctx, input.Path)
		if err != nil {
			return fmt.Errorf("%s: %w", input.Path, err)
		}
		read = append(read, sum)
		fmt.Fprintf(lines, "%s  %s\n", sum.SHA256, input.Role)
	}
	if looking.Wait(); wrong != nil {
		return wrong // and no sum is kept: whoever comes next looks again
	}
	for _, sum := range read {
		s.keep(sum)
	}
	return nil
}

// sha256 is the hexadecimal sha256 of a file of the folder.
func (f folder) sha256(ctx context.Context, file string) (string, error) {
	if f.dir != "" {
		return f.sums.of(ctx, f.path(file))
	}
	data, err := fs.ReadFile(f.fs, file)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), err
}
