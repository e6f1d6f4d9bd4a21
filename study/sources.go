package study

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"pentimento/recipe"
)

// A part is the cells of one log: those of a study, or those that confirm what
// its search found.
type part struct {
	file   *File
	name   string // of the log, without .jsonl
	dir    string
	cells  []Cell
	log    *log
	places map[string]place // of edits, by name
}

// A place is an edit and the prompt that it is an edit of.
type place struct {
	prompt Prompt
	edit   Edit
}

// openPart opens the log of a study's cells.
func openPart(f *File, cells []Cell, name, model string, o Options) (*part, error) {
	want, err := headerOf(f, cells, model, o)
	if err != nil {
		return nil, err
	}
	p := &part{file: f, name: name, dir: Folder(o.Dir, f.Name), cells: cells, places: map[string]place{}}
	for _, prompt := range f.Prompts {
		for _, edit := range prompt.Edits {
			p.places[edit.Name] = place{prompt, edit}
		}
	}
	p.log, err = openLog(filepath.Join(p.dir, name+".jsonl"), want)
	return p, err
}

// closeAll closes the logs.
func closeAll(parts []*part) error {
	var all []error
	for _, p := range parts {
		all = append(all, p.log.close())
	}
	return errors.Join(all...)
}

// A source is a picture, and all that is done to it in any study.
type source struct {
	prompt   string
	settings recipe.Settings
	groups   []*group
}

// A group is the cells of one edit of one picture: of any study, and whatever
// the edit is called there. What they have in common is drawn once.
type group struct {
	place place
	cells []placed
}

// placed is a cell and where its result goes.
type placed struct {
	Cell
	part  *part
	index int
}

// sources arranges the cells that have no result yet.
func sources(parts []*part, model string) ([]*source, error) {
	type sourceKey struct {
		prompt   string
		settings recipe.Settings
	}
	var out []*source
	bySource := map[sourceKey]*source{}
	byEdit := map[string]*group{}
	for _, p := range parts {
		for i, c := range p.cells {
			if p.log.has[i] {
				continue
			}
			at := p.places[c.Edit]
			key := sourceKey{at.prompt.From, c.settings(c.Seed, model)}
			s := bySource[key]
			if s == nil {
				s = &source{prompt: key.prompt, settings: key.settings}
				bySource[key], out = s, append(out, s)
			}
			what := at.prompt
			what.Edits = nil
			edit, err := json.Marshal([]any{key.settings, what, at.edit.Turns})
			if err != nil {
				return nil, fmt.Errorf("arrange the cells: %w", err)
			}
			g := byEdit[string(edit)]
			if g == nil {
				g = &group{place: at}
				byEdit[string(edit)], s.groups = g, append(s.groups, g)
			}
			g.cells = append(g.cells, placed{c, p, i})
		}
	}
	return out, nil
}
