package study

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/goccy/go-yaml"

	"pentimento/files/yamlfile"
)

// A File is a study as it is written down; docs/study-files.md describes the
// YAML.
type File struct {
	Name  string `yaml:"name"`
	About string `yaml:"about"`
	Seeds Seeds  `yaml:"seeds"`
	// Examples is how many of the seeds have their pictures kept and shown.
	Examples int      `yaml:"examples"`
	Settings Setting  `yaml:"settings"`
	Prompts  []Prompt `yaml:"prompts"`
	Sweeps   []Sweep  `yaml:"sweeps"`
	// Search makes the study a search for the best parameters.
	Search *Search `yaml:"search"`
	// Claims are sentences that the results bear out or don't.
	Claims []Claim `yaml:"claims"`
}

// A Prompt is a source picture, and what is done to it.
type Prompt struct {
	From string `yaml:"from"`
	// Words are what the edits replace: the local blend is on them.
	Words string `yaml:"words"`
	// Region is what the edits change, as the judge names it; Shows and, by
	// rules of colour, Colour are what the judge has to see in the source.
	Region string            `yaml:"region"`
	Shows  map[string]string `yaml:"shows"`
	Colour string            `yaml:"colour"`
	Edits  []Edit            `yaml:"edits"`
}

// An Edit is one target, or several turn after turn.
type Edit struct {
	Name string `yaml:"name"`
	// Kind is the kind of edit that a search finds parameters for.
	Kind   string `yaml:"kind"`
	Target `yaml:",inline"`
	Turns  []Target `yaml:"turns"`
}

// A Target is what a turn should show.
type Target struct {
	To string `yaml:"to"`
	// Words are the new words, Replaces those of the turn before that they
	// stand for, by default its Words. The local blend is on both.
	Words    string  `yaml:"words"`
	Replaces *string `yaml:"replaces"`
	// Weigh is the word that the parameter weight acts on.
	Weigh string `yaml:"weigh"`
	// Shows are the attributes that the judge should see, and their values.
	Shows map[string]string `yaml:"shows"`
	// Region is where the new thing is, if not in the prompt's region.
	Region string `yaml:"region"`
	// Colour is what the judge should see in the prompt's region, by rules.
	Colour string `yaml:"colour"`
	// Contrast is the prompt that To is told apart from where there is no
	// judge; by default the prompt of the turn before.
	Contrast string `yaml:"contrast"`
}

// A Sweep sets parameters: to every combination of Grid, or to the values of
// Each one at a time, at every one of Points, all on top of Base.
type Sweep struct {
	Name   string    `yaml:"name"`
	About  string    `yaml:"about"`
	Base   Setting   `yaml:"base"`
	Points []Setting `yaml:"points"`
	Grid   []Axis    `yaml:"grid"`
	Each   []Axis    `yaml:"each"`
	// Cycle asks for the way back too, through the recorded run and from a
	// fresh one.
	Cycle bool `yaml:"cycle"`
	// First is how many of the study's seeds the sweep has, 0 for all; Edits
	// are the names of its edits, none for all.
	First int      `yaml:"first"`
	Edits []string `yaml:"edits"`
}

// A Search finds the parameters with the best score for each kind of edit on
// the study's seeds, and compares them with presets, and with the program's
// preset for that kind, on seeds that it did not see.
type Search struct {
	HeldOut Seeds    `yaml:"held_out"`
	Against []string `yaml:"against"`
	// Settings are set on the seeds held out, such as other steps.
	Settings Setting `yaml:"settings"`
	// Latest has the search find the latest start that costs nothing instead.
	Latest bool `yaml:"latest"`
}

// Limits on what is read.
const (
	maxFileSize = 1 << 20 // bytes
	maxValues   = 1000    // of an axis
	maxSeeds    = 100_000
	maxTurns    = 100
)

// Parse reads a study and checks all that can be checked without a model.
func Parse(data []byte) (*File, error) {
	if len(data) > maxFileSize {
		return nil, fmt.Errorf("the study has %d bytes, at most %d are read", len(data), maxFileSize)
	}
	var f File
	if err := yamlfile.Unmarshal(data, &f, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("read the study: %w", err)
	}
	if err := f.check(); err != nil {
		return nil, fmt.Errorf("study %q: %w", f.Name, err)
	}
	return &f, nil
}

