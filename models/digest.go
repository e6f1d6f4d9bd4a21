package models

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"pentimento/models/tokenizer"
)

// digestFiles are the files that a picture depends on, sorted by name. What
// only describes the folder (model_index.json, vocabulary.json) is left out.
func (in *inspection) digestFiles() []string {
	files := []string{schedulerFile}
	for i := range in.encoders() {
		dir := numbered(tokenizerFolder, i)
		for _, name := range tokenizer.Files(func(name string) bool { return in.folder.has(dir + "/" + name) }) {
			files = append(files, dir+"/"+name)
		}
	}
	for _, p := range in.parts() {
		files = append(files, p.file(), p.configFile())
		for _, weights := range p.external {
			files = append(files, p.name+"/"+weights)
		}
	}
	files = slices.DeleteFunc(files, func(file string) bool { return !in.folder.has(file) })
	slices.Sort(files)
	return files
}

// computeDigest is the sha256 of the lines that `sha256sum` prints for the
// files that matter, in the order of their names.
func (in *inspection) computeDigest() (string, error) {
	known := map[string]string{}
	for _, p := range in.parts() {
		known[p.file()] = p.sum
	}
	var lines strings.Builder
	for _, file := range in.digestFiles() {
		sum := known[file]
		if sum == "" {
			var err error
			if sum, err = in.folder.sha256(file); err != nil {
				return "", err
			}
		}
		fmt.Fprintf(&lines, "%s  %s\n", sum, file)
	}
	sum := sha256.Sum256([]byte(lines.String()))
	return hex.EncodeToString(sum[:]), nil
}

// sha256 is the hexadecimal sha256 of a file.
func (f folder) sha256(file string) (sum string, err error) {
	opened, err := f.fs.Open(file)
	if err != nil {
		return "", f.failed(file, err)
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, opened); err != nil {
		return "", f.failed(file, fmt.Errorf("read: %w", err))
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
