package judge

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Seen is what a picture may show: for each attribute the values that the network
// does not rule out, the likeliest first. It is small, and plain data.
type Seen map[string][]string

// What is less likely than this is ruled out: a share of the network's certainty,
// and of a colour's region. On held-out drawings that have gone through the
// autoencoder something that is there is ruled out in 1.25 % (decision 54).
const (
	leastChance = .1
	leastTint   = .2
)

// Seen is what the picture may show of its own world: of a person no season.
func (s *Sight) Seen() Seen {
	domain := s.Values["domain"]
	seen := Seen{"domain": likely(s.chances["domain"], leastChance)}
	for _, of := range []struct {
		shares map[string]map[string]float64
		least  float64
	}{{s.chances, leastChance}, {s.tints, leastTint}} {
		for name, shares := range of.shares {
			if strings.HasPrefix(name, domain+".") && s.has(name) {
				seen[name] = likely(shares, of.least)
			}
		}
	}
	return seen
}

// has reports whether there can be what the attribute is about: a hat for its
// colour, a room for that of its wall.
func (s *Sight) has(name string) bool {
	domain, attribute, _ := strings.Cut(name, ".")
	switch attribute {
	case "hat_colour", "ball_colour":
		return s.Values[domain+"."+strings.TrimSuffix(attribute, "_colour")] == "yes"
	case "wall", "place_colour":
		return list("sofa bed carpet").has(s.Values[domain+".place"])
	}
	return true
}

// likely are the values that are not ruled out, the likeliest first.
func likely(shares map[string]float64, least float64) []string {
	values := slices.SortedFunc(maps.Keys(shares), func(a, b string) int {
		return cmp.Or(cmp.Compare(shares[b], shares[a]), cmp.Compare(a, b))
	})
	n := 0
	for n < len(values) && shares[values[n]] >= least {
		n++
	}
	return values[:n]
}

// RulesOut reports whether the picture does not show a value: the network can
// tell the attribute, and something else is there.
func (s Seen) RulesOut(name, value string) bool {
	values := s[name]
	return len(values) > 0 && !slices.Contains(values, value)
}

// Surely is the value of an attribute if no other is possible.
func (s Seen) Surely(name string) (value string, ok bool) {
	if values := s[name]; len(values) == 1 {
		return values[0], true
	}
	return "", false
}