// nameForm is what names of studies look like: they become names of folders.
var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

func (f *File) check() error {
	switch {
	case !nameForm.MatchString(f.Name):
		return errors.New("the name must be of small letters, digits and hyphens")
	case len(f.Seeds) == 0:
		return errors.New("there are no seeds")
	case len(f.Prompts) == 0 || len(f.Sweeps) == 0:
		return errors.New("there are no prompts or no sweeps")
	case f.Search != nil && len(f.Search.HeldOut) == 0:
		return errors.New("a search needs seeds held out")
	}
	seen := map[string]bool{}
	for i := range f.Prompts {
		for k := range f.Prompts[i].Edits {
			e := &f.Prompts[i].Edits[k]
			if err := e.complete(f.Prompts[i]); err != nil {
				return err
			}
			if seen[e.Name] {
				return fmt.Errorf("two edits are called %q", e.Name)
			}
			seen[e.Name] = true
			if f.Search != nil && e.Kind == "" {
				return fmt.Errorf("edit %q has no kind to search parameters for", e.Name)
			}
		}
		if len(f.Prompts[i].Edits) == 0 {
			return fmt.Errorf("prompt %q has no edits", f.Prompts[i].From)
		}
	}
	for _, s := range f.Sweeps {
		if f.Search != nil && s.Name == against {
			return fmt.Errorf("a sweep of a search cannot be called %q: that is the one of the presets it compares with", against)
		}
		for _, name := range s.Edits {
			if !seen[name] {
				return fmt.Errorf("sweep %q: there is no edit %q", s.Name, name)
			}
		}
	}
	for _, c := range f.Claims {
		if err := c.check(f.Sweeps); err != nil {
			return err
		}
	}
	if f.Search != nil {
		return f.Search.check(f.Seeds)
	}
	return nil
}

// complete fills in what an edit leaves out.
func (e *Edit) complete(p Prompt) error {
	if len(e.Turns) == 0 {
		e.Turns = []Target{e.Target}
	}
	if len(e.Turns) > maxTurns {
		return fmt.Errorf("%d turns, at most %d are possible", len(e.Turns), maxTurns)
	}
	words, from := p.Words, p.From
	for i := range e.Turns {
		t := &e.Turns[i]
		if t.To == "" {
			return fmt.Errorf("an edit of %q says not what to", p.From)
		}
		if t.Replaces == nil {
			before := words
			t.Replaces = &before
		}
		if t.Contrast == "" {
			t.Contrast = from
		}
		words, from = t.Words, t.To
	}
	if e.Name == "" {
		e.Name = e.Turns[len(e.Turns)-1].To
	}
	return nil
}

func (s *Search) check(training Seeds) error {
	known := map[uint64]bool{}
	for _, seed := range training {
		known[seed] = true
	}
	for _, seed := range s.HeldOut {
		if known[seed] {
			return fmt.Errorf("seed %d is searched on and held out", seed)
		}
	}
	p := standard()
	for _, name := range s.Against {
		if err := p.start(name); err != nil {
			return err
		}
	}
	return p.setAll(s.Settings)
}

// Override replaces the seeds if any are given, and the denoising steps unless
// steps is 0. A search on fewer seeds is confirmed on as few.
func (f *File) Override(seeds Seeds, steps int) error {
	if len(seeds) > 0 {
		f.Seeds = seeds
		if f.Search != nil {
			f.Search.HeldOut = f.Search.HeldOut[:min(len(f.Search.HeldOut), len(seeds))]
		}
	}
	if steps != 0 {
		if f.Settings == nil {
			f.Settings = Setting{}
		}
		f.Settings["steps"] = strconv.Itoa(steps)
		if f.Search != nil {
			delete(f.Search.Settings, "steps")
		}
	}
	if f.Search != nil {
		if err := f.Search.check(f.Seeds); err != nil {
			return fmt.Errorf("study %q: %w", f.Name, err)
		}
	}
	return nil
}
