package study

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A Setting gives parameters values, by name. In a sweep's points it may have
// a name of its own under the key "name".
type Setting map[string]string

// UnmarshalYAML reads a map of plain values.
func (s *Setting) UnmarshalYAML(unmarshal func(any) error) error {
	var raw map[string]any
	if err := unmarshal(&raw); err != nil {
		return err
	}
	*s = Setting{}
	for name, value := range raw {
		text, err := plain(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		(*s)[name] = text
	}
	return nil
}

// An Axis is a parameter and the values that it takes.
type Axis struct {
	Name   string
	Values []string
}

// UnmarshalYAML reads a map of one name to a value, a list of values, or a
// range "0..1 by .1".
func (a *Axis) UnmarshalYAML(unmarshal func(any) error) error {
	var raw map[string]any
	if err := unmarshal(&raw); err != nil {
		return err
	}
	if len(raw) != 1 {
		return fmt.Errorf("an axis has one parameter, not %d: start each with a hyphen", len(raw))
	}
	for name, value := range raw {
		values, err := list(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		*a = Axis{name, values}
	}
	return nil
}

func list(value any) ([]string, error) {
	if values, ok := value.([]any); ok {
		if len(values) == 0 || len(values) > maxValues {
			return nil, fmt.Errorf("%d values, 1 to %d are possible", len(values), maxValues)
		}
		var out []string
		for _, v := range values {
			text, err := plain(v)
			if err != nil {
				return nil, err
			}
			out = append(out, text)
		}
		return out, nil
	}
	one, err := plain(value)
	if err != nil {
		return nil, err
	}
	if strings.Contains(one, "..") {
		return spread(one)
	}
	return []string{one}, nil
}

// spread expands "from..to by step", both ends included.
func spread(s string) ([]string, error) {
	ends, by, ok := strings.Cut(s, " by ")
	from, to, ok2 := strings.Cut(ends, "..")
	a, err1 := strconv.ParseFloat(strings.TrimSpace(from), 64)
	b, err2 := strconv.ParseFloat(strings.TrimSpace(to), 64)
	step, err3 := strconv.ParseFloat(strings.TrimSpace(by), 64)
	if !ok || !ok2 || errors.Join(err1, err2, err3) != nil || !(step > 0) || !((b-a)/step >= 0) || (b-a)/step >= maxValues {
		return nil, fmt.Errorf("%q is not a range such as 0..1 by .1", s)
	}
	var out []string
	for i := range int(math.Floor((b-a)/step+1e-9)) + 1 {
		out = append(out, text(a+float64(i)*step))
	}
	return out, nil
}

// plain writes a scalar of YAML as text.
func plain(value any) (string, error) {
	switch v := value.(type) {
	case string:
		return v, nil
	case float64:
		return text(v), nil
	case uint64, int64, int:
		return fmt.Sprint(v), nil
	}
	return "", fmt.Errorf("%v is not a number or a word", value)
}

// Seeds are the seeds of the source pictures.
type Seeds []uint64

// UnmarshalYAML reads a list of seeds, or a range "0-31".
func (s *Seeds) UnmarshalYAML(unmarshal func(any) error) error {
	var raw any
	if err := unmarshal(&raw); err != nil {
		return err
	}
	values, err := list(raw)
	if err != nil {
		return err
	}
	for _, v := range values {
		if err := s.Add(v); err != nil {
			return err
		}
	}
	return nil
}

// Add appends a seed, "7", or a range of seeds, "0-31".
func (s *Seeds) Add(v string) error {
	from, to, ok := strings.Cut(v, "-")
	if !ok {
		to = from
	}
	a, err1 := strconv.ParseUint(strings.TrimSpace(from), 10, 64)
	b, err2 := strconv.ParseUint(strings.TrimSpace(to), 10, 64)
	if errors.Join(err1, err2) != nil || b < a || b-a >= maxSeeds || len(*s)+int(b-a) >= maxSeeds {
		return fmt.Errorf("%q is not a seed or a range of seeds such as 0-31", v)
	}
	for seed := a; ; seed++ {
		*s = append(*s, seed)
		if seed == b {
			return nil
		}
	}
}
