package judge

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ErrUnknown says that the network does not know an attribute, a value or a
// region.
var ErrUnknown = errors.New("not known to the judge")

// Check reports [ErrUnknown] for an attribute or a value of it that the network
// cannot see.
func (n *Network) Check(name, value string) error {
	known := map[string][]string{}
	for _, a := range n.about.Values {
		known[a.Name] = a.Values
	}
	for _, c := range n.about.Colours {
		for colour := range c.Palette {
			known[c.Name] = append(known[c.Name], colour)
		}
	}
	values, ok := known[name]
	if !ok {
		return fmt.Errorf("%w: attribute %q; there are %s", ErrUnknown, name, strings.Join(slices.Sorted(maps.Keys(known)), ", "))
	}
	if !slices.Contains(values, value) {
		return fmt.Errorf("%w: %s %q; there are %s", ErrUnknown, name, value, strings.Join(slices.Sorted(slices.Values(values)), ", "))
	}
	return nil
}

// CheckRegions reports [ErrUnknown] for regions that the network cannot see; ""
// is none.
func (n *Network) CheckRegions(regions ...string) error {
	for _, name := range regions {
		if name != "" && !slices.Contains(n.about.Regions, name) {
			return fmt.Errorf("%w: region %q; there are %s", ErrUnknown, name, strings.Join(n.about.Regions, ", "))
		}
	}
	return nil
}
