package checkpoint

import (
	"fmt"
	"strconv"
	"strings"
)

// A rule says what a tensor that a tool calls from is called here.
type rule struct {
	// from is compared with a name word by word, words being what stands
	// between points. # is any number, and * at the end all that is left.
	from string
	// to is the name here. A # is the number that stands in its place in from
	// unless numbers is set, and * is what * was. "" has the tensor left out.
	to string
	// numbers makes the numbers of to of those of from.
	numbers func(from []int) []int
	// rest renames the beginning of what * was: from, to, from, to, … What
	// does not begin with any of them stays as it is.
	rest []string
	// form is how the tensor is stored otherwise than it is used.
	form form
}

// A form is how a tensor is stored otherwise than it is used.
type form int

const (
	asIs       form = iota
	matrix          // a convolution of 1×1 that is used as a matrix
	transposed      // a matrix that is stored column by column
	threefold       // queries, keys and values in one: to has a $ for q, k, v
)

// apply returns the name here of what a tool calls name.
func (r rule) apply(name string) (to string, ok bool) {
	numbers, rest, ok := match(strings.Split(r.from, "."), strings.Split(name, "."))
	if !ok {
		return "", false
	}
	if r.numbers != nil {
		numbers = r.numbers(numbers)
	}
	to = r.to
	for _, n := range numbers {
		to = strings.Replace(to, "#", strconv.Itoa(n), 1)
	}
	return strings.Replace(to, "*", r.renameRest(rest), 1), true
}

// match compares words with a pattern's.
func match(pattern, words []string) (numbers []int, rest string, ok bool) {
	for i, want := range pattern {
		if want == "*" {
			return numbers, strings.Join(words[i:], "."), i < len(words)
		}
		if i >= len(words) {
			return nil, "", false
		}
		if want != "#" {
			if want != words[i] {
				return nil, "", false
			}
			continue
		}
		n, err := strconv.Atoi(words[i])
		if err != nil || n < 0 || n > maxLevels*maxLevels || strconv.Itoa(n) != words[i] {
			return nil, "", false
		}
		numbers = append(numbers, n)
	}
	return numbers, "", len(pattern) == len(words)
}

func (r rule) renameRest(rest string) string {
	for i := 0; i < len(r.rest); i += 2 {
		if after, ok := strings.CutPrefix(rest, r.rest[i]+"."); ok {
			return r.rest[i+1] + "." + after
		}
	}
	return rest
}

// place gives the tensor that a tool calls name its names here: one, three, or
// none if no rule knows it or it is left out.
func place(rules []rule, name string, t Tensor) (named map[string]Tensor, known bool, err error) {
	for _, r := range rules {
		to, ok := r.apply(name)
		if !ok {
			continue
		}
		if to == "" {
			return nil, true, nil
		}
		named, err := r.form.of(to, t)
		if err != nil {
			return nil, true, fmt.Errorf("%s: tensor %q: %w", t.File, t.Name, err)
		}
		return named, true, nil
	}
	return nil, false, nil
}

func (f form) of(to string, t Tensor) (map[string]Tensor, error) {
	switch f {
	case matrix:
		if n := len(t.Shape); n > 2 {
			for _, side := range t.Shape[2:] {
				if side != 1 {
					return nil, fmt.Errorf("a shape of %v is no matrix", t.Shape)
				}
			}
			t.Shape = t.Shape[:2]
		}
	case transposed:
		if len(t.Shape) != 2 {
			return nil, fmt.Errorf("a shape of %v is no matrix", t.Shape)
		}
		t.Shape, t.Transposed = []int{t.Shape[1], t.Shape[0]}, true
	case threefold:
		if len(t.Shape) == 0 || t.Shape[0]%3 != 0 || t.Type.Bits()%8 != 0 {
			return nil, fmt.Errorf("a shape of %v has no three thirds", t.Shape)
		}
		named := map[string]Tensor{}
		for i, part := range []string{"q", "k", "v"} {
			named[strings.Replace(to, "$", part, 1)] = t.third(i)
		}
		return named, nil
	}
	return map[string]Tensor{to: t}, nil
}
