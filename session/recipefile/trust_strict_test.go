package recipefile_test

import (
	"errors"
	"strings"
	"testing"

	"pentimento/session/recipefile"
)

// A key in other letters, or a second time, is no key of a recipe: another reader
// would take the other value.
func TestTrust12KeysAreExactAndOnce(t *testing.T) {
	good := string(asJSON(t, document(t)))
	for name, change := range map[string][2]string{
		"a key in capitals":         {`"seed"`, `"Seed"`},
		"a key in other letters":    {`"prompt"`, `"PROMPT"`},
		"the first key in capitals": {`"version"`, `"Version"`},
		"a key twice":               {`"steps": 20`, `"steps": 20, "steps": 21`},
		"a key twice, otherwise":    {`"steps": 20`, `"steps": 20, "Steps": 21`},
		"the format twice":          {`"format"`, `"format": "pentimento recipe", "format"`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s: there is no %s", name, change[0])
		}
		if _, err := recipefile.Read([]byte(bad)); !errors.Is(err, recipefile.ErrInvalid) {
			t.Errorf("%s is read: %v", name, err)
		}
	}
	if _, err := recipefile.Read([]byte(good)); err != nil {
		t.Error(err)
	}
}

// A recipe that no engine draws is refused by whoever reads it, and not when it is
// drawn.
func TestTrust07SchedulersAreKnown(t *testing.T) {
	d := document(t)
	d.Recipe.Settings.Scheduler = "magic"
	if _, err := recipefile.Read(asJSON(t, d)); !errors.Is(err, recipefile.ErrInvalid) || !strings.Contains(err.Error(), "magic") {
		t.Errorf("a scheduler that there is not is read: %v", err)
	}
}
