package checkpoint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A LoRA is what a file adds to the weights of a model.
type LoRA struct {
	// Terms are by part and by the name here of the weight that they are for.
	// Their scale is α/rank, to which a strength is a factor.
	Terms map[Part]map[string]Term
	// Unmatched are the tensors that are for no weight of the model, by the
	// file's names, sorted: nothing uses them.
	Unmatched []string
}

// Matched is the number of weights that it changes.
func (l *LoRA) Matched() int {
	n := 0
	for _, terms := range l.Terms {
		n += len(terms)
	}
	return n
}

// LoRA finds the weights of a model that the file changes, whichever of the
// names the file has: those of kohya's scripts for diffusers' or for the original
// layers, of peft, or of diffusers before and since it uses peft. A file that is
// no LoRA, is one of another kind or is for another family is [*Refused].
func (f *File) LoRA(family Family, parts map[Part]*Weights) (*LoRA, error) {
	c, err := Recognise(f)
	switch {
	case err != nil:
		return nil, err
	case c.Kind != KindLoRA:
		return nil, failed(f.path, &Refused{What: "a file that holds a " + string(c.Kind), Why: "a LoRA is wanted here"})
	case c.Family != "" && c.Family != family:
		return nil, failed(f.path, anotherFamily("a LoRA", c.Family, family))
	}
	r := loraReader{file: f, parts: indexed(parts), lora: &LoRA{Terms: map[Part]map[string]Term{}}}
	if r.config, err = f.peftConfig(); err != nil {
		return nil, failed(f.path, err)
	}
	if err := r.read(); err != nil {
		return nil, failed(f.path, err)
	}
	if r.lora.Matched() == 0 {
		return nil, failed(f.path, &Refused{What: "a LoRA for another model", Why: fmt.Sprintf("none of its %d tensors is for a weight of this one, which is of %s", len(f.tensors), family)})
	}
	return r.lora, nil
}

func anotherFamily(what string, its, models Family) *Refused {
	return &Refused{What: fmt.Sprintf("%s for %s", what, its), Why: fmt.Sprintf("the model is of %s; take the one that was made for it", models)}
}

// A loraReader matches the tensors of a file with the weights of a model.
type loraReader struct {
	file   *File
	parts  []partIndex
	config peftConfig
	lora   *LoRA
}

// A module is what a file has for one weight.
type module struct {
	// names are those of the file's tensors.
	names           []string
	up, down, alpha *Tensor
	// old says that the names are those of diffusers' first LoRA, which put its
	// own layers beside the attention's.
	old bool
}

func (r *loraReader) read() error {
	modules := r.modules()
	for _, name := range slices.Sorted(maps.Keys(modules)) {
		m := modules[name]
		if m.up == nil && m.down == nil {
			r.lora.Unmatched = append(r.lora.Unmatched, m.names...)
			continue
		}
		if m.up == nil || m.down == nil {
			return fmt.Errorf("has only one of the two matrices for %q: it is damaged", name)
		}
		if err := r.add(name, m); err != nil {
			return err
		}
	}
	slices.Sort(r.lora.Unmatched)
	return nil
}

// modules joins the tensors that are for one weight.
func (r *loraReader) modules() map[string]*module {
	all := map[string]*module{}
	for _, name := range r.file.Names() {
		t := r.file.tensors[name]
		base, role, old := roleOf(name)
		m := all[base]
		if m == nil {
			m = &module{}
			all[base] = m
		}
		m.names = append(m.names, name)
		m.old = m.old || old
		switch role {
		case roleUp:
			m.up = &t
		case roleDown:
			m.down = &t
		case roleAlpha:
			m.alpha = &t
		}
	}
	return all
}

// A role is what a tensor of a LoRA is for its weight.
type role int

const (
	roleNone role = iota
	roleUp
	roleDown
	roleAlpha
)

// roleOf takes the end off a tensor's name that says what it is. old: it is
// written as in diffusers' first LoRA files ("….processor.to_q_lora.up.weight").
func roleOf(name string) (module string, r role, old bool) {
	for _, end := range []struct {
		text string
		role role
		old  bool
	}{
		{".lora_up.weight", roleUp, false}, {".lora_down.weight", roleDown, false},
		{".lora.up.weight", roleUp, false}, {".lora.down.weight", roleDown, false},
		{".lora_linear_layer.up.weight", roleUp, false}, {".lora_linear_layer.down.weight", roleDown, false},
		{"_lora.up.weight", roleUp, true}, {"_lora.down.weight", roleDown, true},
		{".alpha", roleAlpha, false},
	} {
		if module, ok := strings.CutSuffix(name, end.text); ok {
			return module, end.role, end.old
		}
	}
	// peft may put the name of the adapter between: "….lora_A.default.weight".
	for i, matrix := range []string{".lora_A.", ".lora_B."} {
		module, after, ok := strings.Cut(name, matrix)
		if ok && (after == "weight" || strings.HasSuffix(after, ".weight") && strings.Count(after, ".") == 1) {
			return module, []role{roleDown, roleUp}[i], false
		}
	}
	return name, roleNone, false
}

// add adds the term of a module to the weight that it is for.
func (r *loraReader) add(name string, m *module) error {
	part, weight, ok := r.find(name, m.old)
	if !ok {
		r.lora.Unmatched = append(r.lora.Unmatched, m.names...)
		return nil
	}
	term := Term{Up: *m.up, Down: *m.down}
	rank, err := term.Rank(part.weights.tensors[weight].Shape)
	if err != nil {
		return &Refused{What: "a LoRA for another model", Why: fmt.Sprintf("of its %q, %v", name, err)}
	}
	if term.Scale, err = r.scale(part.part, weight, m, rank); err != nil {
		return err
	}
	if term.Scale-term.Scale != 0 {
		return fmt.Errorf("α of %q %w", name, ErrNotFinite)
	}
	terms := r.lora.Terms[part.part]
	if terms == nil {
		terms = map[string]Term{}
		r.lora.Terms[part.part] = terms
	}
	if other, twice := terms[weight]; twice {
		return fmt.Errorf("changes %s of the %s twice, by %q and %q", weight, part.part, other.Down.Name, m.down.Name)
	}
	terms[weight] = term
	return nil
}

// scale is α/rank: 1 where nothing says α.
func (r *loraReader) scale(p Part, weight string, m *module, rank int) (float32, error) {
	if m.alpha == nil {
		return r.config.scale(p, weight, rank), nil
	}
	values, err := m.alpha.Float32()
	if err != nil {
		return 0, err
	}
	if len(values) != 1 {
		return 0, fmt.Errorf("%q holds %d numbers: it should be one number", m.alpha.Name, len(values))
	}
	return values[0] / float32(rank), nil
}

// find finds the weight that a module is for.
func (r *loraReader) find(name string, old bool) (partIndex, string, bool) {
	flat := flattened(name)
	for _, prefix := range loraPrefixes() {
		after, ok := strings.CutPrefix(flat, prefix.text)
		if !ok {
			continue
		}
		for _, p := range r.parts {
			if prefix.part != "" && p.part != prefix.part {
				continue
			}
			if weight, ok := p.find(strings.TrimPrefix(after, "base_model_model_"), old); ok {
				return p, weight, true
			}
		}
		if prefix.part != "" {
			break
		}
	}
	return partIndex{}, "", false
}
